/** When the outbox is emptied: right after each request that wrote, and each minute for what was lost on the way. */
import type { World } from '../env.ts'
import { cut } from './cut.ts'
import { productIds } from './products.ts'
import { send } from './send.ts'
import { settle } from './settle.ts'

/**
 * A batch that has not arrived by then is sent again. A queue takes seconds, so each minute's run sends again only what was
 * really lost, and the first one after a restart what the restart lost.
 */
const AGAIN_MS = 45_000

/**
 * Sends what waits. Both products get a batch, an empty one too: what is derived from both is complete only up to the
 * lesser claim, and a new order should not wait for the next minute of the other.
 */
export async function flush(world: World): Promise<void> {
  for (const product of productIds) {
    await cut(world.db, product, world.now())
    await send(world, product, -1)
  }
}

/**
 * Each minute: lets go of what has arrived, claims that nothing else happened, sends again what is missing. A product
 * that is away does not keep the other waiting; its rows stay, the next minute tries again.
 */
export async function tend(world: World): Promise<void> {
  for (const product of productIds) {
    await settle(world, product).catch(world.tell)
    await cut(world.db, product, world.now())
    await send(world, product, world.now() - AGAIN_MS).catch(world.tell)
  }
}
