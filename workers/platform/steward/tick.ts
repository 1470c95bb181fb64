/**
 * One tick: derive, check, publish, report.
 *
 * Nothing here depends on a tick being whole, being the only one, or coming at all: products guard their own steps,
 * every write of ours fails once a later tick has begun, and the next tick goes on from what is there.
 */
import { createBudget, type Budget } from './budget.ts'
import { checkProducts, type Standing } from './check-products.ts'
import type { World } from './env.ts'
import { failureOf, type Failure } from './failure.ts'
import { settleIncidents, type Breach, type Rule } from './incidents.ts'
import { giveBack, LeaseLost, takeLease, type Lease } from './lease.ts'
import { discover, nameOf, type Product } from './products.ts'
import { accusation, publishFlags, type Before, type GateVerdict, type Publication } from './publish-flags.ts'
import { runProducts, type RunOutcome } from './run-products.ts'
import { watchAudit } from './watch-audit.ts'

/** What a tick did. Times are RFC 3339. */
export interface TickReport {
  readonly began_at: string
  readonly ended_at: string
  /** False: the catalog did not answer, products are those that it named before. */
  readonly catalog: boolean
  readonly runs: readonly RunOutcome[]
  readonly verdicts: Readonly<Record<string, number>>
  readonly flags: readonly FlagsOutcome[]
}

/** What became of a flag set. */
export interface FlagsOutcome {
  readonly product: string
  readonly epoch?: number
  readonly put?: number
  readonly pending?: number
  readonly is_new?: boolean
  readonly gate_open: boolean
  readonly failure?: Failure
}

/** How a tick ended. `busy`: another one has the lease. `overtaken`: a later one began. */
export type TickResult =
  | { readonly outcome: 'done'; readonly report: TickReport }
  | { readonly outcome: 'busy' | 'overtaken' }

/** Cloudflare gives a cron 30 s of CPU; waiting is free, but the next tick comes in a minute. */
const RUN_MS = 20_000
const JUDGE_MS = 30_000
const PUBLISH_MS = 40_000
/** Bad checks in a row that close a gate: one alone would make it flutter. */
const CLOSING_RUNS = 2
const TICKS_KEPT = 1_440
const PROMISE_RULES: readonly Rule[] = ['freshness', 'drift', 'quality']
const FLAGS_RULES: readonly Rule[] = ['flags_stopped', 'flags_tampered', 'flags_key_stolen']

/** Does one tick. Rejects only when the steward's own database fails. */
export async function tick(world: World): Promise<TickResult> {
  const began = world.now()
  const lease = await takeLease(world.db, began)
  if (lease === null) return { outcome: 'busy' }
  try {
    return { outcome: 'done', report: await work(world, lease, began) }
  } catch (error) {
    if (error instanceof LeaseLost) return { outcome: 'overtaken' }
    throw error
  }
}

async function work(world: World, lease: Lease, began: number): Promise<TickReport> {
  const { db, now } = world
  const began_at = timeOf(began)
  await lease.write([
    db.prepare('INSERT INTO ticks (fence, began_at) VALUES (?1, ?2)').bind(lease.fence, began_at),
    db.prepare('DELETE FROM ticks WHERE fence <= ?1').bind(lease.fence - TICKS_KEPT),
  ])
  const { products, isCurrent } = await discover(world, lease)
  const runs = await runProducts(world, products, { until: began + RUN_MS, turn: lease.fence })
  const standings = await checkProducts(world, lease, products, began + JUDGE_MS)
  await settleIncidents(db, lease, {
    rules: PROMISE_RULES,
    breaches: standings.flatMap(brokenPromises),
    nowMs: now(),
  })
  const published = await publishAll(world, lease, standings, createBudget(now, began + PUBLISH_MS))
  await settleIncidents(db, lease, {
    rules: FLAGS_RULES,
    breaches: published.flatMap(({ breaches }) => breaches),
    nowMs: now(),
  })
  // Last, and only with time left: no flag waits for it.
  if (now() < began + PUBLISH_MS) await watchAudit(world, lease)
  const report: TickReport = {
    began_at,
    ended_at: timeOf(now()),
    catalog: isCurrent,
    runs,
    verdicts: Object.fromEntries(
      [...Map.groupBy(standings, ({ verdict }) => verdict)].map(([verdict, of]) => [verdict, of.length]),
    ),
    flags: published.map(({ outcome }) => outcome),
  }
  await lease.write([
    db
      .prepare('UPDATE ticks SET ended_at = ?2, report = ?3 WHERE fence = ?1')
      .bind(lease.fence, report.ended_at, JSON.stringify(report)),
    giveBack(db),
  ])
  return report
}

