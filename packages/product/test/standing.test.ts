/** The watermark is read from a copy in the state row: it says what `_progress` does, whoever wrote last. */
import { wholeView } from '@meshloop/access/claims'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { acknowledgedClaim, numberedClaim } from '../src/ingest/claims.ts'
import { readChanges } from '../src/query/changes.ts'
import { readStatus } from '../src/http/status.ts'
import { createRuntime } from '../src/env.ts'
import { readPage, readRecord } from '../src/query/records.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { meterOf } from '../src/store/meter.ts'
import { sql, statement, type SQL } from '../src/store/sql.ts'
import { countRun, ensureState, keepProgress, standingColumns, stateRow } from '../src/store/state.ts'
import { tablesOf } from '../src/table/tables.ts'
import { openThings, things } from './ingest-things.ts'
import { makeTables } from './make-tables.ts'

const { A } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const ALL = ['till', 'a.desk', "o'clock", 'silent']
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const write = (statements: readonly SQL[]) => A.batch(statements.map((each) => statement(A, each)))

beforeEach(async () => {
  await makeTables(A, tablesOf(things))
})

/** What the table says, in plain code. */
async function leastOf(names: readonly string[]): Promise<string | null> {
  const { results } = await A.prepare('SELECT name, as_of FROM _progress').all<Record<'name' | 'as_of', string | null>>()
  const each = names.map((name) => results.find((row) => row.name === name)?.as_of ?? null)
  return each.includes(null) ? null : (each.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))[0] ?? null)
} // prettier-ignore

const asked = (columns: SQL) => statement(A, columns).first<{ as_of: string | null }>()
const read = async (names: readonly string[]) => {
  const once = await asked(sql`SELECT ${standingColumns(names)} FROM ${stateRow}`)
  return once?.as_of ?? null
}

describe('the watermark', () => {
  it('is the least of what counts, whatever is written in which order', async () => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1
    let state = seed
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    await write([ensureState('one')])
    for (let step = 0; step < 150; step++) {
      const source = ALL[random(3)] ?? ''
      const claim = random(2) === 0 ? [acknowledgedClaim(source, minute(random(60)))] : numberedClaim(source, 1 + random(6), random(3) === 0 ? null : minute(random(60)))
      // An older Worker keeps no copy. It counts its changes and runs, as every Worker does.
      const older = [sql`UPDATE _state SET seq = seq + 1`, sql`UPDATE _state SET run = run + 1`][random(2)] ?? keepProgress
      const lost = sql`UPDATE _progress SET as_of = NULL WHERE name = ${source}`
      const what = [...(random(6) === 0 ? [lost] : claim), [keepProgress, countRun, older][random(3)] ?? older]
      await write(what)
      const names = ALL.slice(0, random(ALL.length + 1))
      expect(await read(names), `seed ${seed}, step ${step}, of ${names.join()}`).toBe(await leastOf(names))
    }
  }) // prettier-ignore

  it('is null before the first write, and of many sources the least', async () => {
    expect(await read(['till'])).toBeNull()
    const many = Array.from({ length: 100 }, (_, i) => `source-${i}`)
    await write([ensureState('one'), ...many.map((name, i) => acknowledgedClaim(name, minute(200 - i)))])
    expect(await read(many)).toBe(minute(101))
    await write([keepProgress])
    expect(await read(many)).toBe(minute(101))
    expect(await read([...many, 'silent'])).toBeNull()
  })

  it('writes the state row when something changed, and not again', async () => {
    await write([ensureState('one'), acknowledgedClaim('till', minute(1))])
    const written = async () => (await statement(A, keepProgress).run()).meta.rows_written
    expect([await written(), await written()]).toEqual([1, 0])
  })
})

