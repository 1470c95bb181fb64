/** `POST /run`: the steward asks a derived product to go on. */
import { createClient, type Client } from '@meshloop/client'
import type { Runtime } from '../env.ts'
import type { ExtraRoute } from '../http/extra-route.ts'
import { ProductError } from '../problems.ts'
import type { Derivation } from './derivation.ts'
import { exportsOf, feedOf } from './feed.ts'
import { runStep } from './run.ts'

/** Runs one bounded step and answers its report. */
export const derivingRoute = (derivation: Derivation): ExtraRoute => {
  const clientOf = keepClient()
  return {
    path: '/run',
    scope: 'run',
    handle: async (runtime) => {
      const { ingest, now } = runtime
      const { db, newIncarnation } = ingest
      const client = clientOf(runtime)
      const inputs = { readFeed: feedOf(client), readExports: exportsOf(client) }
      return Response.json(await runStep({ db, derivation, ...inputs, now, newIncarnation }))
    },
  }
}

/** A run waits so long for an input that is busy, of its ten seconds: the next one asks again. */
const PATIENCE_MS = 1_000

/** One client an isolate and key: it keeps tokens and addresses. */
function keepClient(): (runtime: Runtime) => Client {
  let kept: { key: string; client: Client } | undefined
  return ({ env, now }: Runtime) => {
    const { CLIENT_KEY: key, ISSUER: issuer } = env
    if (key === undefined)
      throw new ProductError(
        'input_unavailable',
        'This Worker has no CLIENT_KEY to read its inputs with. Set the secret.',
      )
    if (kept?.key !== key)
      kept = {
        key,
        client: createClient({
          issuer,
          clientKey: key,
          fetch: (...call) => fetch(...call),
          now,
          patienceMs: PATIENCE_MS,
          onDeprecation: ({ product, major }, { since, until, successor }) =>
            // oxlint-disable-next-line no-console -- a Worker's log is its console
            console.warn(
              `The input ${product} v${major} is deprecated since ${since.slice(0, 10)}, answers until ${until?.slice(0, 10) ?? 'nobody said when'}: move to ${successor ?? 'another product'}`,
            ),
        }),
      }
    return kept.client
  }
}
