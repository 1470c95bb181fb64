/**
 * Entries become pages. A page's value is not kept: equal entries give equal bytes, so it is encoded again whenever it
 * is offered, and its name tells whether it is still the same.
 */
import { encodePage, FlagsError, pageIsDue, placesOf, type Page, type PageLine } from '@meshloop/flags/sign'
import { jsonChunks } from '../store/json-chunks.ts'
import { sql, statement } from '../store/sql.ts'
import { restage } from './feed.ts'
import type { Publisher } from './publisher.ts'
import { advance, next, sameShape, type State } from './state.ts'

/** Pages for the steward to put, and whether others wait. */
export interface Offer {
  readonly pages: readonly Page[]
  readonly more: boolean
}

/** A page as the database names it. */
interface PageName {
  readonly slot: number
  readonly name: string
}

interface EncodedSlot {
  readonly slot: number
  readonly page: Page | null
  readonly entries: number
}

/** Slots read and encoded at a time: each may have 256 KiB. */
const SLOTS_AT_ONCE = 16
/** An answer's values: base64 makes them a third longer, and clients read at most 8 MB. */
const MAX_OFFERED_BYTES = 5_000_000
const MAX_BITS = 12
const RENEWAL_MS = 24 * 3_600_000

/** Names the pages of dirty slots, at most one call's worth. */
export async function stage(publisher: Publisher, from: State): Promise<State> {
  let state = from
  for (let staged = 0; staged < publisher.bounds.offeredPages; staged += SLOTS_AT_ONCE) {
    const { bits } = state
    if (bits === null) return state
    const slots = await dirtySlots(publisher, bits)
    if (slots.length === 0) return state
    state = await stageSlots(publisher, state, bits, slots)
  }
  return state
}

/** Encodes pages that wait for their put: staged ones first, then current ones that were lost or grow old. */
export async function offer(publisher: Publisher, state: State): Promise<Offer> {
  const { db, bounds } = publisher
  const { bits } = state
  if (bits === null) return { pages: [], more: state.staged === null }
  const limit = bounds.offeredPages
  const { results } = await statement(
    db,
    sql`SELECT slot, name FROM _flags_staged WHERE put_at IS NULL ORDER BY slot LIMIT ${limit + 1}`,
  ).all<PageName>()
  const wanted = [...results, ...(await due(publisher, state, bits))]
  const offered = await encodeNamed(publisher, state, bits, wanted.slice(0, limit))
  const isDirty = await statement(db, sql`SELECT 1 AS one FROM _flags_dirty LIMIT 1`).first<number>('one')
  return {
    pages: offered.pages,
    more: state.staged === null || isDirty !== null || offered.seen < wanted.length,
  }
}

async function dirtySlots({ db }: Publisher, bits: number): Promise<number[]> {
  const { results } = await statement(
    db,
    sql`SELECT DISTINCT place >> ${MAX_BITS - bits} AS slot FROM _flags_dirty ORDER BY 1 LIMIT ${SLOTS_AT_ONCE}`,
  ).all<{ slot: number }>()
  return results.map(({ slot }) => slot)
}

