import { flagBindings, workerTests } from '../../../tools/vitest-workers.ts'

export default workerTests(import.meta.dirname, { bindings: flagBindings() })
