/**
 * One bounded step of a derivation: read the inputs' feeds into the mirrors, then build the records that they touch.
 *
 * Every transaction begins with a guard that fails unless the run counter is still the one that was read, so that
 * overlapping runs cannot both commit. A crash between any two transactions leaves dirty keys and a watermark that
 * has not moved: the next run goes on. An input's watermark is adopted when its feed was read to the end and no
 * key is dirty any more.
 */
import { rowReader, type Contract, type RowError } from '@meshloop/contract'
import { quarantine } from '../ingest/quarantine.ts'
import { ProductError } from '../problems.ts'
import { guard, isGuardFailure, sql, statement, type SQL } from '../store/sql.ts'
import { storing, type Json, type StoredRow } from '../store/stored-row.ts'
import { writeRows } from '../store/write-rows.ts'
import type { Derivation, Input } from './derivation.ts'
import { applyChanges, forget, mirroredFields, rowsOf, type Change } from './mirror.ts'
import { adopt, placeOf, reached } from './place.ts'

/** A page of an input's feed. */
export interface FeedPage {
  readonly changes: readonly Change[]
  readonly next_cursor: string
  readonly more: boolean
  /** The watermark that holds once the page is applied; null before the end of the feed. */
  readonly as_of: string | null
}

/** Reads an input's feed; undefined means that it cannot go on from this cursor. `fields`: all that is needed of a record. */
export type ReadFeed = (
  input: Contract,
  after: string | undefined,
  limit: number,
  fields: readonly string[],
) => Promise<FeedPage | undefined>

/** What a run works with. */
export interface Deriving {
  readonly db: D1Database
  readonly derivation: Derivation
  readonly readFeed: ReadFeed
  readonly now: () => number
  readonly newIncarnation: () => string
  readonly bounds?: RunBounds
}

/** How much one run does at most. */
export interface RunBounds {
  /** Pages of an input's feed. */
  readonly pages: number
  /** Changes of a page. */
  readonly pageRows: number
  /** Chunks of dirty keys. */
  readonly builds: number
  /** Keys of a chunk. */
  readonly buildKeys: number
}

/** What a run did. */
export interface RunReport {
  /** Changes read of each input. */
  readonly read: Readonly<Record<string, number>>
  /** Keys whose record was built anew. */
  readonly built: number
  /** Built records that the contract refuses; they are in quarantine. */
  readonly refused: number
  /** True when nothing is left to do; else run again. */
  readonly done: boolean
}

/** With these a run stays far below D1's 1,000 queries an invocation. */
const usual: RunBounds = { pages: 10, pageRows: 500, builds: 10, buildKeys: 200 }

/** Runs one step. @throws {ProductError} `run_conflict` when another run committed in between: nothing is lost. */
export async function runStep(deriving: Deriving): Promise<RunReport> {
  try {
    const read: Record<string, number> = {}
    let more = false
    for (const [name, input] of Object.entries(deriving.derivation.inputs)) {
      const fed = await feed(deriving, name, input)
      read[input.of.id] = fed.changes
      more ||= fed.more
    }
    const built = await buildDirty(deriving)
    return { read, built: built.keys, refused: built.refused, done: !more && built.done }
  } catch (error) {
    if (isGuardFailure(error))
      throw new ProductError('run_conflict', 'Another run of this derivation committed first.')
    throw error
  }
}

/** Reads an input's feed into its mirror, page by page. */
async function feed(
  deriving: Deriving,
  name: string,
  input: Input,
): Promise<{ changes: number; more: boolean }> {
  const { pages, pageRows } = deriving.bounds ?? usual
  let changes = 0
  for (let page = 0; page < pages; page++) {
    const { run, cursor, isOther } = await placeOf(deriving.db, input, deriving.newIncarnation)
    const next = isOther
      ? undefined
      : await deriving.readFeed(input.of, cursor, pageRows, mirroredFields(input))
    if (!next) {
      await commit(deriving, run, [...forget(name, input), reached(input, null, false, null)])
      continue
    }
    changes += next.changes.length
    const moved = next.changes.length > 0 || next.next_cursor !== cursor || next.as_of !== null
    if (moved)
      await commit(deriving, run, [
        ...applyChanges(name, input, next.changes),
        reached(input, next.next_cursor, !next.more, next.as_of),
      ])
    if (!next.more) return { changes, more: false }
  }
  return { changes, more: true }
}

