/** A product with a flags port, a steward that does what it is told, and readers: on real D1 and KV, with a clock that tests set. */
import { contractHash, defineProduct, id, int, time } from '@meshloop/contract'
import { createWritePace, publishHead, publishPages } from '@meshloop/flags/publish'
import { createFlagReader, type FlagReading } from '@meshloop/flags/read'
import { deriveFlagKeys, importSigningKey } from '@meshloop/flags/sign'
import { env } from 'cloudflare:workers'
import { commit, type Committed } from '../src/flags/commit.ts'
import { prepare, type Prepared } from '../src/flags/prepare.ts'
import {
  audienceOf,
  flagsPortOf,
  type Bounds,
  type FlagsOptions,
  type Publisher,
} from '../src/flags/publisher.ts'
import { flagsTables } from '../src/flags/tables.ts'
import { accept } from '../src/ingest/accept.ts'
import { acknowledgedClaim } from '../src/ingest/claims.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { createTable } from '../src/table/ddl.ts'
import { tablesOf } from '../src/table/tables.ts'

interface TestEnv {
  readonly DB: D1Database
  readonly FLAGS: KVNamespace
  readonly FLAGS_KEY: string
  readonly FLAGS_SECRET: string
}

/** Bound in vitest.config.ts. */
export const bindings = env as unknown as TestEnv

/** The product: a score for each person. */
export const scores = defineProduct({
  id: 'a.scores',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'P30D',
  fields: {
    who: id('Person'),
    at: time('When'),
    rev: int('Version'),
    score: int('Score'),
    home: id('Address', { nullable: true }),
  },
  key: ['who'],
  eventTime: 'at',
  versionBy: 'rev',
  flags: { set: 'door', subject: 'who' },
  reintegration: { decided_by: 'a', why: 'b', risk: 'c', review_by: '2027-01-01' },
})

/** Its entries. A score of 5,000 or more makes an entry of that many characters. */
export const options: FlagsOptions = {
  entry: async ({ score, home }, hash) => ({
    score: Number(score),
    home: typeof home === 'string' ? await hash('address', home) : null,
    ...(Number(score) >= 1_000 ? { long: 'x'.repeat(Number(score)) } : {}),
  }),
}

/** When each world begins. */
export const START = Date.UTC(2026, 6, 1)
/** One minute in ms. */
export const MINUTE = 60_000
/** The secret after the one in the configuration. */
export const OTHER_SECRET = `s2.${new Uint8Array(32).fill(9).toBase64({ alphabet: 'base64url', omitPadding: true })}`
const wide: Bounds = { feedRows: 1_000, feedPages: 10, offeredPages: 100 }

/** What may differ from one publisher to the next. */
export interface Setting {
  readonly db?: D1Database
  readonly bounds?: Bounds
  readonly secret?: string
  /** Another one stands for another version of the contract. */
  readonly hash?: string
}

/** How a steward's run goes. */
export interface Going extends Setting {
  /** The steward dies before it does this. */
  readonly diesBefore?: 'pages' | 'commit' | 'head'
  /** Puts that fail, by their number from 0. */
  readonly failing?: (put: number) => boolean
  readonly gate?: { readonly open: boolean; readonly ageMs?: number }
}

const OPEN: NonNullable<Going['gate']> = { open: true }

/** See `createWorld`. */
export type World = Awaited<ReturnType<typeof createWorld>>