interface Published {
  readonly outcome: FlagsOutcome
  readonly breaches: readonly Breach[]
}

/** One flag set after the other: they share the budget. */
async function publishAll(
  world: World,
  lease: Lease,
  standings: readonly Standing[],
  budget: Budget,
): Promise<Published[]> {
  const published: Published[] = []
  for (const standing of standings) {
    const { flags } = standing.product
    if (flags !== null) published.push(await publishOne(world, lease, standing, flags, budget))
  }
  return published
}

async function publishOne(
  world: World,
  lease: Lease,
  standing: Standing,
  flags: string,
  budget: Budget,
): Promise<Published> {
  const { product } = standing
  const gate = gateOf(standing, world.now())
  const about = { product: nameOf(product), gate_open: gate.open }
  try {
    const before = await readBefore(world.db, product)
    const publication = await publishFlags(world, { ...product, flags }, gate, before, budget)
    await remember(world, lease, product, publication)
    const { head, put, pending, isNew, refusal } = publication
    return {
      outcome: {
        ...about,
        put,
        pending,
        is_new: isNew,
        ...(head === null ? {} : { epoch: head.epoch }),
        ...(refusal === null ? {} : { failure: { code: refusal, detail: 'the head was not put' } }),
      },
      breaches: breachesOf(product, publication, before),
    }
  } catch (error) {
    const failure = failureOf(error)
    const detail = `${failure.code}: ${failure.detail}`
    return { outcome: { ...about, failure }, breaches: [{ product, rule: 'flags_stopped', detail }] }
  }
}

function brokenPromises({ product, verdict, detail, promises }: Standing): Breach[] {
  return [
    ...(verdict === 'fresh'
      ? []
      : [{ product, rule: 'freshness' as const, detail: `${verdict}: ${detail}` }]),
    ...promises
      .filter(({ isKept }) => !isKept)
      .map((broken) => ({ product, rule: broken.rule, detail: broken.detail })),
  ]
}

/** The verdict on the promises that the contract's gate names. */
export function gateOf(
  {
    product,
    badRuns,
    badSinceMs,
    promises,
  }: Pick<Standing, 'product' | 'badRuns' | 'badSinceMs' | 'promises'>,
  nowMs: number,
): GateVerdict {
  const bad = [{ rule: 'freshness', badRuns, badSinceMs }, ...promises].flatMap((promise) =>
    promise.badSinceMs !== null && product.gate.includes(promise.rule)
      ? [{ ...promise, since: timeOf(promise.badSinceMs) }]
      : [],
  )
  return {
    open: bad.every((promise) => promise.badRuns < CLOSING_RUNS),
    breaches: bad.map(({ rule, since }) => ({ product: product.id, rule, since })),
    judged_at: timeOf(nowMs),
  }
}

function breachesOf(product: Product, publication: Publication, before: Before): Breach[] {
  const { refusal, testimony, scrubbed } = publication
  const accused = accusation(publication, before)
  const damaged = scrubbed?.damaged ?? 0
  return [
    ...(refusal === null
      ? []
      : [{ product, rule: 'flags_stopped' as const, detail: `the head was not put: ${refusal}` }]),
    ...(accused === null ? [] : [{ product, rule: accused, detail: JSON.stringify(testimony) }]),
    ...(damaged === 0 || accused === 'flags_tampered'
      ? []
      : [
          {
            product,
            rule: 'flags_tampered' as const,
            detail: `${damaged} pages in KV were written by somebody else`,
          },
        ]),
  ]
}

async function readBefore(db: D1Database, { id, major }: Product): Promise<Before> {
  const row = await db
    .prepare('SELECT kid, scrub_at AS scrubAt FROM publications WHERE id = ?1 AND major = ?2')
    .bind(id, major)
    .first<Before>()
  return row ?? { kid: null, scrubAt: 0 }
}

async function remember(
  { db, now }: World,
  lease: Lease,
  { id, major }: Product,
  { aud, kid, head, scrubbed }: Publication,
): Promise<void> {
  if (head === null) return
  const at = now()
  const lag = head.asOf === null ? null : at - Date.parse(head.asOf)
  await lease.write([
    db
      .prepare(
        `INSERT OR REPLACE INTO publications (id, major, aud, kid, epoch, pages, entries, as_of, lag_ms, published_at, scrub_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`,
      )
      .bind(
        id,
        major,
        aud,
        kid,
        head.epoch,
        head.pages,
        head.entries,
        head.asOf,
        lag,
        timeOf(at),
        scrubbed?.next ?? 0,
      ),
  ])
}

const timeOf = (ms: number): string => new Date(ms).toISOString()
