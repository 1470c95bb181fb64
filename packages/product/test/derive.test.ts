import { defineProduct, id, int, time, type Contract, type Row } from '@meshloop/contract'
import { wholeView } from '@meshloop/access/claims'
import * as fc from 'fast-check'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { derive } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import type { Deriving } from '../src/derive/deriving.ts'
import type { RunBounds } from '../src/derive/budget.ts'
import { runStep, type ReadFeed } from '../src/derive/run.ts'
import { accept, type Ingest } from '../src/ingest/accept.ts'
import { acknowledgedClaim } from '../src/ingest/claims.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { ProductError } from '../src/problems.ts'
import { readAggregate } from '../src/query/aggregate.ts'
import { readChanges } from '../src/query/changes.ts'
import type { Position } from '../src/query/cursor.ts'
import { readPage } from '../src/query/records.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { tablesOf } from '../src/table/tables.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'

const about = {
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
} as const
const sales = defineProduct({
  ...about,
  id: 'a.sales',
  fields: {
    sale_id: id('Sale'),
    who: id('Customer', { nullable: true }),
    at: time('When'),
    rev: int('Version'),
    units: int('Units'),
  },
  key: ['sale_id'],
  eventTime: 'at',
  versionBy: 'rev',
})
const visits = defineProduct({
  ...about,
  id: 'b.visits',
  fields: { visit_id: id('Visit'), who: id('Customer'), at: time('When') },
  key: ['visit_id'],
  eventTime: 'at',
})
const people = defineProduct({
  ...about,
  id: 'c.people',
  fields: {
    who: id('Customer'),
    last_at: time('Last seen'),
    units: int('Units of the last two sales'),
    visits: int('Visits'),
    parity: id('Group'),
  },
  key: ['who'],
  eventTime: 'last_at',
  measures: { people: { means: 'People', count: true }, units: { means: 'Units', sum: 'units' } },
  dimensions: ['parity'],
  rollups: [{ by: ['parity'], measures: ['people', 'units'] }],
  inputs: [
    { product: 'a.sales', major: 1 },
    { product: 'b.visits', major: 1 },
  ],
})
const derivation = derive({
  out: people,
  key: ['who'],
  inputs: {
    sales: input(sales, { by: ['who'], fields: ['at', 'units'], last: 2 }),
    visits: input(visits, { by: ['who'], fields: ['at'], last: 100 }),
  },
  build: ({ who }, rows): Row<typeof people> | undefined => {
    const last_at = [...rows.sales, ...rows.visits]
      .map(({ at }) => at)
      .toSorted()
      .at(-1)
    const units = rows.sales.reduce((sum, sale) => sum + sale.units, 0)
    return last_at === undefined
      ? undefined
      : { who, last_at, units, visits: rows.visits.length, parity: units % 2 === 0 ? 'even' : 'odd' }
  },
})

const { A, B, C } = env as unknown as Record<'A' | 'B' | 'C', D1Database> // bound in vitest.config.ts
const databases = new Map<string, D1Database>([
  ['a.sales', A],
  ['b.visits', B],
])

const makeDerived = () => makeTables(C, [...tablesOf(people), ...derivationTables(derivation)])
beforeEach(async () => {
  await makeTables(A, tablesOf(sales))
  await makeTables(B, tablesOf(visits))
  await makeDerived()
})

const now = () => Date.UTC(2026, 6, 1)
const newIncarnation = () => crypto.randomUUID()
const ingestOf = (contract: Contract): Ingest => ({
  db: databaseOf(contract.id),
  contract,
  judge: judgeFor(contract),
  sources: {},
  expected: ['s'],
  now,
  newIncarnation,
})
const databaseOf = (product: string): D1Database => databases.get(product) ?? C
const send = (contract: Contract, rows: unknown[], upTo?: string) =>
  accept(ingestOf(contract), 's', rows, upTo === undefined ? [] : [acknowledgedClaim('s', upTo)])
