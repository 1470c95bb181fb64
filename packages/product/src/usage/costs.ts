/** What requests cost by the hour, counted in the isolate's memory until it is written. */
import { jsonChunks } from '../store/json-chunks.ts'
import type { Cost } from '../store/meter.ts'
import { sql, statement } from '../store/sql.ts'

/** What one request cost, whether it was answered or refused. */
export interface Spent {
  readonly major: number
  /** `sub` of the token: the consumer whose grant it is, also when an agent acts for it. */
  readonly consumer: string
  readonly cost: Cost
}

/** Costs of one consumer in one hour, added up. */
export interface HourOfCosts {
  /** UTC, `2026-11-22T09`. */
  readonly hour: string
  readonly major: number
  readonly consumer: string
  readonly requests: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

/** Days that are kept, today included. */
const DAYS_KEPT = 40
const DAY_MS = 86_400_000

/** The hour of a moment in UTC, `2026-11-22T09`. */
export const hourOf = (ms: number): string => new Date(ms).toISOString().slice(0, 13)

/** The 24 hours of the day (UTC) of a moment, so that each is found by the table's key. */
export const hoursOfDay = (ms: number): string[] => {
  const day = new Date(ms).toISOString().slice(0, 10)
  return Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}`)
}

/** Statements that add the costs to what is written. */
export const costStatements = (db: D1Database, hours: readonly HourOfCosts[]): D1PreparedStatement[] =>
  jsonChunks(
    hours.map((each) =>
      JSON.stringify([each.hour, each.major, each.consumer, each.requests, each.rowsRead, each.rowsWritten]),
    ),
  ).map((rows) =>
    statement(
      db,
      sql`INSERT INTO _cost (hour, major, consumer, requests, rows_read, rows_written)
          SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(${rows}) WHERE true
          ON CONFLICT (hour, major, consumer) DO UPDATE SET requests = requests + excluded.requests,
            rows_read = rows_read + excluded.rows_read, rows_written = rows_written + excluded.rows_written`,
    ),
  )

/** Forgets what is older than forty days. `now`: Unix ms. */
export async function forgetCosts(db: D1Database, now: number): Promise<void> {
  await statement(db, sql`DELETE FROM _cost WHERE hour < ${hourOf(now - DAYS_KEPT * DAY_MS)}`).run()
}
