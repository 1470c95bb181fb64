/**
 * Records become entries: the product's own changes, read by sequence number.
 *
 * In the middle of the feed the entries are of no one moment. Once a statement has seen the end of it, they are exactly
 * the records of that moment, and what that same statement said about completeness holds for them.
 */
import { durationMs } from '@meshloop/contract'
import { addressOf, chooseBits, encodeEntry, keyedHash, type PageSizes } from '@meshloop/flags/sign'
import { quarantine } from '../ingest/quarantine.ts'
import { recordJson } from '../query/record-json.ts'
import { jsonChunks } from '../store/json-chunks.ts'
import { name, sql, statement, type SQL } from '../store/sql.ts'
import { standingColumns, stateRow, type Standing } from '../store/state.ts'
import type { Json } from '../store/stored-row.ts'
import type { Publisher } from './publisher.ts'
import { advance, next, sameShape, type Content, type State } from './state.ts'

type FedRow = Standing & {
  readonly inputs: string
  readonly _seq: number | null
  readonly subject: string
  readonly record: string | null
}

/** What a record's change does to the entries. */
interface Change {
  readonly place: number
  readonly tag: string
  /** Null: no entry. */
  readonly json: string | null
  /** Why there is no entry although there is a record. */
  readonly refusal?: { readonly subject: string; readonly why: string }
}

/** Reads on until the end, which begins a staging, or until the call's bound. */
export async function feed(publisher: Publisher, from: State): Promise<State> {
  let state = from
  for (let page = 0; page < publisher.bounds.feedPages && state.staged === null; page++)
    state = await feedPage(publisher, state)
  return state
}

/** Forgets all entries, and all pages of another flag set, if the entries were made with something else. */
export async function refillIfChanged(publisher: Publisher, state: State): Promise<State> {
  const { aud, contractHash, keys } = publisher
  if (state.aud === aud && state.sid === keys.sid && state.contract === contractHash) return state
  const sameSet = state.aud === aud
  const isKeyed = sameSet && state.sid === keys.sid
  const change = {
    aud,
    sid: keys.sid,
    contract: contractHash,
    seq: 0,
    bits: isKeyed ? state.bits : null,
    staged: null,
    current: sameSet ? state.current : null,
  }
  await advance(publisher, state, [
    sql`DELETE FROM _flags_entries`,
    ...restage,
    ...(sameSet
      ? []
      : [
          sql`DELETE FROM _flags_current`,
          sql`DELETE FROM _flags_log`,
          sql`UPDATE _flags_state SET current = NULL`,
        ]),
    sql`UPDATE _flags_state SET aud = ${aud}, sid = ${keys.sid}, contract = ${contractHash}, seq = 0, bits = ${change.bits}, staged = NULL`,
  ])
  return next(state, change)
}

/** The statements after which every page has to be staged again. */
export const restage: readonly SQL[] = [
  sql`DELETE FROM _flags_staged`,
  sql`INSERT OR IGNORE INTO _flags_dirty
      WITH RECURSIVE places (place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM places WHERE place < 4095) SELECT place FROM places`,
]

async function feedPage(publisher: Publisher, state: State): Promise<State> {
  const { bounds, now } = publisher
  const rows = await readRows(publisher, state)
  const [first] = rows
  if (!first) throw new TypeError('a statement without a table in FROM has one row')
  const records = rows.filter((row) => row._seq !== null)
  const isEnd = records.length <= bounds.feedRows
  const taken = records.slice(0, bounds.feedRows)
  const changes = await Promise.all(taken.map((row) => changeOf(publisher, row)))
  const seq = isEnd ? first.seq : Number(taken.at(-1)?._seq)
  const refused = changes.flatMap(({ refusal }, index) => (refusal ? [{ index, ...refusal }] : []))
  const applied = [
    ...apply(changes),
    ...(await quarantine(
      'flags',
      refused.map(({ index, subject, why }) => ({
        index,
        // The record itself stays where it is: quarantine outlives its erasure.
        row: { [publisher.port.subject]: subject },
        errors: [{ code: 'entry_refused', field: '', detail: why }],
      })),
      now(),
    )),
  ]
  if (!isEnd) {
    await advance(publisher, state, [...applied, sql`UPDATE _flags_state SET seq = ${seq}, staged = NULL`])
    return next(state, { seq })
  }
  const bits = await bitsFor(publisher, state, changes)
  const staged = contentOf(publisher, first, bits)
  await advance(publisher, state, [
    ...applied,
    ...(bits === state.bits ? [] : restage),
    sql`UPDATE _flags_state SET seq = ${seq}, bits = ${bits}, staged = ${JSON.stringify(staged)}`,
  ])
  return next(state, { seq, bits, staged })
}