/** So small that every schedule has runs that end in the middle of a feed, and with dirty keys left. */
const bounds: Partial<RunBounds> = {
  pages: 2,
  pageRows: 2,
  builds: 1,
  buildKeys: 2,
  walkRows: 2,
  sweepRows: 2,
}
const readFeed: ReadFeed = async (contract, after, limit, fields) => {
  try {
    const page = await readChanges({ db: databaseOf(contract.id), contract, expected: ['s'] }, wholeView, {
      after: after === undefined ? after : (JSON.parse(after) as Position),
      limit,
      fields,
    })
    return {
      changes: page.changes.map((text) => JSON.parse(text) as never),
      next_cursor: JSON.stringify(page.next),
      more: page.more,
      as_of: page.as_of,
    }
  } catch (error) {
    if (error instanceof ProductError && error.code === 'resync_required') return undefined
    throw error
  }
}
const deriving = (db: D1Database = C): Deriving => ({ db, derivation, readFeed, now, newIncarnation, bounds })
const settle = async () => {
  for (let step = 0; step < 200; step++) if ((await runStep(deriving())).done) return
  throw new Error('the derivation does not settle')
}
const reader = { db: C, contract: people, expected: ['a.sales', 'b.visits'] }
const derived = async () => {
  const page = await readPage(reader, wholeView, {
    filters: [],
    order: sortOrder(people, [], wholeView),
    limit: 1000,
    count: false,
  })
  return {
    as_of: page.standing.as_of,
    records: page.records.map((text) => JSON.parse(text) as Row<typeof people>),
  }
}

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const sale = (n: number, who: string | null, rev: number, units: number) => ({
  sale_id: `s${n}`,
  who,
  at: minute(n),
  rev,
  units,
})
const visit = (n: number, who: string) => ({ visit_id: `v${n}`, who, at: minute(n) })

