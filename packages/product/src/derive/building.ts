/** One step of what is built: the next walks, then the records of a chunk of dirty keys. */
import { rowReader, type Contract, type RowError } from '@meshloop/contract'
import { quarantine } from '../ingest/quarantine.ts'
import { sql, statement, type SQL } from '../store/sql.ts'
import { storing, type Json, type StoredRow } from '../store/stored-row.ts'
import { writeRows } from '../store/write-rows.ts'
import type { RunBounds } from './budget.ts'
import { committer } from './commit.ts'
import { isWhole, type Derivation } from './derivation.ts'
import { rowsOf } from './latest.ts'
import { adopt, BUILT } from './place.ts'
import type { Walk } from './marking.ts'
import { goneOn, nextWalks, passedBy, walksAtOnce, type Passed } from './walks.ts'

/** What a step works with. */
export interface Building {
  readonly db: D1Database
  readonly derivation: Derivation
  readonly now: () => number
}

/** What a step did. */
export interface Built {
  /** Keys whose record was built anew. */
  readonly keys: number
  /** Those of them that have no record. */
  readonly removed: number
  /** Built records that the contract refuses. */
  readonly refused: number
  /** Nothing is left to build, and the inputs' watermarks were adopted. */
  readonly done: boolean
  /** Nothing can be built yet: an input's mirror is being filled. */
  readonly waits: boolean
}

/** What records are written by, and under what they are set aside. */
export const BUILD = 'build'

/** Rows of one input, and characters of them, that a chunk holds in memory; with more of them it is halved. */
const MAX_ROWS = 20_000
const MAX_CHARS = 8_000_000
const WAITS: Built = { keys: 0, removed: 0, refused: 0, done: false, waits: true }

/** Does the next step. Nothing is built before every input's mirror was filled once. */
export async function buildStep(
  building: Building,
  { buildKeys: most, walkRows }: Pick<RunBounds, 'buildKeys' | 'walkRows'>,
): Promise<Built> {
  const { db, derivation } = building
  const [state, walks, dirty] = await db.batch<Record<string, unknown>>([
    statement(db, sql`SELECT run, (${filledOf(derivation)}) AS filled FROM _state`),
    statement(db, nextWalks),
    statement(db, nextDirty(most)),
  ])
  const run = Number(state?.results[0]?.['run'])
  if (state?.results[0]?.['filled'] !== Object.keys(derivation.inputs).length) return WAITS
  const [open = []] = walksAtOnce((walks?.results ?? []) as unknown as Walk[]) // as nextWalks selects them
  if (open.length > 0) await walk(building, run, open, walkRows)
  const keys = (dirty?.results ?? []).map(({ key }) => String(key))
  const built = await buildKeys(building, keys)
  await committer(
    db,
    open.length > 0 ? run + 1 : run,
  )([
    ...built.statements,
    sql`DELETE FROM _dirty WHERE key IN (SELECT value FROM json_each(${JSON.stringify(built.keys)}))`,
    ...(keys.length > 0 ? [builtUpTo(built.keys)] : []),
    adopt,
  ])
  const { removed, refused } = built
  const done = open.length === 0 && built.keys.length === keys.length && keys.length < most
  return { keys: built.keys.length, removed, refused, done, waits: false }
}

/** Inputs whose mirrors are filled: others that were read once do not count. */
const filledOf = ({ inputs }: Derivation): SQL => {
  const read = JSON.stringify(Object.values(inputs).map(({ of }) => of.id))
  return sql`SELECT count(*) FROM _progress WHERE n = 1 AND name IN (SELECT value FROM json_each(${read}))`
}

/** The keys after those that were built last, then from the beginning: whatever comes in, each has its turn. */
const nextDirty = (most: number): SQL => {
  const last = sql`(SELECT cursor FROM _progress WHERE name = ${BUILT})`
  const part = (turn: number, compared: SQL): SQL =>
    sql`SELECT * FROM (SELECT key, ${turn} AS turn FROM _dirty WHERE key ${compared} coalesce(${last}, '') ORDER BY key LIMIT ${most})`
  return sql`SELECT key FROM (${part(0, sql`>`)} UNION ALL ${part(1, sql`<=`)}) ORDER BY turn, key LIMIT ${most}`
}

const builtUpTo = (keys: readonly string[]): SQL => sql`
  INSERT INTO _progress (name, cursor) VALUES (${BUILT}, ${keys.at(-1) ?? ''})
  ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor`

