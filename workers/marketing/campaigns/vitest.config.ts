import { workerTests } from '../../../tools/vitest-workers.ts'

export default workerTests(import.meta.dirname)
