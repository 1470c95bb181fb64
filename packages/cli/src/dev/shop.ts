/** The simulated shop of `mesh dev`: its history before the mesh is ready, its traffic after. */
import type { Mesh } from '../host/mesh.ts'
import type { Progress } from '../progress.ts'

/** What of the shop is wanted. */
export interface ShopOptions {
  /** Loads the history, unless it is there already. */
  readonly seed: boolean
  /** Lets customers go on ordering. */
  readonly live: boolean
}

/** Id of the Worker that plays the shop's customers. */
const SIMULATOR = 'shop.simulator'

/**
 * Seeds the shop and starts its traffic; does nothing in a mesh without a simulator. Ends early when `stop` is aborted.
 *
 * The simulator is not here yet: this is where it is called.
 */
export async function openShop(
  mesh: Mesh,
  _options: ShopOptions,
  _progress: Progress,
  _stop: AbortSignal,
): Promise<void> {
  if (!mesh.workers().some((worker) => worker.id === SIMULATOR)) return
  await Promise.resolve()
}
