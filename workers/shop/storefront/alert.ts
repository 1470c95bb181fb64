/** Alerts: the customer is told of what is unusual; one message an incident, a few a day. */
import { TIME } from './outbox/clock.ts'

/** What happens within an hour of the last unusual thing belongs to the same incident. */
const INCIDENT_MS = 3_600_000
const DAY_MS = 86_400_000
/** New messages a day; beyond, everything joins the last one, so that nobody buries a customer in messages. */
const DAILY_CAP = 3

/** Something unusual. */
export interface Unusual {
  /** Id of a new alert, if one is opened. */
  readonly alertId: string
  readonly customerId: string
  readonly kind: 'order' | 'address'
  /** The order or the event. */
  readonly subjectId: string
  /** What was unusual, in sentences for the customer. */
  readonly because: readonly string[]
  /** See `Judgement`. */
  readonly contactBeforeMs: number | null
}

/** Statements for the transaction of what is unusual; its time must have been moved before. */
export function alertCustomer(db: D1Database, unusual: Unusual): readonly D1PreparedStatement[] {
  const { alertId, customerId, kind, subjectId, because, contactBeforeMs } = unusual
  return [
    db
      .prepare(
        `INSERT INTO alerts (alert_id, customer_id, opened_ms, last_ms, contact_before_ms)
         SELECT ?1, ?2, ${TIME}, ${TIME}, ?3
         WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE customer_id = ?2 AND last_ms > ${TIME} - ${INCIDENT_MS})
           AND (SELECT count(*) FROM alerts WHERE customer_id = ?2 AND opened_ms > ${TIME} - ${DAY_MS}) < ${DAILY_CAP}`,
      )
      .bind(alertId, customerId, contactBeforeMs),
    db
      .prepare(
        `INSERT INTO alert_notes (alert_id, at_ms, kind, subject_id, because)
         SELECT ${LATEST}, ${TIME}, ?2, ?3, ?4`,
      )
      .bind(customerId, kind, subjectId, JSON.stringify(because)),
    db.prepare(`UPDATE alerts SET last_ms = ${TIME} WHERE alert_id = ${LATEST}`).bind(customerId),
  ]
}

const LATEST =
  '(SELECT alert_id FROM alerts WHERE customer_id = ?1 ORDER BY opened_ms DESC, alert_id LIMIT 1)'
