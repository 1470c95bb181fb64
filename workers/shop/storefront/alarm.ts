/** Alarms: somebody wrote into the namespace what the product did not sign. For the shop's people, not for customers. */
import type { FlagSeen } from './flag.ts'

const HOUR_MS = 3_600_000

/** An alarm: one row for each cause and hour. */
export interface Alarm {
  readonly cause: string
  readonly first_ms: number
  readonly last_ms: number
  /** Decisions made by the static policy because of it. */
  readonly decisions: number
}

/** How often checkouts met a state. */
export interface StateCount {
  readonly state: string
  readonly cause: string
  readonly times: number
}

/** Records that tampering was seen. `decisions`: 1 if a decision had to do without the flag. */
export const raiseAlarm = (
  db: D1Database,
  cause: string,
  atMs: number,
  decisions: 0 | 1,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO alarms (cause, hour, first_ms, last_ms, decisions) VALUES (?1, ?2, ?3, ?3, ?4)
       ON CONFLICT (cause, hour) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms), decisions = decisions + excluded.decisions`,
    )
    .bind(cause, Math.floor(atMs / HOUR_MS), atMs, decisions)

/** Statements that count the state a decision met, and raise the alarm for one that was tampered with. */
export function countFlag(db: D1Database, flag: FlagSeen, atMs: number): readonly D1PreparedStatement[] {
  const count = db
    .prepare(
      `INSERT INTO flag_reads (day, state, cause, times) VALUES (?1, ?2, ?3, 1)
       ON CONFLICT (day, state, cause) DO UPDATE SET times = times + 1`,
    )
    .bind(Math.floor(atMs / (24 * HOUR_MS)), flag.state, flag.cause ?? '')
  return flag.state === 'untrusted' ? [count, raiseAlarm(db, flag.cause ?? '', atMs, 1)] : [count]
}

/** The newest alarms, and today's counts. */
export async function readAlarms(
  db: D1Database,
  nowMs: number,
): Promise<{ readonly alarms: readonly Alarm[]; readonly today: readonly StateCount[] }> {
  const [alarms, today] = await db.batch([
    db.prepare(
      'SELECT cause, first_ms, last_ms, decisions FROM alarms ORDER BY last_ms DESC, cause LIMIT 50',
    ),
    db
      .prepare('SELECT state, cause, times FROM flag_reads WHERE day = ?1 ORDER BY times DESC, state, cause')
      .bind(Math.floor(nowMs / (24 * HOUR_MS))),
  ])
  return {
    alarms: (alarms?.results ?? []) as unknown as Alarm[], // the columns just selected
    today: (today?.results ?? []) as unknown as StateCount[],
  }
}
