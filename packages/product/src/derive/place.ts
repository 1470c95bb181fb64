/** How far the feeds of a derivation's inputs were read, and what of it counts. */
import { removeQuarantined } from '../ingest/quarantine.ts'
import { ensureState } from '../store/state.ts'
import { name, sql, statement, type SQL } from '../store/sql.ts'
import type { Contract } from '@meshloop/contract'
import { isWhole, type Derivation, type Followed } from './derivation.ts'
import { walkAll } from './marking.ts'
import { mirrorName, mirrorShape } from './mirrored.ts'

/** Where the building goes on: a row of `_progress` beside those of the inputs. */
export const BUILT = '_built'

/** What the mirror of an input is being, or was, filled with. */
export interface Filling {
  /** What its rows hold: with another shape they lack something. */
  readonly shape: string
  /** What decides which of them `build` sees, and the version of what is built: with another one all records are built anew. */
  readonly built: string
  /** Counts the fillings: rows of an earlier one that did not come again are gone from the input. */
  readonly life: number
  /** While the mirror is filled from an export: which one, the file that is read, and the rows of it that are in. */
  readonly export?: { readonly id: string; readonly file: number; readonly row: number }
  /** The export that it was filled from; the changes after it are followed. */
  readonly from?: string
  /** An export whose place in the feed the input does not take any more: it was restored since, or wrote none for too long. */
  readonly without?: string
  /** What its rows belong to is not marked, as there would be a mark for each: at its end all records are built anew. */
  readonly unmarked?: true
  /** Set once the end was reached: where the search for such rows goes on. */
  readonly sweptTo?: string
}

/** Where a run goes on. */
export interface Place {
  /** Runs committed before. */
  readonly run: number
  readonly filling: Filling
  /** Of the input's feed. */
  readonly cursor: string | undefined
  /** The end was reached: what is built counts on the mirror. */
  readonly isFilled: boolean
  /** The input has said up to when it is complete, and has not taken it back. */
  readonly saidMoment: boolean
  /** The mirror holds other fields, or those of another major: it must be filled anew. */
  readonly isOther: boolean
  /** All records must be built anew. */
  readonly isBuiltOtherwise: boolean
}

interface Found {
  readonly run: number
  readonly cursor: string | null
  readonly n: number | null
  readonly said: 0 | 1
  readonly life: number | null
}

/** Where the reading of an input goes on; `key`: its name in the derivation. Makes the state row at the first run. */
export async function placeOf(
  db: D1Database,
  { out }: Derivation,
  key: string,
  input: Followed,
  newIncarnation: () => string,
): Promise<Place> {
  const results = await db.batch<Found>([
    statement(db, ensureState(newIncarnation())),
    statement(
      db,
      sql`SELECT run, p.cursor, p.n, coalesce(p.next_as_of, p.as_of) IS NOT NULL AS said,
        CASE WHEN p.name IS NULL THEN (SELECT max(coalesce(_life, 1)) FROM ${name(mirrorName(key))}) END AS life FROM _state LEFT JOIN _progress p ON p.name = ${input.of.id}`,
    ),
  ])
  const row = results[1]?.results[0]
  const { by, parts, leader, fields, last, each, within } = input
  const shape = mirrorShape(input)
  const built = JSON.stringify([
    out.version,
    by,
    parts,
    fields,
    last,
    each ?? null,
    within ?? null,
    ...(leader ? [leader.name, leader.fields] : []),
  ])
  const known = row?.cursor ?? undefined
  const [head = '', ...rest] = known?.split('\n') ?? []
  // The mirror may hold rows of another input that was read under this name.
  const first: Filling = { shape, built, life: (row?.life ?? 0) + 1, ...unmarked(out, input) }
  const before = known === undefined ? first : fillingOf(head)
  return {
    run: row?.run ?? 0,
    filling: { ...before, shape, built },
    cursor: rest.join('\n') || undefined,
    isFilled: row?.n === 1,
    saidMoment: row?.said === 1,
    isOther: before.shape !== shape,
    isBuiltOtherwise: before.built !== built,
  }
}

/** A row of an input by the whole key makes that one dirty; one of another is followed to its keys, of which there are more. */
const unmarked = (out: Contract, input: Followed): Pick<Filling, 'unmarked'> =>
  isWhole(out, input) ? {} : { unmarked: true }

/** Written by {@link reached}; what an earlier release wrote is of another shape. */
function fillingOf(head: string): Filling {
  if (!head.startsWith('{')) return { shape: '', built: '', life: 1 }
  return JSON.parse(head) as Filling
}

/** What became of the reading of a feed. */
export interface Reached {
  readonly filling: Filling
  readonly cursor?: string | undefined
  readonly isFilled: boolean
  /** What the input says counts once all that was read is built; null: it knows none any more. Undefined when it did not say. */
  readonly asOf: string | null | undefined
}

/**
 * Where the reading of a feed stands. `n` is 1 once its end was reached: before, nothing is built from it. The watermark of
 * what was built before goes on to hold, unless an input that was read again from its beginning says less now, or says that it
 * knows none: a source of it is silent.
 */
export function reached(derivation: Derivation, input: Followed, { filling, ...at }: Reached): SQL[] {
  const { unmarked: isUnmarked, ...rest } = filling
  const head = JSON.stringify(at.isFilled ? rest : filling)
  const withdrawn = sql.raw(at.asOf === null ? '1' : '0')
  return [
    sql`
  INSERT INTO _progress (name, cursor, n, next_as_of) VALUES (${input.of.id}, ${`${head}\n${at.cursor ?? ''}`}, ${at.isFilled ? 1 : 0}, ${at.asOf ?? null})
  ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, n = excluded.n,
    as_of = CASE WHEN ${withdrawn} OR excluded.n > coalesce(n, 0) AND coalesce(excluded.next_as_of, next_as_of, '') < coalesce(as_of, '') THEN NULL ELSE as_of END,
    next_as_of = CASE WHEN NOT ${withdrawn} THEN coalesce(excluded.next_as_of, next_as_of) END`,
    ...(isUnmarked && at.isFilled ? walkAll(derivation, wasBuilt) : []),
  ]
}

/** Something was built: before, the keys of all rows stand to be built. */
const wasBuilt = sql`EXISTS (SELECT 1 FROM _progress WHERE name = ${BUILT})`

/**
 * The statements after which the mirror is filled from the beginning: what the input said counts no more.
 * `without`: an export that is of no use for it.
 */
export function beginAnew(input: Followed, filling: Filling, without?: string): SQL[] {
  const { shape, built, life, unmarked: isUnmarked } = filling
  const next: Filling = {
    shape,
    built,
    life: life + 1,
    ...(isUnmarked ? { unmarked: true } : {}),
    ...(without === undefined ? {} : { without }),
  }
  return [
    sql`
  INSERT INTO _progress (name, cursor, n) VALUES (${input.of.id}, ${`${JSON.stringify(next)}\n`}, 0)
  ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, n = 0, next_as_of = NULL`,
    removeQuarantined(input.of.id),
  ]
}

/** The same where its rows hold something else than before: nearly all of them will differ. */
export const beginOtherwise = ({ out }: Derivation, input: Followed, filling: Filling): SQL[] =>
  beginAnew(input, { ...filling, ...unmarked(out, input) })

/** What an input says counts, also when it says less than before: it has a new source, or was restored. */
export const adopt: SQL = sql`
  UPDATE _progress SET as_of = next_as_of, next_as_of = NULL
  WHERE next_as_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _dirty) AND NOT EXISTS (SELECT 1 FROM _walks)`
