/**
 * The shop's time rises with every transaction, whatever the clocks of the machines say.
 *
 * A claim "complete up to t" is true only if nothing that comes after it is dated t or before. Times read before a
 * transaction cannot promise that: of two requests the one with the earlier time may commit later. So each transaction
 * that dates anything first moves this row, and takes its time from it.
 */

/** First statement of a transaction that dates something: the time becomes `nowMs`, or one millisecond more than it was. */
export const tick = (db: D1Database, nowMs: number): D1PreparedStatement =>
  db
    .prepare(
      'INSERT INTO clock (id, ms) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET ms = max(ms + 1, excluded.ms)',
    )
    .bind(nowMs)

/** SQL of this transaction's time. */
export const TIME = '(SELECT ms FROM clock)'
