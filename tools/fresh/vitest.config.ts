import { workerTests } from '../vitest-workers.ts'

export default workerTests(import.meta.dirname, {
  d1Databases: ['A'],
  r2Buckets: ['EXPORTS'],
  kvNamespaces: ['FLAGS'],
})
