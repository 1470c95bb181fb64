/** What happened, for those who asked to be told: written with the act, sent after it. */
import type { Scene } from '../env.ts'

/** Types of notices, as `type` of the webhook's payload. */
export const noticeTypes = [
  'grant.requested',
  'grant.approved',
  'grant.refused',
  'grant.changed',
  'grant.revoked',
  'grant.ending',
  'key.made',
  'key.revoked',
  'product.moved',
] as const

/** One of {@link noticeTypes}. */
export type NoticeType = (typeof noticeTypes)[number]

/** A notice and to whom it goes. `data` holds no personal data and no secret: ids, names, times, reasons. */
export interface Notice {
  readonly type: NoticeType
  readonly data: Readonly<Record<string, unknown>>
  readonly to: {
    readonly domains: readonly string[]
    readonly consumers: readonly string[]
  }
}

/** The statements that write a notice and a delivery for each webhook that is there now. */
export function noticeStatements(
  { db, at, newId }: Scene,
  { type, data, to }: Notice,
): readonly D1PreparedStatement[] {
  const id = `msg_${newId()}`
  return [
    db
      .prepare('INSERT INTO notices (id, type, at, body) VALUES (?1, ?2, ?3, ?4)')
      .bind(id, type, at, JSON.stringify({ type, timestamp: at, data })),
    db
      .prepare(
        `INSERT INTO deliveries (webhook, notice, state, attempts, next_at)
         SELECT id, ?1, 'waiting', 0, ?2 FROM webhooks WHERE ended_at IS NULL AND (
           (owner_kind = 'domain' AND owner IN (SELECT value FROM json_each(?3)))
           OR (owner_kind = 'consumer' AND owner IN (SELECT value FROM json_each(?4))))`,
      )
      .bind(id, at, JSON.stringify(to.domains), JSON.stringify(to.consumers)),
  ]
}