async function walk(
  { db, derivation }: Building,
  run: number,
  walks: readonly Walk[],
  rows: number,
): Promise<void> {
  const query = passedBy(derivation, walks, rows)
  const passed = query ? (await statement(db, query).all<Passed>()).results : []
  await committer(db, run)(goneOn(derivation, walks, passed, rows))
}

interface Records {
  /** Those whose records these are: fewer than asked for when they have too many rows. */
  readonly keys: readonly string[]
  readonly statements: readonly SQL[]
  readonly removed: number
  readonly refused: number
}

async function buildKeys(building: Building, dirty: readonly string[]): Promise<Records> {
  if (dirty.length === 0) return { keys: dirty, statements: [], removed: 0, refused: 0 }
  const { db, derivation, now } = building
  const { out, inputs, build } = derivation
  const entries = Object.entries(inputs)
  const keys = `[${dirty.join(',')}]`
  const isOne = dirty.length === 1
  const limit = isOne ? Number.MAX_SAFE_INTEGER : MAX_ROWS + 1
  const chars = isOne ? Number.MAX_SAFE_INTEGER : MAX_CHARS
  const found = await db.batch<{ _group: string; _row: string }>(
    entries.map(([name, input]) =>
      statement(db, rowsOf(name, input, { keys, outKey: out.key, limit, chars })),
    ),
  )
  if (!isOne && found.some(({ results }) => isTooMuch(results)))
    return buildKeys(building, dirty.slice(0, Math.ceil(dirty.length / 2)))
  const rows = entries.map(([name, input], i) => ({
    name,
    isWhole: isWhole(out, input),
    of: Map.groupBy(found[i]?.results ?? [], ({ _group }) => _group),
  }))
  const read = rowReader(out)
  const write = storing(out)
  const stored: StoredRow[] = []
  const rejected = []
  let removed = 0
  for (const [index, grp] of dirty.entries()) {
    const key = keyOf(out, grp)
    const own = Object.fromEntries(
      rows.map(({ name, of }) => [name, (of.get(grp) ?? []).map(({ _row }): unknown => JSON.parse(_row))]),
    )
    const isKnown = rows.some((input) => input.isWhole && input.of.has(grp))
    const { record, errors } = isKnown ? attempt(() => build(key, own), read) : NO_RECORD
    if (errors) rejected.push({ index, row: record ?? key, errors })
    else if (record === undefined) {
      removed++
      stored.push(write.deletion({ ...key, ...noVersion(out) }))
    } else stored.push(write.record(record))
  }
  const statements = [
    ...writeRows(out, BUILD, stored, 'replace').statements,
    ...(await quarantine(BUILD, rejected, now())),
  ]
  return { keys: dirty, statements, removed, refused: rejected.length }
}

const isTooMuch = (rows: readonly { readonly _row: string }[]): boolean =>
  rows.length > MAX_ROWS || rows.reduce((sum, { _row }) => sum + _row.length, 0) > MAX_CHARS

interface Attempt {
  readonly record: Json | undefined
  readonly errors?: readonly RowError[]
}

const NO_RECORD: Attempt = { record: undefined }

/**
 * The record that is built; none when there is none to be. Inputs belong to others: a row that the code did not think of
 * must not keep all other records from being built.
 */
function attempt(build: () => unknown, read: ReturnType<typeof rowReader>): Attempt {
  let record: unknown
  try {
    record = build()
  } catch (error) {
    // oxlint-disable-next-line no-console -- a Worker's log is its console, which is its owner's alone
    console.error(error)
    return { record: undefined, errors: [buildFailed(error)] }
  }
  if (record === undefined) return NO_RECORD
  const result = read(record)
  return 'errors' in result ? { record: record as Json, errors: result.errors } : { record: result.record }
}

/** Without the error's text, which may repeat what it was thrown for: whoever may look at reasons may not see cells by that. */
const buildFailed = (error: unknown): RowError => ({
  code: 'build_failed',
  field: '',
  detail: `build threw ${error instanceof Error ? error.name : `a ${typeof error}`}; what it says is in the log of the Worker`,
})

function keyOf(out: Contract, grp: string): Record<string, string> {
  const parts = JSON.parse(grp) as unknown[] // written by json_array
  return Object.fromEntries(out.key.map((name, i) => [name, String(parts[i])]))
}

/** A record that is gone has no version of its own: what is built replaces what was, whatever its version. */
const noVersion = (out: Contract): Json => ({ [out.versionBy ?? out.eventTime]: '' })
