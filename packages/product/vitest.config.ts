import { workerTests } from '../../tools/vitest-workers.ts'

/** Two inputs and what is derived from them. */
export default workerTests(import.meta.dirname, { d1Databases: ['A', 'B', 'C'] })
