/** Reads the audit log: its entries for those whom they concern, its chain and its checkpoints for everybody. */
import type { AuditEntry, AuditLink } from '@meshloop/access/audit'
import { readHead } from './act.ts'
import type { AuditedAct } from './entry.ts'

/** A page, and after which number the next one begins: null at the end of the log. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: number | null
}

/** Where a page begins, and how long it is at most. */
export interface Span {
  readonly after: number
  readonly limit: number
}

/** An entry as it is read. */
export type LoggedEntry = AuditEntry & { readonly what: AuditedAct }

/** A checkpoint as it is kept. */
export interface KeptCheckpoint {
  readonly seq: number
  /** RFC 3339 */
  readonly at: string
  readonly hash: string
  /** The same as a compact JWS. */
  readonly signed: string
}

/** So many entries are looked through for one page: what concerns a domain may be rare. */
const window = 5_000

/** Entries that concern one of the domains, or all for null. */
export async function readEntries(
  db: D1Database,
  { after, limit }: Span,
  domains: readonly string[] | null,
): Promise<Page<LoggedEntry>> {
  const { results } = await db
    .prepare(
      `SELECT seq, at, what, by, about, salt FROM audit e WHERE seq > ?1 AND seq <= ?1 + ${window} AND (?3 IS NULL OR EXISTS (
         SELECT 1 FROM json_each(e.about) a, json_each(?3) d
         WHERE (a.key IN ('domain', 'owner') AND a.value = d.value)
           OR (a.key IN ('product', 'consumer', 'client', 'owner')
             AND substr(a.value, 1, length(d.value) + 1) = d.value || '.')))
       ORDER BY seq LIMIT ?2`,
    )
    .bind(after, limit, domains === null ? null : JSON.stringify(domains))
    .all<Omit<LoggedEntry, 'about'> & { about: string }>()
  const items = results.map((row) => ({ ...row, about: JSON.parse(row.about) as LoggedEntry['about'] }))
  const full = items.length === limit ? items.at(-1)?.seq : undefined
  const seen = full ?? after + window
  return { items, next: seen < (await readHead(db)).seq ? seen : null }
}

/** Links of the chain. */
export async function readChain(db: D1Database, span: Span): Promise<Page<AuditLink>> {
  return readPage<AuditLink>(db, 'SELECT seq, content, hash FROM audit', span)
}

/** Checkpoints by the entry that they are of. */
export async function readCheckpoints(db: D1Database, span: Span): Promise<Page<KeptCheckpoint>> {
  return readPage<KeptCheckpoint>(db, 'SELECT seq, at, hash, signed FROM checkpoints', span)
}

/** The newest checkpoint; null before the first. */
export const findCheckpoint = (db: D1Database): Promise<KeptCheckpoint | null> =>
  db
    .prepare('SELECT seq, at, hash, signed FROM checkpoints ORDER BY seq DESC LIMIT 1')
    .first<KeptCheckpoint>()

async function readPage<T extends { readonly seq: number }>(
  db: D1Database,
  select: string,
  { after, limit }: Span,
): Promise<Page<T>> {
  const { results } = await db
    .prepare(`${select} WHERE seq > ?1 ORDER BY seq LIMIT ?2`)
    .bind(after, limit + 1)
    .all<T>()
  const items = results.slice(0, limit)
  return { items, next: results.length > limit ? (items.at(-1)?.seq ?? null) : null }
}
