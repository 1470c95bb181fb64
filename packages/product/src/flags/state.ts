/** Where publishing stands, and the one way to move it on: a transaction that fails if anybody else moved it first. */
import type { ContractRef } from '@meshloop/flags/sign'
import { ProductError } from '../problems.ts'
import { guard, isGuardFailure, sql, statement, type SQL } from '../store/sql.ts'
import type { Publisher } from './publisher.ts'

/** What a set of pages stands for. Times are Unix ms. */
export interface Content {
  readonly bits: number
  readonly sid: string
  readonly contract: ContractRef
  readonly watermark: number | null
  readonly watermarks: Readonly<Record<string, number | null>>
  readonly lagMs: number
}

/** The state row, parsed. */
export interface State {
  readonly fence: number
  readonly step: number
  readonly aud: string
  readonly sid: string
  readonly contract: string
  readonly seq: number
  readonly bits: number | null
  /** Null while records are being read: then the entries are of no one moment. */
  readonly staged: Content | null
  readonly current: Content | null
}

/** The state row as the database has it. */
export type StateRow = Omit<State, 'staged' | 'current'> & {
  readonly staged: string | null
  readonly current: string | null
}

/** Reads the row; no rows before the first run. */
export const readState: SQL = sql`SELECT * FROM _flags_state`

/** The state in a row. @throws {ProductError} `run_conflict` when there is none: no run has begun. */
export function stateOf(row: StateRow | undefined): State {
  if (!row) throw conflict()
  return { ...row, staged: contentOf(row.staged), current: contentOf(row.current) }
}

/** The transaction that begins a run: whoever ran before cannot commit any more. */
export const takeFence = (now: number): SQL => sql`
  INSERT INTO _flags_state (one, fence, step, offered_at, aud, sid, contract, seq) VALUES (1, 1, 1, ${now}, '', '', '', 0)
  ON CONFLICT (one) DO UPDATE SET fence = fence + 1, step = step + 1, offered_at = excluded.offered_at RETURNING *`

/** Runs statements whose first guards that a run is still the latest. @throws {ProductError} `run_conflict` */
export async function inFence<T>(
  { db }: Publisher,
  fence: number,
  statements: readonly SQL[],
): Promise<D1Result<T>[]> {
  return guarded<T>(db, sql`(SELECT fence FROM _flags_state) = ${fence}`, statements)
}

/**
 * One transaction. Fails unless the state is still the given one, so that what was read since then still holds.
 * Returns what the statements say. @throws {ProductError} `run_conflict`
 */
export const advance = async <T>(
  { db }: Publisher,
  { step }: State,
  statements: readonly SQL[],
): Promise<D1Result<T>[]> =>
  guarded<T>(db, sql`(SELECT step FROM _flags_state) = ${step}`, [
    sql`UPDATE _flags_state SET step = step + 1`,
    ...statements,
  ])

/** The state that follows a transaction. */
export const next = (state: State, change: Partial<State> = {}): State => ({
  ...state,
  ...change,
  step: state.step + 1,
})

/** Notes puts that the steward made: of pages as they were offered, so that none counts as younger than it is. */
export function acknowledge(names: readonly string[]): SQL[] {
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(names)}))`
  const offered = sql`(SELECT offered_at FROM _flags_state)`
  return [
    sql`UPDATE _flags_staged SET put_at = ${offered} WHERE put_at IS NULL AND name IN ${list}`,
    sql`UPDATE _flags_current SET put_at = ${offered}, lost = 0 WHERE name IN ${list}`,
    sql`UPDATE _flags_state SET step = step + 1`,
  ]
}

/** True when the staged pages are a change of the current ones, and not a whole new set. */
export const sameShape = (staged: Pick<Content, 'bits' | 'sid'>, current: Content | null): boolean =>
  current?.bits === staged.bits && current.sid === staged.sid

async function guarded<T>(
  db: D1Database,
  condition: SQL,
  statements: readonly SQL[],
): Promise<D1Result<T>[]> {
  try {
    const results = await db.batch<T>([guard(condition), ...statements].map((s) => statement(db, s)))
    return results.slice(1)
  } catch (error) {
    if (isGuardFailure(error)) throw conflict()
    throw error
  }
}

// Written by this package only.
const contentOf = (json: string | null): Content | null =>
  json === null ? null : (JSON.parse(json) as Content)

const conflict = (): ProductError =>
  new ProductError('run_conflict', 'Another run of these flags began: begin again with prepare.')