describe('an older Worker beside the newer one', () => {
  it('is behind with a claim that changed nothing, never ahead, until the upkeep', async () => {
    await write([ensureState('one'), acknowledgedClaim('till', minute(1)), keepProgress])
    await write([acknowledgedClaim('till', minute(5))])
    expect(await read(['till'])).toBe(minute(1))
    const bench = await openThings()
    const { DB } = bench.env
    await DB.batch(
      [
        ensureState('one'),
        acknowledgedClaim('till', minute(1)),
        keepProgress,
        acknowledgedClaim('till', minute(5)),
      ].map((each) => statement(DB, each)),
    )
    await bench.worker.scheduled({} as ScheduledController, bench.env)
    expect(await DB.prepare('SELECT progress FROM _state').first('progress')).toBe(
      JSON.stringify({ till: minute(5) }),
    )
  })
})

describe('a database of the migrations before', () => {
  it('answers right before and after the first write of the newer Worker', async () => {
    const drop = (column: string) => A.prepare(`ALTER TABLE _state DROP COLUMN ${column}`)
    await A.batch([drop('progress'), drop('progress_at')])
    await A.prepare(`INSERT INTO _state (one, incarnation, seq, run) VALUES (1, 'one', 5, 2)`).run()
    await write([acknowledgedClaim('till', minute(1)), acknowledgedClaim('a.desk', minute(2))])
    await A.batch(
      ['progress TEXT', 'progress_at INTEGER'].map((column) => A.prepare(`ALTER TABLE _state ADD COLUMN ${column}`)),
    )
    expect(await read(['till', 'a.desk'])).toBe(minute(1))
    await write([acknowledgedClaim('till', minute(3))]) // an older Worker, which changes nothing else
    expect(await read(['till', 'a.desk'])).toBe(minute(2))
    await write([acknowledgedClaim('a.desk', minute(4)), keepProgress])
    expect(await read(['till', 'a.desk'])).toBe(minute(3))
  }) // prettier-ignore
})

describe('rows read', () => {
  it.each([1, 4])('of %i sources: one beside those of the page', async (count) => {
    const expected = ['till', 'a.desk', "o'clock", 'desk'].slice(0, count)
    await write([
      ensureState('one'),
      sql`INSERT INTO records (thing_id, at, size, _seq, _version, _hash, _deleted, _source)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        SELECT 't' || i, '2026-01-01T00:00:00.' || (100 + i) || 'Z', i, i, '', i, 0, 'till' FROM n`,
      sql`UPDATE _state SET seq = 200`,
      ...expected.map((name, i) => acknowledgedClaim(name, minute(9 - i))),
      keepProgress,
    ])
    const cost = async (order: readonly string[]) => {
      const meter = meterOf(A)
      const reader = { db: meter.db, contract: things, expected }
      const fields = sortOrder(things, order, wholeView)
      const page = await readPage(reader, wholeView, { filters: [], order: fields, limit: 50, count: false })
      expect([page.records.length, page.standing.as_of]).toEqual([50, minute(10 - count)])
      return meter.cost().rowsRead
    }
    expect([await cost([]), await cost(['at'])]).toEqual([52, 52])
    const meter = meterOf(A)
    const found = await readRecord({ db: meter.db, contract: things, expected }, wholeView, { thing_id: 't7' })
    expect(found?.standing.as_of).toBe(minute(10 - count))
    expect(meter.cost().rowsRead).toBe(2)
    const feed = meterOf(A)
    const page = await readChanges({ db: feed.db, contract: things, expected }, wholeView, { limit: 50 })
    expect([page.changes.length, page.more, page.standing.seq, page.standing.as_of]).toEqual([50, true, 200, minute(10 - count)])
    expect(feed.cost().rowsRead).toBeLessThanOrEqual(54)
  }) // prettier-ignore

  it('of a status: letters of the quarantine up to a bound, however many there are', async () => {
    const { env: bound } = await openThings()
    const { db, cost } = meterOf(bound.DB)
    await bound.DB.prepare(
      `INSERT INTO _quarantine (id, source, received_at, errors, row)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10_500)
        SELECT 'q' || i, 'till', '2026-01-01T00:00:00.000Z', '[]', '{}' FROM n`,
    ).run()
    const status = await readStatus(await createRuntime(things, { ...bound, DB: db }, []), undefined)
    expect(status.counts?.quarantined).toBe(10_001)
    expect(cost().rowsRead).toBeLessThan(10_001 + 50)
  })
})
