/** The flags port over HTTP: `POST /flags/prepare`, `POST /flags/commit`, `GET /flags/log`, for the steward alone. */
import { deriveFlagKeys, FlagsError, importSigningKey } from '@meshloop/flags/sign'
import * as z from 'zod'
import type { Runtime } from '../env.ts'
import type { ExtraRoute } from '../http/extra-route.ts'
import { readJson } from '../http/body.ts'
import { ProductError } from '../problems.ts'
import { commit } from './commit.ts'
import { readLog } from './log.ts'
import { prepare } from './prepare.ts'
import { audienceOf, flagsPortOf, type Bounds, type FlagsOptions, type Publisher } from './publisher.ts'
import type { Contract } from '@meshloop/contract'

/** One call reads at most 10,000 records and offers at most 100 pages. */
const BOUNDS: Bounds = { feedRows: 1_000, feedPages: 10, offeredPages: 100 }

const FOREVER = Date.UTC(9999, 0)

const instant = z.iso.datetime({ precision: 3 }).transform((time) => Date.parse(time))
const fence = z.int().min(1)
const names = z.array(z.string().length(43)).max(1_000)
const portionSchema = z.strictObject({
  fence,
  acknowledged: names.default([]),
  lost: names.default([]),
})
const prepareSchema = z.union([portionSchema, z.strictObject({}).transform(() => null)])
const breachSchema = z.strictObject({
  product: z.string().max(100),
  rule: z.string().max(100),
  since: instant,
})
const commitSchema = z.strictObject({
  fence,
  acknowledged: names.default([]),
  verdict: z.strictObject({
    open: z.boolean(),
    breaches: z.array(breachSchema).max(50),
    judged_at: instant,
  }),
  /** base64 */
  head_in_kv: z.base64().max(400_000).nullable().default(null),
})

/** The routes of a product with a flags port. @throws {TypeError} when its contract has none that can be served. */
export function flagsRoutes(contract: Contract, options: FlagsOptions): ExtraRoute[] {
  const publisherOf = keepPublisher(contract, options)
  return [
    {
      path: '/flags/prepare',
      scope: 'flags',
      handle: async (runtime, request) => {
        const publisher = await publisherOf(runtime)
        const body = await readJson(request, prepareSchema)
        const { fence: run, isLogEmpty, pages, more } = await prepare(publisher, body)
        return json({
          aud: publisher.aud,
          fence: run,
          log_empty: isLogEmpty,
          keys: publisher.pins.map(({ kid, x }) => ({ kid, x })),
          pages: pages.map(({ name, value }) => ({ name, value: value.toBase64() })),
          more,
        })
      },
    },
    {
      path: '/flags/commit',
      scope: 'flags',
      handle: async (runtime, request) => {
        const publisher = await publisherOf(runtime)
        const { fence: run, acknowledged, verdict, head_in_kv } = await readJson(request, commitSchema)
        const { open, breaches, judged_at } = verdict
        const { head, pending, isNew } = await commit(publisher, {
          fence: run,
          acknowledged,
          verdict: { open, breaches, judgedAtMs: judged_at },
          headInKv: head_in_kv === null ? null : Uint8Array.fromBase64(head_in_kv),
        })
        return json({
          aud: publisher.aud,
          pending,
          is_new: isNew,
          head: head && {
            epoch: head.epoch,
            value: head.value.toBase64(),
            pages: head.pages,
            entries: head.count,
            as_of: timeOf(head.content.watermark),
          },
        })
      },
    },
    {
      method: 'GET',
      path: '/flags/log',
      scope: 'flags',
      handle: async (runtime) => {
        const publisher = await publisherOf(runtime)
        return json({ aud: publisher.aud, heads: await readLog(publisher) })
      },
    },
  ]
}

/** One publisher an isolate and set of secrets: deriving keys costs more than using them. */
function keepPublisher(contract: Contract, options: FlagsOptions) {
  const port = flagsPortOf(contract)
  let kept: { runtime: Runtime; publisher: Publisher } | undefined
  return async (runtime: Runtime): Promise<Publisher> => {
    if (kept?.runtime === runtime) return kept.publisher
    const { env, contractHash, reader, now } = runtime
    const aud = audienceOf(secretOf(runtime, 'ENVIRONMENT'), contract, port)
    try {
      const publisher: Publisher = {
        db: env.DB,
        contract,
        contractHash,
        port,
        options,
        expected: reader.expected,
        aud,
        keys: await deriveFlagKeys(secretOf(runtime, 'FLAGS_SECRET'), aud),
        signingKey: await importSigningKey(secretOf(runtime, 'FLAGS_KEY')),
        pins: [{ ...publicHalf(runtime), aud, from: 0, until: FOREVER }],
        bounds: BOUNDS,
        now,
      }
      kept = { runtime, publisher }
      return publisher
    } catch (error) {
      if (!(error instanceof FlagsError)) throw error
      throw new ProductError('flags_unconfigured', error.message) // it never holds a secret
    }
  }
}

function secretOf({ env }: Runtime, name: 'ENVIRONMENT' | 'FLAGS_KEY' | 'FLAGS_SECRET'): string {
  const value = env[name]
  if (value !== undefined && value !== '') return value
  throw new ProductError(
    'flags_unconfigured',
    `This Worker has no ${name} to publish its flags with. Set it.`,
  )
}

/** The steward asks the product for it: adding a flag set changes no configuration but that of its readers. */
function publicHalf(runtime: Runtime): { kid: string; x: string } {
  const { kid, x } = JSON.parse(secretOf(runtime, 'FLAGS_KEY')) as { kid: string; x: string } // imported before
  return { kid, x }
}

const json = (body: unknown): Response => Response.json(body, { headers: { 'cache-control': 'no-store' } })

const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
