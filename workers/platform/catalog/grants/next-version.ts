/** A grant's next version: the first, or one on top of what was there, whether that still holds or not. */
import type { Scene } from '../env.ts'
import type { Grant, Subject, Terms } from './grant.ts'

/** What is granted, and who says so. */
export interface Granted {
  readonly subject: Subject
  readonly terms: Terms
  /** As the audit log names who decides. */
  readonly by: string
  /** The grant as it is; null if there never was one of this consumer for this major. */
  readonly before: Grant | null
}

/** The grant as it shall be kept. It holds, also where the one before was revoked. */
export function nextVersion({ at, newId }: Scene, { subject, terms, by, before }: Granted): Grant {
  const { consumer, product, major, purpose } = subject
  const { scopes, view, ends_at, rows_per_day } = terms
  return {
    id: before?.id ?? newId(),
    consumer,
    product,
    major,
    purpose,
    scopes,
    view,
    ends_at,
    rows_per_day,
    version: (before?.version ?? 0) + 1,
    decided_by: by,
    created_at: before?.created_at ?? at,
    updated_at: at,
    revoked_at: null,
  }
}
