/**
 * The same request twice, answered alike (IETF draft "The Idempotency-Key HTTP Header Field"). Rows are idempotent by
 * themselves; with a key the second answer is the first one again, and another body under the same key is refused.
 */
import { hash } from 'node:crypto'
import { ProductError } from '../problems.ts'
import { sql, statement } from '../store/sql.ts'

/** How long an answer is kept. */
export const KEPT_MS = 24 * 3_600_000
/** How long a request may be at work: one that was broken off blocks its key no longer. More than a transaction lasts. */
export const IN_FLIGHT_MS = 60_000
/** Of a longer answer the rejected rows are not told again. */
const MAX_ANSWER_CHARS = 20_000

/** One request with its key. */
export interface Keyed {
  readonly source: string
  readonly key: string
  /** All that was asked: query and body. */
  readonly sent: string
}

/** An answer that can be told again. */
export interface Answer {
  readonly rejected: readonly unknown[]
}

/**
 * The key of a request: 1 to 64 printable characters, with or without the quotes of a structured field.
 *
 * @throws {ProductError} `parameter_invalid`.
 */
export function idempotencyKey(headers: Headers): string | undefined {
  const text = headers.get('idempotency-key')
  if (text === null) return undefined
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(key)) return key
  throw new ProductError('parameter_invalid', 'An Idempotency-Key is 1 to 64 printable ASCII characters.', [
    { parameter: 'Idempotency-Key', detail: 'e.g. "8e03978e-40d5-43e8-bc93-6894a57f9324"' },
  ])
}

/**
 * Does the work once: the same request again within 24 hours gets the first one's answer.
 *
 * @throws {ProductError} `idempotency_mismatch` for another body, `idempotency_in_flight` while the first is at work, and what
 *   the work throws; then its key is free again.
 */
export async function once<A extends Answer>(
  db: D1Database,
  now: () => number,
  { source, key, sent }: Keyed,
  work: () => Promise<A>,
): Promise<{ readonly answer: A; readonly replayed: boolean }> {
  const body = hash('sha256', sent, 'base64url')
  const at = timeOf(now())
  const ours = sql`source = ${source} AND key = ${key}`
  const claimed = await statement(
    db,
    sql`
      INSERT INTO _idempotency (source, key, body, at, answer) VALUES (${source}, ${key}, ${body}, ${at}, NULL)
      ON CONFLICT (source, key) DO UPDATE SET body = excluded.body, at = excluded.at, answer = NULL
      WHERE at < ${timeOf(now() - KEPT_MS)} OR (answer IS NULL AND at < ${timeOf(now() - IN_FLIGHT_MS)})
      RETURNING 1 AS claimed`,
  ).first()
  if (!claimed) {
    const known = await statement(db, sql`SELECT body, answer FROM _idempotency WHERE ${ours}`).first<{
      body: string
      answer: string | null
    }>()
    if (known && known.body !== body) throw mismatch(key)
    if (!known || known.answer === null) throw inFlight(key)
    return { answer: JSON.parse(known.answer) as A, replayed: true } // written below
  }
  try {
    const answer = await work()
    const whole = JSON.stringify(answer)
    const kept = whole.length > MAX_ANSWER_CHARS ? JSON.stringify({ ...answer, rejected: [] }) : whole
    await statement(db, sql`UPDATE _idempotency SET answer = ${kept} WHERE ${ours} AND at = ${at}`).run()
    return { answer, replayed: false }
  } catch (error) {
    await statement(db, sql`DELETE FROM _idempotency WHERE ${ours} AND at = ${at} AND answer IS NULL`)
      .run()
      .catch(() => undefined) // the error is what the caller must know; the key is free in a minute
    throw error
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString()

const mismatch = (key: string): ProductError =>
  new ProductError('idempotency_mismatch', `Another body was sent with the key ${key} within 24 hours.`)

const inFlight = (key: string): ProductError =>
  new ProductError('idempotency_in_flight', `The first request with the key ${key} is at work.`, [], {
    retryAfterSeconds: 5,
  })
