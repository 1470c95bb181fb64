/** A customer's inbox: the messages that the shop would send by e-mail. */
import type { Answer } from './input.ts'
import { instant } from './outbox/products.ts'
import { confirmPath } from './paths.ts'
import { moment } from './words.ts'

/** One unusual thing within an incident. */
export interface MessagePart {
  readonly at_ms: number
  readonly kind: 'order' | 'address'
  readonly subject_id: string
  /** What was unusual, in plain words. */
  readonly because: readonly string[]
  /** Of an order. */
  readonly total_cents: number | null
  readonly currency: string | null
  readonly status: string | null
  readonly outcome: string | null
  /** Token of the link, while it may be answered. */
  readonly token: string | null
  readonly answer: Answer | null
}

/** A message: one incident. */
export interface Message {
  readonly message_id: string
  readonly opened_ms: number
  /** Where it went, in words. */
  readonly sent_to: string
  readonly parts: readonly MessagePart[]
  /** How many more parts there are than are shown. */
  readonly more: number
}

interface AlertRow {
  readonly alert_id: string
  readonly opened_ms: number
  readonly contact_before_ms: number | null
  readonly notes: number
}

type NoteRow = Omit<MessagePart, 'because'> & {
  readonly alert_id: string
  readonly because: string
  readonly expires_ms: number | null
}

const MAX_MESSAGES = 20
const MAX_PARTS = 10

/** The newest messages, each with its newest parts first. */
export async function readInbox(
  db: D1Database,
  customerId: string,
  nowMs: number,
): Promise<readonly Message[]> {
  const [alerts, notes] = await db.batch([
    db
      .prepare(
        `SELECT alert_id, opened_ms, contact_before_ms,
           (SELECT count(*) FROM alert_notes n WHERE n.alert_id = a.alert_id) AS notes
         FROM alerts a WHERE customer_id = ?1 ORDER BY opened_ms DESC, alert_id LIMIT ${MAX_MESSAGES}`,
      )
      .bind(customerId),
    db
      .prepare(
        `SELECT * FROM (
           SELECT n.alert_id, n.at_ms, n.kind, n.subject_id, n.because, o.total_cents, o.currency, o.status,
             o.decision AS outcome, c.token, c.expires_ms, c.answer,
             row_number() OVER (PARTITION BY n.alert_id ORDER BY n.id DESC) AS place
           FROM alerts a JOIN alert_notes n ON n.alert_id = a.alert_id
             LEFT JOIN orders o ON n.kind = 'order' AND o.order_id = n.subject_id
             LEFT JOIN confirmations c ON c.order_id = o.order_id
           WHERE a.customer_id = ?1)
         WHERE place <= ${MAX_PARTS} ORDER BY at_ms DESC, place`,
      )
      .bind(customerId),
  ])
  const rows = (notes?.results ?? []) as unknown as NoteRow[] // the columns just selected
  return ((alerts?.results ?? []) as unknown as AlertRow[]).map((alert) => {
    const parts = rows.filter((row) => row.alert_id === alert.alert_id).map((row) => partOf(row, nowMs))
    return {
      message_id: alert.alert_id,
      opened_ms: alert.opened_ms,
      sent_to:
        alert.contact_before_ms === null
          ? 'your usual contact address'
          : `the contact address you had before ${moment(alert.contact_before_ms)}`,
      parts,
      more: alert.notes - parts.length,
    }
  })
}

/** The message as JSON for programs. */
export function messageJson({ opened_ms, parts, ...message }: Message): object {
  return {
    ...message,
    opened_at: instant(opened_ms),
    parts: parts.map(({ at_ms, token, ...part }) => ({
      ...part,
      at: instant(at_ms),
      confirm: token === null ? null : confirmPath(token),
    })),
  }
}

function partOf({ because, expires_ms, ...row }: NoteRow, nowMs: number): MessagePart {
  const isOpen = row.status === 'placed' && row.answer === null && (expires_ms ?? 0) > nowMs
  return {
    at_ms: row.at_ms,
    kind: row.kind,
    subject_id: row.subject_id,
    because: JSON.parse(because) as string[], // as `alertCustomer` wrote it
    total_cents: row.total_cents,
    currency: row.currency,
    status: row.status,
    outcome: row.outcome,
    token: isOpen ? row.token : null,
    answer: row.answer,
  }
}
