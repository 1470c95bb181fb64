/** Finds the Worker of a product in a checkout. */
import { findWorkers, type WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'

/** The Workers of a checkout that are products. */
export const productWorkers = (root: string): readonly WorkerConfig[] =>
  findWorkers(root).filter(({ isProduct }) => isProduct)

/** The Worker of a product. @throws {MeshError} `unknown_product`, with those that there are. */
export function productWorker(productId: string, products: readonly WorkerConfig[]): WorkerConfig {
  const found = products.find(({ id }) => id === productId)
  if (found) return found
  throw new MeshError(
    'unknown_product',
    `This checkout has no product ${productId}.`,
    `It has ${products.map(({ id }) => id).join(', ') || 'none'}.`,
  )
}
