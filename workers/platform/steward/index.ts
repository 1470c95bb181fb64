/** The steward: once a minute it asks products to run, checks what they promise, and publishes their flags. */
import { createApp } from './app.ts'
import type { StewardEnv } from './env.ts'
import { tick } from './tick.ts'
import { keepWorld } from './world.ts'

const now = (): number => Date.now()
const worldOf = keepWorld((url, init) => fetch(url, init), now)
const app = createApp(now)

export default {
  fetch: (request: Request, env: StewardEnv): Response | Promise<Response> => app.fetch(request, env),
  async scheduled(_controller: unknown, env: StewardEnv): Promise<void> {
    await tick(worldOf(env))
  },
}
