/** Requests where they are kept: what was asked for, and what became of it. */
import { guard } from '../audit/act.ts'
import type { AccessRequest, RequestState, Subject, Terms } from './grant.ts'

interface RequestRow extends Omit<AccessRequest, 'wants'> {
  readonly wants: string
}

/** Columns of a request's row. */
export const requestColumns =
  'id, consumer, product, major, purpose, wants, state, asked_by, asked_at, decided_by, decided_at, reason, granted'

/** The request of that id; null if there is none. */
export async function findRequest(db: D1Database, id: string): Promise<AccessRequest | null> {
  const row = await db
    .prepare(`SELECT ${requestColumns} FROM requests WHERE id = ?1`)
    .bind(id)
    .first<RequestRow>()
  return row && requestOf(row)
}

/** Whether a consumer has asked so often in the day before that it has to wait. */
export async function hasAskedEnough(db: D1Database, consumer: string, at: string): Promise<boolean> {
  const row = await db
    .prepare('SELECT count(*) AS asked FROM requests WHERE consumer = ?1 AND asked_at > ?2')
    .bind(consumer, dayBefore(at))
    .first<{ asked: number }>()
  return (row?.asked ?? 0) >= maxADay
}

/** Whether a request of that consumer for that major waits. */
export async function isWaiting(
  db: D1Database,
  { consumer, product, major }: Pick<Subject, 'consumer' | 'product' | 'major'>,
): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT 1 FROM requests WHERE consumer = ?1 AND product = ?2 AND major = ?3 AND state = 'waiting'`,
    )
    .bind(consumer, product, major)
    .first()
  return row !== null
}

/** So often a consumer asks in a day: owners are told each time. */
const maxADay = 20

/**
 * Statements that keep a new request. The first two fail the transaction while another one of the same consumer for the same
 * major waits, and when the consumer has asked often enough in a day.
 */
export function newRequestStatements(db: D1Database, request: AccessRequest): readonly D1PreparedStatement[] {
  const { id, consumer, product, major, purpose, wants, state, asked_by, asked_at } = request
  const { decided_by, decided_at, reason, granted } = request
  return [
    guard(
      db,
      `NOT EXISTS (SELECT 1 FROM requests WHERE consumer = ?1 AND product = ?2 AND major = ?3 AND state = 'waiting')`,
      consumer,
      product,
      major,
    ),
    guard(
      db,
      `(SELECT count(*) FROM requests WHERE consumer = ?1 AND asked_at > ?2) < ${maxADay}`,
      consumer,
      dayBefore(asked_at),
    ),
    db
      .prepare(
        `INSERT INTO requests (${requestColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`,
      )
      .bind(
        id,
        consumer,
        product,
        major,
        purpose,
        JSON.stringify(wants),
        state,
        asked_by,
        asked_at,
        decided_by,
        decided_at,
        reason,
        granted,
      ),
  ]
}

/** What becomes of a request. */
export interface Decision {
  readonly state: Exclude<RequestState, 'waiting'>
  readonly decided_by: string
  readonly decided_at: string
  readonly reason: string | null
  readonly granted: string | null
}

/** Statements that decide a request; the first fails the transaction when it no longer waits. */
export function decisionStatements(
  db: D1Database,
  id: string,
  { state, decided_by, decided_at, reason, granted }: Decision,
): readonly D1PreparedStatement[] {
  return [
    guard(db, `EXISTS (SELECT 1 FROM requests WHERE id = ?1 AND state = 'waiting')`, id),
    db
      .prepare(
        'UPDATE requests SET state = ?2, decided_by = ?3, decided_at = ?4, reason = ?5, granted = ?6 WHERE id = ?1',
      )
      .bind(id, state, decided_by, decided_at, reason, granted),
  ]
}

const dayBefore = (at: string): string => new Date(Date.parse(at) - 86_400_000).toISOString()

/** A row as a request. */
export function requestOf(row: RequestRow): AccessRequest {
  // Written by newRequestStatements, from parsed terms; the oldest know of no quota.
  const wants = JSON.parse(row.wants) as Terms
  return { ...row, wants: { ...wants, rows_per_day: wants.rows_per_day ?? null } }
}
