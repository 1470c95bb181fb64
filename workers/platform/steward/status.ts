/** What the steward tells anyone: its own last tick, every product's verdict, incidents and publications. */
import type { Product } from './products.ts'
import { readPromises, type Kept } from './promise-history.ts'
import type { TickReport } from './tick.ts'
import { AUDITED, rememberedHead, type RememberedHead } from './watch-audit.ts'

/** `GET /platform/steward/status`. Times are RFC 3339. */
export interface StewardStatus {
  readonly last_tick: {
    readonly began_at: string
    readonly ended_at: string | null
    /** Now minus the beginning of the last tick that ended. */
    readonly age_ms: number
    readonly report: unknown
  } | null
  /** True when the last tick left nothing to do: all is derived, fresh, and published with an open gate. */
  readonly settled: boolean
  /** The newest signed head of the catalog's audit log that the steward has seen; null before the first. */
  readonly audit: RememberedHead | null
  /** Open incidents of the mesh itself: today those of the audit log. */
  readonly incidents: ProductStatus['incidents']
  readonly products: readonly ProductStatus[]
}

/** One product. */
export interface ProductStatus {
  readonly id: string
  readonly major: number
  readonly freshness: {
    readonly promised: string
    readonly verdict: string | null
    readonly as_of: string | null
    readonly age_ms: number | null
    readonly checked_at: string | null
  }
  /** Whether the contract that is served is the registered one; null before the first check. */
  readonly drift: PromiseStatus | null
  /** Whether the records keep the contract's rules; null before the first judgement. */
  readonly quality: PromiseStatus | null
  readonly incidents: readonly {
    readonly rule: string
    readonly opened_at: string
    readonly detail: string
  }[]
  /** The last head that was put; null for products without flags. */
  readonly flags: {
    readonly aud: string
    readonly epoch: number
    readonly pages: number
    readonly entries: number
    readonly as_of: string | null
    /** From the watermark of the content to its publication. */
    readonly lag_ms: number | null
    readonly published_at: string
  } | null
}

/** A promise beside freshness. */
export interface PromiseStatus {
  readonly verdict: 'kept' | 'broken'
  readonly detail: string
  /** Of drift the two hashes; of quality how it was judged, and each rule with its count. */
  readonly evidence: unknown
}

interface ProductRow {
  readonly id: string
  readonly major: number
  readonly definition: string
  readonly verdict: string | null
  readonly as_of: string | null
  readonly age_ms: number | null
  readonly checked_at: string | null
}

type Owned<T> = T & { readonly id: string; readonly major: number }

/** The status as of `now` (Unix ms). */
export async function readStatus(db: D1Database, now: number): Promise<StewardStatus> {
  const results = await db.batch([
    db.prepare(
      'SELECT began_at, ended_at, report FROM ticks WHERE ended_at IS NOT NULL ORDER BY fence DESC LIMIT 1',
    ),
    db.prepare(
      'SELECT id, major, definition, verdict, as_of, age_ms, checked_at FROM products ORDER BY id, major',
    ),
    db.prepare(
      'SELECT id, major, rule, opened_at, detail FROM incidents WHERE closed_at IS NULL ORDER BY opened_at',
    ),
    db.prepare('SELECT id, major, aud, epoch, pages, entries, as_of, lag_ms, published_at FROM publications'),
  ])
  // Rows as the statements above have them.
  const [ticks, products, incidents, publications] = results.map(({ results: rows }) => rows) as [
    { began_at: string; ended_at: string; report: string }[],
    ProductRow[],
    Owned<ProductStatus['incidents'][number]>[],
    Owned<NonNullable<ProductStatus['flags']>>[],
  ]
  const [last] = ticks
  const promises = await readPromises(db)
  const report = last && (JSON.parse(last.report) as TickReport) // written by the tick
  return {
    last_tick: last
      ? {
          ...last,
          age_ms: now - Date.parse(last.began_at),
          report,
        }
      : null,
    settled: report !== undefined && isSettled(report),
    audit: await rememberedHead(db),
    incidents: incidents
      .filter(({ id, major }) => id === AUDITED.id && major === AUDITED.major)
      .map(({ rule, opened_at, detail }) => ({ rule, opened_at, detail })),
    products: products.map(({ id, major, definition, ...freshness }) => {
      const isOwn = (row: Owned<unknown>): boolean => row.id === id && row.major === major
      const own = promises.filter(({ product }) => isOwn(product))
      const { freshness: promised } = JSON.parse(definition) as Product // written by discover
      return {
        id,
        major,
        freshness: { promised, ...freshness },
        drift: promiseOf(own, 'drift'),
        quality: promiseOf(own, 'quality'),
        incidents: incidents
          .filter(isOwn)
          .map(({ rule, opened_at, detail }) => ({ rule, opened_at, detail })),
        flags: publications.filter(isOwn).map(({ id: _id, major: _major, ...flags }) => flags)[0] ?? null,
      }
    }),
  }
}

const isSettled = ({ runs, verdicts, flags }: TickReport): boolean =>
  runs.every(({ done }) => done) &&
  Object.keys(verdicts).every((verdict) => verdict === 'fresh') &&
  flags.every(({ failure, pending, gate_open }) => failure === undefined && pending === 0 && gate_open)

function promiseOf(promises: readonly Kept[], rule: Kept['rule']): PromiseStatus | null {
  const found = promises.find((promise) => promise.rule === rule)
  return found
    ? { verdict: found.isKept ? 'kept' : 'broken', detail: found.detail, evidence: found.evidence }
    : null
}
