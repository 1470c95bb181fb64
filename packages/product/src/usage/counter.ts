/**
 * Who reads what, counted in the isolate's memory: an answer waits for nothing and fails by nothing of it.
 *
 * What an isolate has counted since it wrote last is lost when the isolate ends: requests of five minutes. Whoever reads
 * regularly is seen all the same. Each write costs a row for every field that was read since, by every consumer.
 */
import { jsonChunks } from '../store/json-chunks.ts'
import { sql, statement } from '../store/sql.ts'
import { costStatements, hourOf, type HourOfCosts, type Spent } from './costs.ts'

/** One request that was answered. What it cost is told apart: a refused one has a cost too. */
export interface Use {
  readonly major: number
  /** `sub` of the token: the consumer whose grant it is, also when an agent acts for it. */
  readonly consumer: string
  readonly fields: readonly string[]
}

/** Counts requests until they are written. */
export interface UsageCounter {
  readonly count: (use: Use) => void
  /** What a request cost, answered or refused. */
  readonly spend: (spent: Spent) => void
  /** Whether it is time to write: five minutes after the last time, or sooner when much has piled up. */
  readonly isDue: () => boolean
  /** Writes what was counted. What cannot be written is lost. */
  readonly flush: () => Promise<void>
  /** Whether some of it is on its way into the database. */
  readonly isWriting: () => boolean
}

/** What a consumer spent of a major in one hour, so far. */
type Spending = { -readonly [K in keyof HourOfCosts]: HourOfCosts[K] }

/** Days that are kept, today included. */
const DAYS_KEPT = 100
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** A reader of twenty fields costs 21 rows a time: 6,000 a day and isolate. */
const PAUSE_MS = 5 * 60_000
/** Different uses (of a day, major, consumer and set of fields) and spendings that are kept in memory; further ones are not counted. */
const MAX_USES = 1_000
const MANY_USES = 500
/** D1 gives a batch so long. A write that was cut off with its request counts as over then. */
const WRITING_MS = 30_000

interface Counted extends Use {
  readonly day: string
  requests: number
}

/** A counter that has counted nothing yet. `now`: Unix ms. */
export function createUsageCounter(db: D1Database, now: () => number): UsageCounter {
  let uses = new Map<string, Counted>()
  let spendings = new Map<string, Spending>()
  let dueAt = 0
  let writingUntil = 0
  return {
    count(use) {
      // Of a number: a date as text would cost more than all the rest of the counting.
      const day = Math.floor(now() / DAY_MS)
      const name = `${day} ${use.major} ${use.consumer} ${namesOf(use.fields)}`
      const known = uses.get(name)
      if (known) known.requests += 1
      else if (uses.size < MAX_USES) uses.set(name, { ...use, day: dayOf(day * DAY_MS), requests: 1 })
    },
    spend({ major, consumer, cost: { rowsRead, rowsWritten } }) {
      const hour = Math.floor(now() / HOUR_MS)
      const name = `${hour} ${major} ${consumer}`
      const known = spendings.get(name)
      if (known) {
        known.requests += 1
        known.rowsRead += rowsRead
        known.rowsWritten += rowsWritten
      } else if (spendings.size < MAX_USES)
        spendings.set(name, {
          hour: hourOf(hour * HOUR_MS),
          major,
          consumer,
          requests: 1,
          rowsRead,
          rowsWritten,
        })
    },
    isDue() {
      const size = Math.max(uses.size, spendings.size)
      return size > 0 && (now() >= dueAt || size >= MANY_USES)
    },
    async flush() {
      if (uses.size === 0 && spendings.size === 0) return
      const written = [...uses.values()]
      const spent = [...spendings.values()]
      uses = new Map()
      spendings = new Map()
      dueAt = now() + PAUSE_MS
      writingUntil = now() + WRITING_MS
      try {
        await db.batch([
          ...useStatements(db, written),
          ...costStatements(db, spent),
          statement(db, sql`DELETE FROM _usage WHERE day < ${dayOf(now() - (DAYS_KEPT - 1) * DAY_MS)}`),
        ])
      } finally {
        writingUntil = 0
      }
    },
    isWriting: () => now() < writingUntil,
  }
}

/** Lists of fields as texts: those of a query that is asked again are the same list. */
const named = new WeakMap<readonly string[], string>()

function namesOf(fields: readonly string[]): string {
  const names = named.get(fields) ?? fields.join(' ')
  named.set(fields, names)
  return names
}

/** The day of a moment, YYYY-MM-DD in UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const useStatements = (db: D1Database, uses: readonly Counted[]): D1PreparedStatement[] =>
  jsonChunks(rowsOf(uses)).map((rows) =>
    statement(
      db,
      sql`INSERT INTO _usage (day, major, consumer, field, requests)
          SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(${rows}) WHERE true
          ON CONFLICT (day, major, consumer, field) DO UPDATE SET requests = requests + excluded.requests`,
    ),
  )

/** A row of each field, as a JSON text, with the requests that read it; and of the field '' with all of a consumer's. */
function rowsOf(uses: readonly Counted[]): string[] {
  const rows = new Map<string, readonly (string | number)[]>()
  for (const { day, major, consumer, fields, requests } of uses)
    for (const field of ['', ...fields]) {
      const name = [day, major, consumer, field].join(' ')
      const before = Number(rows.get(name)?.[4] ?? 0)
      rows.set(name, [day, major, consumer, field, before + requests])
    }
  return [...rows.values()].map((row) => JSON.stringify(row))
}
