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
    .prepare(
      `SELECT at, what, by, about FROM audit WHERE json_extract(about, '$.grant') = ?1 ORDER BY seq DESC LIMIT 50`,
    )
    .bind(id)
    .all<AuditRow>()
  return results.map(({ at, what, by, about }) => {
    // Written by deedOf; what has a grant has its version and terms.
    const { version, reason, terms } = JSON.parse(about) as Pick<GrantEvent, 'version' | 'terms'> & {
      readonly reason?: string
    }
    return { at, what, by, version, reason: reason ?? null, terms }
  })
}