async function readRows(
  { db, contract, expected, port, bounds }: Publisher,
  { seq }: State,
): Promise<FedRow[]> {
  const inputs = sql`(SELECT json_group_object(e.value, p.as_of) FROM json_each(${JSON.stringify(expected)}) e LEFT JOIN _progress p ON p.name = e.value)`
  const page = sql`
    SELECT _seq, ${name(port.subject)} AS subject,
      CASE _deleted WHEN 0 THEN ${recordJson(contract, Object.keys(contract.fields))} END AS record
    FROM records WHERE _seq > ${seq} ORDER BY _seq LIMIT ${bounds.feedRows + 1}`
  const { results } = await statement(
    db,
    sql`SELECT ${standingColumns(expected)}, ${inputs} AS inputs, page.* FROM ${stateRow} LEFT JOIN (${page}) AS page ON true ORDER BY page._seq`,
  ).all<FedRow>()
  return results
}

async function changeOf(
  { keys, options }: Publisher,
  { subject, record }: Pick<FedRow, 'subject' | 'record'>,
): Promise<Change> {
  const address = await addressOf(keys, subject)
  if (record === null) return { ...address, json: null }
  try {
    const parsed = JSON.parse(record) as Json // made by json_object
    const entry = await options.entry(parsed, (label, value) => keyedHash(keys, label, value))
    return { ...address, json: encodeEntry(entry) }
  } catch (error) {
    // One record that makes no entry must not keep the others from being published: whoever can grow his own would
    // switch the flags off for all. Readers find no entry; quarantine says why.
    return { ...address, json: null, refusal: { subject, why: String(error) } }
  }
}

function apply(changes: readonly Change[]): SQL[] {
  const chunks = jsonChunks(changes.map(({ place, tag, json }) => JSON.stringify([place, tag, json])))
  return chunks.flatMap((chunk) => [
    sql`INSERT OR IGNORE INTO _flags_dirty SELECT DISTINCT value ->> 0 FROM json_each(${chunk})`,
    sql`INSERT OR REPLACE INTO _flags_entries SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${chunk}) WHERE value ->> 2 IS NOT NULL`,
    sql`DELETE FROM _flags_entries WHERE (place, tag) IN (SELECT value ->> 0, value ->> 1 FROM json_each(${chunk}) WHERE value ->> 2 IS NULL)`,
  ])
}

/** Index bits for the next pages: by the sizes of the pages there are, or at first of the entries. */
async function bitsFor({ db }: Publisher, state: State, changes: readonly Change[]): Promise<number> {
  const { bits } = state
  if (bits === null) {
    const stored = await statement(
      db,
      sql`SELECT coalesce(sum(length(json)), 0) + 24 * count(*) AS bytes FROM _flags_entries`,
    ).first<number>('bytes')
    const added = changes.reduce((sum, { json }) => sum + (json === null ? 0 : json.length + 24), 0)
    return chooseBits({ totalBytes: (stored ?? 0) + added, largestBytes: 0 }, null)
  }
  const current = sameShape({ bits, sid: state.sid }, state.current)
    ? sql`UNION ALL SELECT bytes FROM _flags_current c WHERE NOT EXISTS (SELECT 1 FROM _flags_staged s WHERE s.slot = c.slot)`
    : sql``
  const sizes = await statement(
    db,
    sql`SELECT coalesce(sum(bytes), 0) AS totalBytes, coalesce(max(bytes), 0) AS largestBytes FROM (SELECT bytes FROM _flags_staged ${current})`,
  ).first<PageSizes>()
  return chooseBits(sizes ?? { totalBytes: 0, largestBytes: 0 }, bits)
}

function contentOf(
  { contract, contractHash, keys }: Publisher,
  { as_of, inputs }: FedRow,
  bits: number,
): Content {
  const reached = JSON.parse(inputs) as Readonly<Record<string, string | null>> // made by json_group_object
  return {
    bits,
    sid: keys.sid,
    contract: { id: contract.id, version: contract.version, hash: contractHash },
    watermark: msOf(as_of),
    watermarks: contract.inputs
      ? Object.fromEntries(Object.entries(reached).map(([input, at]) => [input, msOf(at)]))
      : { [contract.id]: msOf(as_of) },
    lagMs: durationMs(contract.freshness) ?? 0,
  }
}

const msOf = (time: string | null): number | null => (time === null ? null : Date.parse(time))
