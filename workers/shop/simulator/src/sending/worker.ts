/** The simulator at work: what its Worker does each minute, and what it tells about itself. */
import { createClient, type Client, type ClientOptions, type ProductRef } from '@meshloop/client'
import { found } from './ledger.ts'
import { run, runLimits } from './run.ts'
import { readSettings, type SimulatorEnv } from './settings.ts'
import { readStatus } from './status.ts'

/** The world outside, and what of it is told. */
export interface SimulatorOptions extends Pick<ClientOptions, 'fetch' | 'now'> {
  /** Whom to tell. */
  readonly products: readonly ProductRef[]
}

/** Both entries of the Worker. */
export interface Simulator {
  /** One bounded run. @throws {SimulatorError} `settings_invalid`, `shop_options_invalid`, `sending_failed` */
  readonly run: (env: SimulatorEnv) => Promise<void>
  /** Answers `/shop/simulator/status`, and 404 elsewhere. */
  readonly answer: (request: Request, env: SimulatorEnv) => Promise<Response>
}

/** Makes the simulator. One client is kept per isolate and key: it holds addresses and tokens. */
export function createSimulator({ fetch, now, products }: SimulatorOptions): Simulator {
  let kept: { readonly key: string; readonly client: Client } | undefined
  const clientOf = ({ ISSUER, CLIENT_KEY }: SimulatorEnv): Client => {
    if (kept?.key !== CLIENT_KEY)
      kept = { key: CLIENT_KEY, client: createClient({ issuer: ISSUER, clientKey: CLIENT_KEY, fetch, now }) }
    return kept.client
  }
  return {
    async run(env) {
      const { founding, live } = readSettings(env)
      const client = clientOf(env)
      const names = products.map(({ product }) => product)
      const { shop } = await found(env.DB, founding, names, now())
      const endMs = live ? now() : shop.launchedAtMs
      await run({ db: env.DB, client, shop, products, endMs, now, limits: runLimits })
    },
    async answer(request, env) {
      const { pathname } = new URL(request.url)
      if (request.method !== 'GET' || pathname !== '/shop/simulator/status')
        return new Response('Here is only GET /shop/simulator/status.', { status: 404 })
      const { live } = readSettings(env)
      return Response.json(await readStatus(env.DB, live, now()), {
        headers: { 'cache-control': 'no-store' },
      })
    },
  }
}
