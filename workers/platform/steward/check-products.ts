/**
 * Checks what products promise: freshness, drift and quality. Freshness is judged by the watermark and the contract, not by
 * the product's own verdict.
 */
import * as z from 'zod'
import type { World } from './env.ts'
import { failureOf } from './failure.ts'
import type { Lease } from './lease.ts'
import { inTurn } from './in-turn.ts'
import { promisedMs, type Product } from './products.ts'
import { readPromises, rememberFindings, type Kept } from './promise-history.ts'
import { driftOf, qualityOf, qualitySchema, type Finding, type QualityAnswer } from './promises.ts'

/** `waiting`: a source has not said up to when it is complete. `unreachable`: nobody knows. All but `fresh` are bad. */
export type Verdict = 'fresh' | 'late' | 'waiting' | 'unreachable'

/** How a product stands. */
export interface Check {
  readonly product: Product
  readonly verdict: Verdict
  /** RFC 3339 */
  readonly asOf: string | null
  readonly ageMs: number | null
  /** Why it is bad. */
  readonly detail: string
  /** On the promises beside freshness; none on those that nobody could look at. */
  readonly findings: readonly Finding[]
}

/** A check with what came before it. */
export interface Standing extends Check {
  /** Bad checks in a row, this one included. */
  readonly badRuns: number
  /** When the row of bad checks began, Unix ms; null when this one is good. */
  readonly badSinceMs: number | null
  /** Of a product that cannot be reached, those of the time before. */
  readonly promises: readonly Kept[]
}

const statusSchema = qualitySchema.extend({
  as_of: z.iso.datetime().nullable(),
  contract: z.string().max(100),
})
const TIMEOUT_MS = 5_000
/** A product that needs longer goes on judging; the next tick sees what it found. */
const JUDGE_TIMEOUT_MS = 10_000
const CHECKS_KEPT_MS = 24 * 3_600_000
const DAYS_KEPT_MS = 92 * 86_400_000

/** Asks all products and writes history. After `until` (Unix ms) none is asked to judge its records. @throws {LeaseLost} */
export async function checkProducts(
  world: World,
  lease: Lease,
  products: readonly Product[],
  until: number,
): Promise<Standing[]> {
  const { db, now } = world
  const checks = await inTurn(products, (product) => checkOne(world, product, until))
  const at = new Date(now()).toISOString()
  const rows = JSON.stringify(
    checks.map(({ product, verdict, asOf, ageMs }) => [product.id, product.major, verdict, asOf, ageMs]),
  )
  const ago = (ms: number) => new Date(now() - ms).toISOString()
  await lease.write([
    db
      .prepare(
        `UPDATE products SET verdict = j.value ->> 2, as_of = j.value ->> 3, age_ms = j.value ->> 4, checked_at = ?2,
           bad_runs = CASE j.value ->> 2 WHEN 'fresh' THEN 0 ELSE bad_runs + 1 END,
           bad_since = CASE j.value ->> 2 WHEN 'fresh' THEN NULL ELSE coalesce(bad_since, ?2) END
         FROM json_each(?1) j WHERE products.id = j.value ->> 0 AND products.major = j.value ->> 1`,
      )
      .bind(rows, at),
    db
      .prepare(
        `INSERT OR REPLACE INTO checks (id, major, at, verdict, age_ms)
         SELECT value ->> 0, value ->> 1, ?2, value ->> 2, value ->> 4 FROM json_each(?1)`,
      )
      .bind(rows, at),
    db
      .prepare(
        `INSERT INTO days (id, major, day, kept, broken)
         SELECT value ->> 0, value ->> 1, ?2, value ->> 2 = 'fresh', value ->> 2 <> 'fresh' FROM json_each(?1) WHERE true
         ON CONFLICT (id, major, day) DO UPDATE SET kept = kept + excluded.kept, broken = broken + excluded.broken`,
      )
      .bind(rows, at.slice(0, 10)),
    ...rememberFindings(db, checks, at),
    db.prepare('DELETE FROM checks WHERE at < ?1').bind(ago(CHECKS_KEPT_MS)),
    db.prepare('DELETE FROM days WHERE day < ?1').bind(ago(DAYS_KEPT_MS).slice(0, 10)),
  ])
  return withHistory(db, checks)
}

async function checkOne(world: World, product: Product, until: number): Promise<Check> {
  const ref = { product: product.id, major: product.major }
  try {
    const { json } = await world.client.call(ref, 'check', '/status', { timeoutMs: TIMEOUT_MS })
    const { as_of: asOf, contract, ...known } = statusSchema.parse(json)
    const quality = await judged(world, product, known, until)
    const findings = [...driftOf(product, contract), ...qualityOf(quality)]
    return { product, asOf, findings, ...freshnessOf(product, asOf, world.now()) }
  } catch (error) {
    const { code, detail } = failureOf(error)
    return {
      product,
      verdict: 'unreachable',
      asOf: null,
      ageMs: null,
      detail: `${code}: ${detail}`,
      findings: [],
    }
  }
}

function freshnessOf(
  product: Product,
  asOf: string | null,
  nowMs: number,
): Pick<Check, 'verdict' | 'ageMs' | 'detail'> {
  if (asOf === null)
    return { verdict: 'waiting', ageMs: null, detail: 'a source has not said up to when it is complete' }
  const ageMs = Math.max(0, nowMs - Date.parse(asOf))
  return ageMs <= promisedMs(product)
    ? { verdict: 'fresh', ageMs, detail: '' }
    : { verdict: 'late', ageMs, detail: `complete up to ${asOf}, promised ${product.freshness}` }
}

/** Asks a product to judge its records if it has not since they changed. How often it really does is its own affair. */
async function judged(
  { client, now }: World,
  { id, major }: Product,
  known: QualityAnswer,
  until: number,
): Promise<QualityAnswer> {
  const isKnown = known.quality_state === 'none' || known.quality_state === 'current'
  if (isKnown || now() >= until) return known
  try {
    const call = { method: 'POST', timeoutMs: JUDGE_TIMEOUT_MS } as const
    const { json } = await client.call({ product: id, major }, 'check', '/quality', call)
    return qualitySchema.parse(json)
  } catch {
    return known // the product itself says so when it could not judge
  }
}

async function withHistory(db: D1Database, checks: readonly Check[]): Promise<Standing[]> {
  const { results } = await db
    .prepare('SELECT id, major, bad_runs, bad_since FROM products')
    .all<{ id: string; major: number; bad_runs: number; bad_since: string | null }>()
  const promises = await readPromises(db)
  return checks.map((check) => {
    const { id, major } = check.product
    const row = results.find((each) => each.id === id && each.major === major)
    return {
      ...check,
      badRuns: row?.bad_runs ?? 0,
      badSinceMs: row?.bad_since ? Date.parse(row.bad_since) : null,
      promises: promises.filter(({ product }) => product.id === id && product.major === major),
    }
  })
}