/** Builds the records of dirty keys, a chunk at a time; adopts the inputs' watermarks when none is left. */
async function buildDirty(deriving: Deriving): Promise<{ keys: number; refused: number; done: boolean }> {
  const { db, derivation, bounds = usual } = deriving
  let keys = 0
  let refused = 0
  for (let chunk = 0; chunk < bounds.builds; chunk++) {
    const { results } = await statement(
      db,
      sql`SELECT run, d.key FROM _state LEFT JOIN (SELECT key FROM _dirty ORDER BY key LIMIT ${bounds.buildKeys}) d ON true
          WHERE (SELECT count(*) FROM _progress WHERE n = 1) = ${Object.keys(derivation.inputs).length}`,
    ).all<{ run: number; key: string | null }>()
    const dirty = results.flatMap(({ key }) => (key === null ? [] : [key]))
    const run = results[0]?.run
    if (run === undefined) return { keys, refused, done: false }
    const built = await build(deriving, dirty)
    const done = dirty.length < bounds.buildKeys
    await commit(deriving, run, [
      ...built.statements,
      sql`DELETE FROM _dirty WHERE key IN (SELECT value FROM json_each(${JSON.stringify(dirty)}))`,
      adopt,
    ])
    keys += dirty.length
    refused += built.refused
    if (done) return { keys, refused, done }
  }
  return { keys, refused, done: false }
}

async function build(
  { db, derivation, now }: Deriving,
  dirty: readonly string[],
): Promise<{ statements: SQL[]; refused: number }> {
  if (dirty.length === 0) return { statements: [], refused: 0 }
  const { out, inputs, build: buildOne } = derivation
  const entries = Object.entries(inputs)
  const keys = `[${dirty.join(',')}]`
  const found = await db.batch<{ _group: string; _row: string }>(
    entries.map(([name, input]) => statement(db, rowsOf(name, input, keys))),
  )
  const rows = entries.map(([name], i) => ({
    name,
    of: Map.groupBy(found[i]?.results ?? [], ({ _group }) => _group),
  }))
  const read = rowReader(out)
  const store = storing(out)
  const stored: StoredRow[] = []
  const rejected = []
  for (const [index, grp] of dirty.entries()) {
    const key = keyOf(out, grp)
    const own = Object.fromEntries(
      rows.map(({ name, of }) => [name, (of.get(grp) ?? []).map(({ _row }): unknown => JSON.parse(_row))]),
    )
    const { record, errors } = attempt(() => buildOne(key, own), read)
    if (errors) rejected.push({ index, row: record ?? key, errors })
    else if (record === undefined) stored.push(store.deletion({ ...key, ...noVersion(out) }))
    else stored.push(store.record(record))
  }
  return {
    statements: [
      ...writeRows(out, 'build', stored, 'replace').statements,
      ...(await quarantine('build', rejected, now())),
    ],
    refused: rejected.length,
  }
}

/**
 * The record that is built; none when there is none to be. Inputs belong to others: a row that the code did not think of
 * must not keep all other records from being built.
 */
function attempt(
  buildOne: () => unknown,
  read: ReturnType<typeof rowReader>,
): { record: Json | undefined; errors?: readonly RowError[] } {
  let record: unknown
  try {
    record = buildOne()
  } catch (error) {
    return {
      record: undefined,
      errors: [{ code: 'build_failed', field: '', detail: String(error).slice(0, 300) }],
    }
  }
  if (record === undefined) return { record }
  const result = read(record)
  return 'errors' in result ? { record: record as Json, errors: result.errors } : { record: result.record }
}

function keyOf(out: Contract, grp: string): Record<string, string> {
  const parts = JSON.parse(grp) as unknown[] // written by json_array above
  return Object.fromEntries(out.key.map((name, i) => [name, String(parts[i])]))
}

/** A record that is gone has no version of its own: what is built replaces what was, whatever its version. */
const noVersion = (out: Contract): Json => ({ [out.versionBy ?? out.eventTime]: '' })

async function commit({ db }: Deriving, run: number, statements: readonly SQL[]): Promise<void> {
  const all = [
    guard(sql`(SELECT run FROM _state) = ${run}`),
    sql`UPDATE _state SET run = run + 1`,
    ...statements,
  ]
  await db.batch(all.map((s) => statement(db, s)))
}
