/** The world of a deployed storefront, made of its environment once an isolate: reader and client remember. */
import { parsePrivateJwk, signBatch } from '@meshloop/access/batch'
import { createClient } from '@meshloop/client'
import { createFlagReader, parseFlagPins } from '@meshloop/flags/read'
import { waitUntil } from 'cloudflare:workers'
import { raiseAlarm } from './alarm.ts'
import type { StorefrontEnv, World } from './env.ts'
import { referenceOf } from './outbox/products.ts'

/** A product that does not answer within this time is asked another time. */
const ASK_TIMEOUT_MS = 3_000

/** Gives the world of an environment, the same one as long as the environment stays. */
export function keepWorld(): (env: StorefrontEnv) => World {
  let kept: { readonly env: StorefrontEnv; readonly world: World } | undefined
  return (env) => {
    if (kept?.env.DB !== env.DB || kept.env.FLAGS_PINS !== env.FLAGS_PINS) kept = { env, world: worldOf(env) }
    return kept.world
  }
}

function worldOf(env: StorefrontEnv): World {
  const sourceKey = parsePrivateJwk(env.SOURCE_KEY, 'SOURCE_KEY')
  const queues = { 'purchase.orders': env.ORDERS_QUEUE, 'customer.accounts': env.ACCOUNTS_QUEUE }
  const client = createClient({
    issuer: env.ISSUER,
    clientKey: env.CLIENT_KEY,
    fetch: (...call) => fetch(...call),
    now: Date.now,
  })
  return {
    db: env.DB,
    catalog: env.ISSUER,
    now: Date.now,
    newId: () => crypto.randomUUID().replaceAll('-', ''),
    waitUntil,
    // oxlint-disable-next-line no-console -- the only trace; wrangler's logs collect it
    tell: (error) => console.warn(error),
    flags: createFlagReader({
      kv: env.FLAGS,
      aud: `${env.ENVIRONMENT}/risk.fraud/v1/checkout`,
      pins: parseFlagPins(env.FLAGS_PINS),
      secrets: [env.FLAGS_SECRET],
      waitUntil,
      // Also what a reader gets over, because it remembers the true head: somebody should look.
      onEvent: ({ code, severity, atMs }) => {
        if (severity === 'alarm') waitUntil(raiseAlarm(env.DB, code, atMs, 0).run())
      },
    }),
    async send(product, batch) {
      await queues[product].send(await signBatch(sourceKey, batch))
    },
    async ask(product, path) {
      const answer = await client.call(referenceOf(product), 'read', path, { timeoutMs: ASK_TIMEOUT_MS })
      return answer.json
    },
  }
}