describe('a derivation', () => {
  it('joins its inputs by key, and moves and removes records as they change', async () => {
    await send(
      sales,
      [sale(1, 'x', 1, 5), sale(2, 'x', 1, 6), sale(3, 'x', 1, 7), sale(4, null, 1, 9)],
      minute(10),
    )
    await send(visits, [visit(1, 'x'), visit(2, 'y')], minute(9))
    await settle()
    expect(await derived()).toEqual({
      as_of: minute(9),
      records: [
        { who: 'x', last_at: minute(3), units: 13, visits: 1, parity: 'odd' },
        { who: 'y', last_at: minute(2), units: 0, visits: 1, parity: 'even' },
      ],
    })
    await send(sales, [sale(3, 'z', 2, 7), { _deleted: true, sale_id: 's2', rev: 2 }])
    await send(visits, [{ _deleted: true, visit_id: 'v2', at: minute(2) }])
    await settle()
    expect((await derived()).records.map(({ who, units }) => [who, units])).toEqual([
      ['x', 5],
      ['z', 7],
    ])
  })

  it('keeps its rollups equal to a count of its records', async () => {
    await send(
      sales,
      [1, 2, 3, 4, 5].map((n) => sale(n, `p${n}`, 1, n)),
      minute(9),
    )
    await send(visits, [], minute(9))
    await settle()
    await send(sales, [sale(2, 'p2', 2, 5), sale(3, 'p1', 2, 3)])
    await settle()
    const query = { measures: ['people', 'units'], by: ['parity'], filters: [], limit: 10 }
    const kept = await readAggregate(reader, wholeView, query)
    const counted = await readAggregate(reader, { ...wholeView, columns: Object.keys(people.fields) }, query)
    expect(kept.groups.map((text) => JSON.parse(text) as unknown)).toEqual(
      counted.groups.map((text) => JSON.parse(text) as unknown),
    )
    expect(kept.groups).toHaveLength(2)
  })

  it('does not adopt a watermark in the middle of a feed', async () => {
    await send(visits, [], minute(9))
    await send(sales, [], minute(1))
    await settle()
    const rows = [1, 2, 3, 4, 5].map((n) => sale(n, 'x', n, 1))
    await send(sales, rows, minute(9))
    expect(await runStep(deriving())).toMatchObject({ built: 1, done: false })
    expect((await derived()).as_of).toBe(minute(1))
    await settle()
    expect((await derived()).as_of).toBe(minute(9))
  })

  it('does not adopt a watermark while keys are dirty', async () => {
    await send(visits, [], minute(9))
    await send(
      sales,
      ['x', 'y', 'z'].map((who, n) => sale(n, who, 1, 1)),
      minute(9),
    )
    expect(await runStep(deriving())).toMatchObject({ built: 2, done: false })
    expect((await derived()).as_of).toBeNull()
    await settle()
    expect((await derived()).as_of).toBe(minute(9))
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'lets only one of two overlapping runs commit, whatever happens before batch %i',
    async (at) => {
      await send(sales, [sale(1, 'x', 1, 5)], minute(1))
      await send(visits, [visit(1, 'x')], minute(1))
      const meanwhile = async () => {
        await send(sales, [sale(1, 'x', 2, 6)], minute(2))
        await settle()
      }
      await runStep(deriving(interrupted(C, at, meanwhile))).catch(expectConflict)
      await settle()
      const units = (await derived()).records.map((person) => person.units)
      expect(units).toEqual([at < (await batchesOfARun()) ? 6 : 5])
    },
  )

  it('starts again when an input was restored, and serves the old state until it is through', async () => {
    await send(sales, [sale(1, 'x', 1, 5), sale(2, 'y', 1, 6)], minute(9))
    await send(visits, [], minute(9))
    await settle()
    await makeTables(A, tablesOf(sales))
    await send(sales, [sale(1, 'x', 1, 5)])
    await settle()
    const { records, as_of } = await derived()
    expect(records.map(({ who }) => who)).toEqual(['x'])
    expect(as_of).toBeNull()
  })

  it('claims no more than its input does after that was restored to an earlier state', async () => {
    await send(sales, [sale(1, 'x', 1, 5)], minute(9))
    await send(visits, [], minute(9))
    await settle()
    await makeTables(A, tablesOf(sales))
    await send(sales, [], minute(3))
    await settle()
    expect(await derived()).toEqual({ as_of: minute(3), records: [] })
  })

  it('sets records aside that its own contract refuses', async () => {
    await send(sales, [sale(1, 'x', 1, 5)], minute(9))
    await send(visits, [], minute(9))
    const wrong: Deriving = { ...deriving(), derivation: { ...derivation, build: () => ({ who: 'x' }) } }
    expect(await runStep(wrong)).toMatchObject({ built: 1, refused: 1, done: true })
    expect((await derived()).records).toEqual([])
  })

  it('sets aside what cannot be built, and builds its neighbours', async () => {
    await send(sales, [sale(1, 'x', 1, 5), sale(2, 'y', 1, 7)], minute(9))
    await send(visits, [], minute(9))
    const build: typeof derivation.build = (key, rows) => {
      if (key['who'] === 'x') throw new RangeError('a value that nobody thought of')
      return derivation.build(key, rows)
    }
    const faulty: Deriving = { ...deriving(), derivation: { ...derivation, build } }
    expect(await runStep(faulty)).toMatchObject({ built: 2, refused: 1 })
    expect((await derived()).records).toMatchObject([{ who: 'y' }])
    const errors = await C.prepare('SELECT errors FROM _quarantine').first<string>('errors')
    expect(errors).toMatch(/build_failed.*RangeError/)
    // It may be of a cell, and whoever checks a product sees reasons.
    expect(errors).not.toContain('nobody thought of')
  })

  it('ends in the state of a rebuild from nothing after any schedule of writes, runs, overlaps and crashes', async () => {
    const act = fc.oneof(
      fc.record({
        do: fc.constant('sale' as const),
        n: fc.nat(6),
        who: fc.option(fc.constantFrom('p', 'q', 'r')),
        rev: fc.nat(5),
        units: fc.nat(9),
      }),
      fc.record({ do: fc.constant('unsale' as const), n: fc.nat(6), rev: fc.nat(5) }),
      // Whose it is follows from its number: one that moved would be counted nowhere while only one of both records is built.
      fc.nat(6).map((n) => ({ do: 'visit' as const, n, who: n % 2 === 0 ? 'p' : 'q' })),
      fc.record({ do: fc.constant('run' as const) }),
      fc.record({ do: fc.constant('overlap' as const) }),
      fc.record({ do: fc.constant('interrupted' as const), at: fc.nat(8) }),
      fc.record({ do: fc.constant('crash' as const), at: fc.nat(12), committed: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
        await makeTables(A, tablesOf(sales))
        await makeTables(B, tablesOf(visits))
        await makeDerived()
        const claimed = new Map<string, number>()
        for (const [clock, step] of acts.entries()) {
          if (step.do === 'sale')
            await send(sales, [sale(step.n, step.who, step.rev, step.units)], minute(clock))
          if (step.do === 'unsale')
            await send(sales, [{ _deleted: true, sale_id: `s${step.n}`, rev: step.rev }], minute(clock))
          if (step.do === 'visit') await send(visits, [visit(step.n, step.who)], minute(clock))
          if (step.do === 'run') await runStep(deriving())
          if (step.do === 'overlap')
            await Promise.allSettled([runStep(deriving()), runStep(deriving()), runStep(deriving())])
          if (step.do === 'interrupted') {
            const meanwhile = async () => {
              await send(sales, [sale(clock % 7, 'p', clock, clock)])
              await runStep(deriving())
            }
            await runStep(deriving(interrupted(C, step.at, meanwhile))).catch(expectConflict)
          }
          if (step.do === 'crash')
            await runStep(deriving(failing(C, step.at, step.committed))).catch(expectCrash)
          if (step.do === 'visit') claimed.set(minute(clock), await count(B))
          await noFalseGreen(claimed)
        }
        await settle()
        const followed = await derived()
        await makeDerived()
        await settle()
        expect(followed).toEqual(await derived())
      }),
      dearRuns(20, 20),
    )
  }, 600_000)
})

const count = async (db: D1Database): Promise<number> =>
  (await db.prepare('SELECT count(*) AS n FROM records WHERE _deleted = 0').first<number>('n')) ?? 0

/** Visits are only ever added: a derived watermark that a claim of theirs reached must count what was in by then. */
async function noFalseGreen(claimed: ReadonlyMap<string, number>): Promise<void> {
  const { as_of, records } = await derived()
  if (as_of === null) return
  const due = [...claimed].filter(([at]) => at <= as_of).map(([, n]) => n)
  expect(records.reduce((sum, person) => sum + person.visits, 0)).toBeGreaterThanOrEqual(Math.max(0, ...due))
}

/** A database that is lost at one of its batches, before or after the commit. */
function failing(db: D1Database, at: number, committed: boolean): D1Database {
  let batches = 0
  const lost = new Error('D1_ERROR: Network connection lost')
  return withBatch(db, async (statements) => {
    const crash = batches++ === at
    if (crash && !committed) throw lost
    const results = await db.batch(statements)
    if (crash) throw lost
    return results
  })
}

const withBatch = (
  db: D1Database,
  batch: (statements: D1PreparedStatement[]) => Promise<unknown>,
): D1Database =>
  new Proxy(db, {
    get: (target, property) =>
      property === 'batch'
        ? batch
        : property === 'prepare'
          ? (query: string) => target.prepare(query)
          : undefined,
  })

/** How many batches a run of one row an input makes: what is interrupted later is not interrupted. */
async function batchesOfARun(): Promise<number> {
  await makeDerived()
  let batches = 0
  const counting = withBatch(C, async (statements) => {
    batches++
    return C.batch(statements)
  })
  await runStep(deriving(counting))
  return batches
}

/** A database that lets something else happen just before one of its batches. */
function interrupted(db: D1Database, at: number, meanwhile: () => Promise<void>): D1Database {
  let batches = 0
  return withBatch(db, async (statements) => {
    if (batches++ === at) await meanwhile()
    return db.batch(statements)
  })
}

const expectConflict = (error: unknown): void => expect(error).toMatchObject({ code: 'run_conflict' })

const expectCrash = (error: unknown): void => expect(String(error)).toContain('Network connection lost')
