/** The storefront: checkout and address change, judged by the flags that the mesh sends back. */
import { createStorefront } from './app.ts'
import { cancelUnanswered } from './confirm.ts'
import { measureLoop } from './coverage.ts'
import type { StorefrontEnv } from './env.ts'
import { tend } from './outbox/flush.ts'
import { keepWorld } from './world.ts'

const worldOf = keepWorld()
const app = createStorefront(worldOf)

export default {
  fetch: (request: Request, env: StorefrontEnv) => app.fetch(request, env),
  async scheduled(_controller: ScheduledController, env: StorefrontEnv): Promise<void> {
    const world = worldOf(env)
    await cancelUnanswered(world)
    await tend(world)
    await measureLoop(world)
  },
}
