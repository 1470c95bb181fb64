/** How a product kept its promises: minutes of the last day, days of the last quarter, incidents. */
import type { Incident } from './incidents.ts'

/** `GET /platform/steward/history?product=`. Oldest first; times are RFC 3339. */
export interface History {
  readonly product: string
  readonly major: number
  readonly minutes: readonly {
    readonly at: string
    readonly verdict: string
    readonly age_ms: number | null
  }[]
  /** `kept` and `broken` count checks. */
  readonly days: readonly { readonly day: string; readonly kept: number; readonly broken: number }[]
  /** Newest first. */
  readonly incidents: readonly Incident[]
}

const MAX_INCIDENTS = 100

/** The history of the greatest major of a product; undefined when no such product was ever checked. */
export async function readHistory(db: D1Database, product: string): Promise<History | undefined> {
  const major = await db
    .prepare('SELECT max(major) AS major FROM days WHERE id = ?1')
    .bind(product)
    .first<number>('major')
  if (major === null) return undefined
  const results = await db.batch([
    db
      .prepare('SELECT at, verdict, age_ms FROM checks WHERE id = ?1 AND major = ?2 ORDER BY at')
      .bind(product, major),
    db
      .prepare('SELECT day, kept, broken FROM days WHERE id = ?1 AND major = ?2 ORDER BY day')
      .bind(product, major),
    db
      .prepare(
        'SELECT rule, opened_at, closed_at, detail FROM incidents WHERE id = ?1 AND major = ?2 ORDER BY opened_at DESC LIMIT ?3',
      )
      .bind(product, major, MAX_INCIDENTS),
  ])
  // Rows as the statements above have them.
  const [minutes, days, incidents] = results.map(({ results: rows }) => rows) as [
    History['minutes'][number][],
    History['days'][number][],
    Incident[],
  ]
  return { product, major, minutes, days, incidents }
}
