import { flagBindings, workerTests } from '../../tools/vitest-workers.ts'

/** A, B, C: two inputs and what is derived from them. DB and FLAGS: a product with a flags port, and where flags go. USED and FEW: what a product may be given to count with. */
export default workerTests(import.meta.dirname, {
  d1Databases: ['A', 'B', 'C', 'DB'],
  r2Buckets: ['EXPORTS'],
  kvNamespaces: ['FLAGS'],
  analyticsEngineDatasets: { USED: { dataset: 'usage' } },
  ratelimits: { FEW: { namespace_id: '1', simple: { limit: 2, period: 60 } } },
  bindings: flagBindings(),
})
