/** One step of an input's mirror: a page of its feed, or what must be done before the next one. */
import type { Contract } from '@meshloop/contract'
import { quarantine, removeQuarantined } from '../ingest/quarantine.ts'
import { jsonChunks } from '../store/json-chunks.ts'
import { commas, name, sql, statement, type SQL } from '../store/sql.ts'
import { BUILD } from './building.ts'
import type { RunBounds } from './budget.ts'
import { committer } from './commit.ts'
import type { Followed } from './derivation.ts'
import { exportStep, type Filling } from './from-export.ts'
import { BEGINNING, walkAll } from './marking.ts'
import { applyChanges, removeRows, unfitting, type Change } from './mirror.ts'
import { mirroredFields, mirrorName } from './mirrored.ts'
import { beginAnew, beginOtherwise, placeOf, reached, type Place } from './place.ts'
import { placeAfter } from './walks.ts'

/** A page of an input's feed. */
export interface FeedPage {
  readonly changes: readonly Change[]
  readonly next_cursor: string
  readonly more: boolean
  /** The watermark that holds once the page is applied; null before the end of the feed, and where the input knows none. */
  readonly as_of: string | null
}

/** Reads an input's feed; undefined means that it cannot go on from this cursor. `fields`: all that is needed of a record. */
export type ReadFeed = (
  input: Contract,
  after: string | undefined,
  limit: number,
  fields: readonly string[],
) => Promise<FeedPage | undefined>

/** What a step works with. */
export interface Feeding extends Filling {
  readonly readFeed: ReadFeed
  readonly newIncarnation: () => string
}

/** What a step did. */
export interface Fed {
  readonly changes: number
  /** Those of them that are against the input's contract; they are in quarantine. */
  readonly refused?: number
  /** There is more to read. */
  readonly behind: boolean
}

/** Does the next step of an input. */
export async function feedStep(
  feeding: Feeding,
  key: string,
  input: Followed,
  { pageRows, sweepRows }: Pick<RunBounds, 'pageRows' | 'sweepRows'>,
): Promise<Fed> {
  const { db, derivation, newIncarnation, now, readFeed } = feeding
  const place = await placeOf(db, derivation, key, input, newIncarnation)
  const { run, filling, cursor } = place
  const commit = committer(db, run)
  // What is still refused is set aside again.
  const anew = place.isBuiltOtherwise ? [...walkAll(derivation), removeQuarantined(BUILD)] : []
  if (place.isOther) {
    await commit([...anew, ...beginOtherwise(derivation, input, filling)])
    return { changes: 0, behind: true }
  }
  if (place.isBuiltOtherwise) {
    await commit([...anew, ...reached(derivation, input, { ...place, asOf: undefined })])
    return { changes: 0, behind: true }
  }
  if (filling.sweptTo !== undefined)
    return sweep(feeding, key, input, place, { after: filling.sweptTo, rows: sweepRows })
  const filled = await exportStep(feeding, key, input, place)
  if (filled !== undefined) return { ...filled, behind: true }
  const page = await readFeed(input.of, cursor, pageRows, mirroredFields(input))
  if (!page) {
    // The export that it came from is as old as the cursor, or older.
    await commit(beginAnew(input, filling, filling.from))
    return { changes: 0, behind: true }
  }
  const { changes, next_cursor, more, as_of } = page
  const rejected = unfitting(input, changes)
  const isEndOfFilling = !place.isFilled && !more
  const saysMoment = as_of !== null || (!more && place.saidMoment)
  const isNews = changes.length > 0 || next_cursor !== cursor || saysMoment || isEndOfFilling
  if (isNews) {
    // Of a first filling nothing can be left over.
    const mustSweep = isEndOfFilling && filling.life > 1
    await commit([
      ...applyChanges(derivation, key, input, { ...filling, changes }),
      ...(await quarantine(input.of.id, rejected, now())),
      ...reached(derivation, input, {
        filling: mustSweep ? { ...filling, sweptTo: BEGINNING } : filling,
        cursor: next_cursor,
        isFilled: place.isFilled || (!more && !mustSweep),
        asOf: more ? undefined : as_of,
      }),
    ])
    if (mustSweep) return { changes: changes.length, refused: rejected.length, behind: true }
  }
  return { changes: changes.length, refused: rejected.length, behind: more }
}

/** Takes out what did not come again: the mirror was filled anew, and nothing is built before it is what the input is. */
async function sweep(
  { db, derivation }: Feeding,
  key: string,
  input: Followed,
  { run, filling: { sweptTo: _sweptTo, ...filling }, cursor }: Place,
  { after, rows }: { readonly after: string; readonly rows: number },
): Promise<Fed> {
  const { results } = await statement(db, rowsAfter(key, input, after, filling.life, rows)).all<{
    at: string
    isOld: number
  }>()
  const old = results.filter(({ isOld }) => isOld === 1).map(({ at }) => at)
  const last = results.length < rows ? undefined : results.at(-1)?.at
  await committer(
    db,
    run,
  )([
    ...jsonChunks(old).flatMap((keys) => removeRows(derivation, key, input, keys, filling)),
    ...reached(derivation, input, {
      filling: last === undefined ? filling : { ...filling, sweptTo: last },
      cursor,
      isFilled: last === undefined,
      asOf: undefined,
    }),
  ])
  return { changes: 0, behind: true } // the feed went on meanwhile
}

function rowsAfter(key: string, { of }: Followed, after: string, life: number, rows: number): SQL {
  const own = commas(of.key.map(name))
  const least = commas(placeAfter(of, after).map((value) => sql`${value}`))
  return sql`SELECT json_array(${own}) AS at, _life IS NOT ${life} AS isOld FROM ${name(mirrorName(key))}
    WHERE (${own}) > (${least}) ORDER BY ${own} LIMIT ${rows}`
}
