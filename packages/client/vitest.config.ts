import { workerTests } from '../../tools/vitest-workers.ts'
import { internet } from './test/internet.ts'

export default workerTests(import.meta.dirname, { outboundService: internet })
