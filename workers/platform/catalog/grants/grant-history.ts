/** What happened to a grant, from the audit log. */
import type { AuditedAct } from '../audit/entry.ts'
import type { Terms } from './grant.ts'

/** One thing that happened. */
export interface GrantEvent {
  readonly at: string
  readonly what: AuditedAct
  /** As the audit log names who did it. */
  readonly by: string
  /** Version that it made. */
  readonly version: number
  readonly purpose: string
  readonly reason: string | null
  readonly terms: Terms
}

interface AuditRow {
  readonly at: string
  readonly what: AuditedAct
  readonly by: string
  readonly about: string
}

/** The newest 50, the newest first. */
export async function readGrantHistory(db: D1Database, id: string): Promise<readonly GrantEvent[]> {
  const { results } = await db
    .prepare(`SELECT at, what, by, about FROM audit WHERE ${isAbout} ORDER BY seq DESC LIMIT 50`)
    .bind(id)
    .all<AuditRow>()
  return results.map(eventOf)
}

/** What somebody, named as the audit log names him, did last with the grant; null for nothing. */
export async function lastEventBy(db: D1Database, id: string, by: string): Promise<GrantEvent | null> {
  const row = await db
    .prepare(`SELECT at, what, by, about FROM audit WHERE ${isAbout} AND by = ?2 ORDER BY seq DESC LIMIT 1`)
    .bind(id, by)
    .first<AuditRow>()
  return row && eventOf(row)
}

/** There is an index on it. */
const isAbout = "json_extract(about, '$.grant') = ?1"

function eventOf({ at, what, by, about }: AuditRow): GrantEvent {
  // Written by deedOf; what has a grant has its version, purpose and terms, the oldest without a quota.
  const { version, purpose, reason, terms } = JSON.parse(about) as Written
  return {
    at,
    what,
    by,
    version,
    purpose,
    reason: reason ?? null,
    terms: { ...terms, rows_per_day: terms.rows_per_day ?? null },
  }
}

type Written = Pick<GrantEvent, 'version' | 'purpose' | 'terms'> & { readonly reason?: string }