/** An empty product and an empty namespace of its own. */
export async function createWorld() {
  const { DB, FLAGS } = bindings
  await recreate(DB)
  const environment = crypto.randomUUID()
  const aud = audienceOf(environment, scores, flagsPortOf(scores))
  const clock = { nowMs: START }
  const now = () => clock.nowMs
  const signingKey = await importSigningKey(bindings.FLAGS_KEY)
  const pins = [{ ...publicHalf(bindings.FLAGS_KEY), aud, from: 0, until: START * 2 }]
  const committed: Committed[] = []
  const ingest = {
    db: DB,
    contract: scores,
    judge: judgeFor(scores),
    sources: {},
    expected: ['s'],
    now,
    newIncarnation: () => 'one',
  }

  const publisher = async ({ db = DB, bounds = wide, secret, hash }: Setting = {}): Promise<Publisher> => ({
    db,
    contract: scores,
    contractHash: hash ?? (await contractHash(scores)),
    port: flagsPortOf(scores),
    options,
    expected: ['s'],
    aud,
    keys: await deriveFlagKeys(secret ?? bindings.FLAGS_SECRET, aud),
    signingKey,
    pins,
    bounds,
    now,
  })

  async function putPages(pages: Prepared['pages'], failing: Going['failing']): Promise<readonly string[]> {
    let puts = 0
    const kv = {
      put: async (...call: Parameters<KVNamespace['put']>) => {
        if (failing?.(puts++) === true) throw new Error('KV PUT failed: 500')
        await FLAGS.put(...call)
      },
    }
    // A pace of its own: time stands still here.
    return (await publishPages({ kv, aud, pace: createWritePace(now) }, pages)).acknowledged
  }

  /** One run of the steward. Returns what was committed; undefined when it died before. */
  async function run(going: Going = {}): Promise<Committed | undefined> {
    const own = await publisher(going)
    let prepared = await prepare(own, null)
    let acknowledged: readonly string[] = []
    for (let portion = 0; portion < 100; portion++) {
      if (going.diesBefore === 'pages') return undefined
      acknowledged = await putPages(prepared.pages, going.failing)
      const isStuck = prepared.pages.length > 0 && acknowledged.length === 0
      if (!prepared.more || isStuck) break
      prepared = await prepare(own, { fence: prepared.fence, acknowledged, lost: [] })
    }
    if (going.diesBefore === 'commit') return undefined
    const { open: isOpen, ageMs = 0 } = going.gate ?? OPEN
    const verdict = { open: isOpen, breaches: [], judgedAtMs: now() - ageMs }
    const headInKv = prepared.isLogEmpty ? await headOf() : null
    const result = await commit(own, { fence: prepared.fence, acknowledged, verdict, headInKv })
    committed.push(result)
    if (going.diesBefore !== 'head' && result.head !== null)
      await publishHead({ kv: FLAGS, aud, pace: createWritePace(now) }, result.head.value)
    return result
  }

  async function headOf() {
    const value = await FLAGS.get(`mf1/${aud}/head`, 'arrayBuffer')
    return value && new Uint8Array(value)
  }

  const reader = (secrets = [bindings.FLAGS_SECRET, OTHER_SECRET]) =>
    createFlagReader({ kv: FLAGS, aud, pins, secrets, now, getTimeoutMs: 20_000 })

  return {
    aud,
    clock,
    committed,
    headOf,
    publisher,
    putPages,
    reader,
    run,
    /** A cold reader's answer. */
    read: (who: string): Promise<FlagReading> => reader().read(who),
    /** Accepts rows; the source is complete up to `upTo` minutes after the start. */
    send: (rows: readonly unknown[], upTo?: number) =>
      accept(ingest, 's', rows, upTo === undefined ? [] : [acknowledgedClaim('s', minute(upTo))]),
    minutesPass: (minutes: number) => void (clock.nowMs += minutes * MINUTE),
    kvPages: async () => {
      const { keys } = await FLAGS.list({ prefix: `mf1/${aud}/p/` })
      return keys.map(({ name }) => name.slice(`mf1/${aud}/p/`.length))
    },
  }
}

/** A record. */
export const score = (who: string, rev: number, value: number, home: string | null = null) => ({
  who,
  at: minute(0),
  rev,
  score: value,
  home,
})

/** Its deletion. */
export const gone = (who: string, rev: number) => ({ _deleted: true, who, rev })

const minute = (n: number): string => new Date(START + n * MINUTE).toISOString()

function publicHalf(jwk: string): { kid: string; x: string } {
  const { kid, x } = JSON.parse(jwk) as { kid: string; x: string }
  return { kid, x }
}

/** Makes the product's tables anew. */
export async function recreate(db: D1Database): Promise<void> {
  const tables = [...tablesOf(scores), ...flagsTables]
  const statements = tables.flatMap((table) => [
    `DROP TABLE IF EXISTS "${table.name}"`,
    ...createTable(table),
  ])
  await db.batch(statements.map((sql) => db.prepare(sql)))
}