async function stageSlots(
  publisher: Publisher,
  state: State,
  bits: number,
  slots: readonly number[],
): Promise<State> {
  const encoded = await encodeOrDouble(publisher, state, bits, slots)
  if (!Array.isArray(encoded)) return encoded
  const rows = jsonChunks(
    encoded.map(({ slot, page, entries }) =>
      JSON.stringify([slot, page?.name ?? '', page?.value.length ?? 0, entries]),
    ),
  )
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(slots)}))`
  // Of another shape every page is new, and slots without a page need no row.
  const now = sameShape({ bits, sid: state.sid }, state.current)
    ? sql`coalesce((SELECT c.name FROM _flags_current c WHERE c.slot = j.value ->> 0), '')`
    : sql`''`
  await advance(publisher, state, [
    sql`DELETE FROM _flags_dirty WHERE place >> ${MAX_BITS - bits} IN ${list}`,
    sql`DELETE FROM _flags_staged WHERE slot IN ${list}`,
    ...rows.map(
      (chunk) => sql`
        INSERT INTO _flags_staged (slot, name, bytes, entries, put_at)
        SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, CASE j.value ->> 1 WHEN '' THEN 0 END
        FROM json_each(${chunk}) j WHERE j.value ->> 1 <> ${now}`,
    ),
  ])
  return next(state)
}

/** The pages of slots, or the state after the number of pages was doubled because one is too large. */
async function encodeOrDouble(
  publisher: Publisher,
  state: State,
  bits: number,
  slots: readonly number[],
): Promise<EncodedSlot[] | State> {
  try {
    return await encodeSlots(publisher, bits, slots)
  } catch (error) {
    const isTooLarge = error instanceof FlagsError && error.code === 'page_too_large'
    if (!isTooLarge || state.staged === null || bits === MAX_BITS) throw error
    const staged = { ...state.staged, bits: bits + 1 }
    await advance(publisher, state, [
      ...restage,
      sql`UPDATE _flags_state SET bits = ${bits + 1}, staged = ${JSON.stringify(staged)}`,
    ])
    return next(state, { bits: bits + 1, staged })
  }
}

async function encodeSlots(
  { db, keys }: Publisher,
  bits: number,
  slots: readonly number[],
): Promise<EncodedSlot[]> {
  const lines = await db.batch<PageLine>(
    slots.map((slot) => {
      const { first, last } = placesOf(slot, bits)
      return statement(db, sql`SELECT tag, json FROM _flags_entries WHERE place BETWEEN ${first} AND ${last}`)
    }),
  )
  return Promise.all(
    slots.map(async (slot, at) => {
      const own = lines[at]?.results ?? []
      return { slot, page: await encodePage(keys, slot, own), entries: own.length }
    }),
  )
}

/** Current pages to put again. Of another shape none: their entries are gone, and the next content replaces them all. */
async function due({ db, now }: Publisher, state: State, bits: number): Promise<PageName[]> {
  if (!sameShape({ bits, sid: state.sid }, state.current)) return []
  const shift = MAX_BITS - bits
  const { results } = await statement(
    db,
    sql`SELECT slot, name, put_at, lost FROM _flags_current c WHERE (lost = 1 OR put_at <= ${now() - RENEWAL_MS})
        AND NOT EXISTS (SELECT 1 FROM _flags_staged s WHERE s.slot = c.slot)
        AND NOT EXISTS (SELECT 1 FROM _flags_dirty d WHERE d.place BETWEEN c.slot << ${shift} AND ((c.slot + 1) << ${shift}) - 1) ORDER BY put_at`,
  ).all<PageName & { readonly put_at: number; readonly lost: number }>()
  return results.filter(
    ({ slot, put_at, lost }) => lost === 1 || pageIsDue({ slot, bits, putAtMs: put_at }, now()),
  )
}

/** Encodes until the answer is full. A page that comes out under another name is staged anew. */
async function encodeNamed(
  publisher: Publisher,
  state: State,
  bits: number,
  wanted: readonly PageName[],
): Promise<{ pages: readonly Page[]; seen: number }> {
  const pages: Page[] = []
  const changed: number[] = []
  let seen = 0
  let bytes = 0
  while (seen < wanted.length && bytes < MAX_OFFERED_BYTES) {
    const part = wanted.slice(seen, seen + SLOTS_AT_ONCE)
    const slots = part.map(({ slot }) => slot)
    for (const [at, { slot, page }] of (await encodeSlots(publisher, bits, slots)).entries()) {
      bytes += page?.value.length ?? 0
      if (bytes > MAX_OFFERED_BYTES) break
      seen++
      if (page !== null && page.name === part[at]?.name) pages.push(page)
      else changed.push(placesOf(slot, bits).first)
    }
  }
  if (changed.length > 0)
    await advance(publisher, state, [
      sql`INSERT OR IGNORE INTO _flags_dirty SELECT value FROM json_each(${JSON.stringify(changed)})`,
    ])
  return { pages, seen }
}
