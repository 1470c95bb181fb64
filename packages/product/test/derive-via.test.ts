/** Inputs that another input leads to: what is built is what plain code builds of the inputs as they are. */
import { defineProduct, id, int, oneOf, text, time, type Row } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { derive, type Derivation } from '../src/derive/derivation.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import type { RunBounds } from '../src/derive/budget.ts'
import { input } from '../src/derive/input.ts'
import { runStep } from '../src/derive/run.ts'
import { migration, readSchema } from '../src/table/schema.ts'
import { tablesOf } from '../src/table/tables.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { described } from './described.ts'
import { MemoryFeed } from './feed-in-memory.ts'
import { lost } from './lost-database.ts'
import { makeTables } from './make-tables.ts'

const frame = {
  ...described,
  eventTime: 'at',
} as const
const payments = defineProduct({
  ...frame,
  id: 'a.payments',
  fields: {
    pay: id('P'),
    card: id('C'),
    ordered: id('O', { nullable: true }),
    at: time('T'),
    kind: oneOf(['in', 'out'], 'Kind'),
  },
  key: ['pay'],
})
const orders = defineProduct({
  ...frame,
  id: 'b.orders',
  fields: { order: id('O'), customer: id('C', { nullable: true }), at: time('T'), note: text('Note') },
  key: ['order'],
})
const customers = defineProduct({
  ...frame,
  id: 'c.customers',
  fields: { who: id('C'), at: time('T'), country: text('Country') },
  key: ['who'],
})
const out = defineProduct({
  ...frame,
  id: 'd.cards',
  fields: { card: id('Card'), at: time('T'), n: int('Payments'), from: text('Orders and countries, as they are seen') },
  key: ['card'],
  inputs: ['a.payments', 'b.orders', 'c.customers'].map((product) => ({ product, major: 1 })),
}) // prettier-ignore
const inputs = {
  payments: input(payments, { by: ['card'], fields: ['ordered', 'kind', 'at'], last: 2, each: 'kind' }),
  orders: input(orders, {
    via: 'payments',
    by: { ordered: 'order' },
    fields: ['order', 'customer'],
    last: 1,
  }),
  customers: input(customers, { via: 'orders', by: { customer: 'who' }, fields: ['country'], last: 1 }),
}
const derivation = derive({
  out,
  key: ['card'],
  inputs,
  build: ({ card }, rows): Row<typeof out> | undefined => {
    const at = rows.payments.at(-1)?.at
    if (at === undefined) return undefined
    const from = [...rows.orders.map(({ order }) => order), ...rows.customers.map(({ country }) => country)]
    return { card, at, n: rows.payments.length, from: from.join() }
  },
})
const alone = { payments: inputs.payments, orders: inputs.orders }

const { C: db } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const payment = (pay: string, card: string, ordered: string | null, at = 0, kind = 'in') => ({
  pay,
  card,
  ordered,
  kind,
  at: minute(at),
})
const order = (of: string, customer: string | null, at = 0) => ({
  order: of,
  customer,
  at: minute(at),
  note: 'n',
})
const customer = (who: string, country: string, at = 0) => ({ who, country, at: minute(at) })

const newFeeds = () => ({
  payments: new MemoryFeed('pay'),
  orders: new MemoryFeed('order'),
  customers: new MemoryFeed('who'),
})
type Feeds = ReturnType<typeof newFeeds>
const step = (feeds: Feeds, bounds: Partial<RunBounds> = {}, of: Derivation = derivation, database = db) =>
  runStep({
    db: database,
    derivation: of,
    readFeed: async (contract, after, limit) => feeds[nameOf(contract.id)].read(after, limit),
    now: () => Date.UTC(2026, 6, 1),
    newIncarnation: () => 'one',
    bounds,
  })
const nameOf = (product: string) => product.slice(2) as keyof Feeds // as the contracts above are called
const settle = async (feeds: Feeds, bounds?: Partial<RunBounds>, of?: Derivation) => {
  for (let n = 1; n < 300; n++) if ((await step(feeds, bounds, of)).done) return n
  throw new Error('the derivation does not settle')
}
const built = async () =>
  (await db.prepare('SELECT card, at, n, "from" FROM records WHERE _deleted = 0 ORDER BY card').all()).results

/** What plain code builds. */
function expected(feeds: Feeds): unknown[] {
  const sorted = (rows: readonly Readonly<Record<string, unknown>>[], key: string) =>
    rows.toSorted((a, b) => (`${String(a['at'])} ${String(a[key])}` < `${String(b['at'])} ${String(b[key])}` ? -1 : 1))
  const groups = Map.groupBy(sorted(feeds.payments.records, 'pay'), ({ card }) => String(card))
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([card, rows]) => {
      const last = rows.filter((row) => rows.filter(({ kind }) => kind === row['kind']).slice(-2).includes(row))
      const paid = sorted(feeds.orders.records, 'order').filter((row) => last.some(({ ordered }) => ordered === row['order']))
      const whose = sorted(feeds.customers.records, 'who').filter(({ who }) => paid.some((row) => row['customer'] === who))
      const from = [...paid.map((row) => row['order']), ...whose.map(({ country }) => country)].join()
      return { card, at: last.at(-1)?.['at'], n: last.length, from }
    })
} // prettier-ignore

beforeEach(async () => makeTables(db, [...tablesOf(out), ...derivationTables(derivation)]))

describe('an input that another one leads to', () => {
  it('is found through rows that are found through rows, and a change of any of them is followed', async () => {
    const feeds = newFeeds()
    feeds.payments.put(payment('1', 'x', 'o1', 1))
    feeds.payments.put(payment('2', 'x', 'o2', 2))
    feeds.payments.put(payment('3', 'y', 'o2', 3))
    feeds.orders.put(order('o1', 'k'))
    feeds.orders.put(order('o2', 'k', 1))
    feeds.customers.put(customer('k', 'AT'))
    await settle(feeds)
    // One customer that two orders lead to is seen once.
    expect(await built()).toMatchObject([{ from: 'o1,o2,AT' }, { from: 'o2,AT' }])
    feeds.customers.put(customer('k', 'CH'))
    await settle(feeds)
    expect(await built()).toMatchObject([{ from: 'o1,o2,CH' }, { from: 'o2,CH' }])
    feeds.orders.put(order('o2', 'l', 1))
    feeds.customers.put(customer('l', 'DE', 1))
    await settle(feeds)
    expect(await built()).toMatchObject([{ from: 'o1,o2,CH,DE' }, { from: 'o2,DE' }])
    feeds.payments.put(payment('1', 'x', null, 1))
    feeds.customers.remove('k')
    const report = await step(feeds)
    expect(report).toMatchObject({ done: true, inputs: { 'c.customers': { changes: 1, behind: false } } })
    expect(await built()).toMatchObject([{ from: 'o2,DE' }, { from: 'o2,DE' }])
  })

  it('changes thousands of records in bounded steps, and its watermark waits for the last', async () => {
    const feeds = newFeeds()
    for (let n = 0; n < 2_500; n++) feeds.payments.put(payment(`p${n}`, `c${n}`, `o${n % 1_250}`))
    for (let n = 0; n < 1_250; n++) feeds.orders.put(order(`o${n}`, 'k'))
    feeds.customers.put(customer('k', 'AT'))
    await settle(feeds)
    feeds.customers.put(customer('k', 'CH'))
    feeds.customers.asOf = minute(5)
    const first = await step(feeds, { builds: 2 })
    expect(first).toMatchObject({ done: false, inputs: { 'c.customers': { changes: 1, as_of: null } } })
    expect(first.rows_read).toBeLessThan(20_000)
    let turns = 0
    while (!(await step(feeds)).done) turns++
    expect(turns).toBeLessThan(3)
    expect(await db.prepare(`SELECT count(*) AS n FROM records WHERE "from" LIKE '%CH'`).first('n')).toBe(
      2_500,
    )
    expect((await step(feeds)).inputs['c.customers']).toMatchObject({ as_of: minute(5), behind: false })
  })

  it('changes again while it is followed, for all the same', async () => {
    const feeds = newFeeds()
    for (let n = 0; n < 6; n++) feeds.payments.put(payment(`p${n}`, `c${n}`, `o${n}`))
    for (let n = 0; n < 6; n++) feeds.orders.put(order(`o${n}`, 'k'))
    feeds.customers.put(customer('k', 'AT'))
    await settle(feeds)
    for (const country of ['CH', 'DE']) {
      feeds.customers.put(customer('k', country))
      await step(feeds, { builds: 5, walkRows: 2 })
    }
    await settle(feeds, { walkRows: 2 })
    expect(await built()).toEqual(expected(feeds))
  })

  it('changes in many rows at once, each of which leads from a few, in a few steps', async () => {
    const feeds = newFeeds()
    for (let n = 0; n < 900; n++) feeds.payments.put(payment(`p${n}`, `c${n}`, `o${n}`))
    for (let n = 0; n < 900; n++) feeds.orders.put(order(`o${n}`, `k${n}`))
    await settle(feeds)
    for (let n = 0; n < 900; n++) feeds.customers.put(customer(`k${n}`, 'AT'))
    expect(await settle(feeds)).toBe(1)
    expect(await built()).toEqual(expected(feeds))
  })

  it('is filled first without a mark for each of its rows; what was built before is built anew at its end', async () => {
    await makeTables(db, tablesOf(out))
    const marked = async () => db.prepare('SELECT count(*) AS n FROM _walks').first('n')
    const before = derive({ out: { ...out, inputs: out.inputs?.slice(0, 2) ?? [] }, key: ['card'], inputs: alone, build: ({ card }, { payments: [row] }) => row && { card, at: row.at, n: 0, from: '' } }) // prettier-ignore
    const deploy = async (of: Derivation) => {
      const schema = await readSchema(async (sql) => (await db.prepare(sql).all()).results)
      const statements = migration([...tablesOf(out), ...derivationTables(of)], schema)
      if (statements.length > 0) await db.batch(statements.map((sql) => db.prepare(sql)))
    }
    const feeds = newFeeds()
    for (let n = 0; n < 4; n++) feeds.payments.put(payment(`p${n}`, `c${n}`, `o${n}`))
    for (let n = 0; n < 4; n++) feeds.orders.put(order(`o${n}`, `k${n}`))
    for (let n = 0; n < 4; n++) feeds.customers.put(customer(`k${n}`, 'AT'))
    await deploy(before)
    await step(feeds, { builds: 0 }, before)
    expect(await marked()).toBe(0)
    await settle(feeds, {}, before)
    await deploy(derivation)
    await step(feeds, { builds: 0, pages: 1, pageRows: 2 })
    expect(await marked()).toBe(0)
    await settle(feeds)
    expect(await built()).toEqual(expected(feeds))
    // Back again: an input that is read no more keeps nothing waiting.
    await settle(feeds, {}, before)
    feeds.payments.put(payment('p0', 'c0', 'o0', 9))
    await settle(feeds, {}, before)
    expect(await built()).toContainEqual({ card: 'c0', at: minute(9), n: 0, from: '' })
  })

  it.each<[string, object]>([
    ['no input', { via: { input: 'sales', kinds: { customer: 'id' } } }],
    ['a field that is not read', { via: { input: 'orders', kinds: { note: 'text' } } }],
    ['a field of another kind', { via: { input: 'payments', kinds: { kind: 'id' } } }],
    ['no field', { via: { input: 'orders', kinds: {} } }],
    ['itself', { via: { input: 'customers', kinds: { country: 'id' } } }],
  ])('is refused when %s leads to it', (_, wrong) => {
    const options = { out, key: ['card'], inputs: { ...inputs, customers: { ...inputs.customers, ...wrong } }, build: () => undefined }
    expect(() => derive(options as never)).toThrow(/d\.cards: input customers/)
  }) // prettier-ignore

  it('is refused when it leads to what leads to it', () => {
    const round = { ...inputs.orders, via: { input: 'customers', kinds: { country: 'text' } }, by: ['note'] }
    const options = { out, key: ['card'], inputs: { ...inputs, orders: round }, build: () => undefined }
    expect(() => derive(options as never)).toThrow(/is read via it/)
  })

  it('is checked by the compiler', () => {
    const build = () => undefined
    const common = { out, key: ['card'], build } as const
    const ofCustomers = { fields: ['country'], last: 1 } as const
    const unread = input(customers, { via: 'orders', by: { note: 'who' }, ...ofCustomers })
    // @ts-expect-error -- note is not read of orders
    expect(() => derive({ ...common, inputs: { ...inputs, customers: unread } })).toThrow(TypeError)
    const unlike = input(customers, { via: 'orders', by: { customer: 'country' }, ...ofCustomers })
    // @ts-expect-error -- an id is compared with a text
    expect(() => derive({ ...common, inputs: { ...inputs, customers: unlike } })).toThrow(TypeError)
    const nowhere = input(customers, { via: 'sales', by: { customer: 'who' }, ...ofCustomers })
    // @ts-expect-error -- sales is no input
    expect(() => derive({ ...common, inputs: { ...inputs, customers: nowhere } })).toThrow(TypeError)
    const whole = input(customers, { via: 'orders', by: ['who'], ...ofCustomers })
    // @ts-expect-error -- no field of orders is named
    expect(() => derive({ ...common, inputs: { ...inputs, customers: whole } })).toThrow(TypeError)
    // @ts-expect-error -- customers have no field whom
    expect(() => input(customers, { via: 'orders', by: { customer: 'whom' }, ...ofCustomers })).toThrow(
      /whom/,
    )
  })
})

it('is what plain code builds after any schedule of changes, restores, runs, overlaps and crashes', async () => {
  const pay = fc.constantFrom('1', '2', '3', '4', '5', '6')
  const card = fc.constantFrom('x', 'y', 'z')
  const ordered = fc.option(fc.constantFrom('o1', 'o2', 'o3', 'o4'), { freq: 5 })
  const who = fc.constantFrom('k', 'l', 'm')
  const at = fc.nat(9)
  const name = fc.constantFrom('payments', 'orders', 'customers')
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('pay' as const), row: fc.tuple(pay, card, ordered, at, fc.constantFrom('in', 'out')) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('order' as const), row: fc.tuple(fc.constantFrom('o1', 'o2', 'o3', 'o4'), fc.option(who, { freq: 5 }), at) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('customer' as const), row: fc.tuple(who, fc.constantFrom('AT', 'CH', 'DE'), at) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), of: name, n: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), of: name, kept: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('run' as const), at: fc.option(fc.nat(12)), committed: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('overlap' as const) }) },
  ) // prettier-ignore
  const keys = { payments: 'pay', orders: 'order', customers: 'who' } as const
  const small = { pages: 2, pageRows: 2, builds: 2, buildKeys: 2, walkRows: 2, sweepRows: 2 }
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
      await makeTables(db, [...tablesOf(out), ...derivationTables(derivation)])
      const feeds = newFeeds()
      for (const each of acts) {
        if (each.do === 'pay') feeds.payments.put(payment(...each.row))
        if (each.do === 'order') feeds.orders.put(order(...each.row))
        if (each.do === 'customer') feeds.customers.put(customer(...each.row))
        if (each.do === 'remove') {
          const row = feeds[each.of].records[each.n]
          if (row) feeds[each.of].remove(String(row[keys[each.of]]))
        }
        if (each.do === 'restore') {
          const kept = each.kept.values()
          feeds[each.of].restore(() => kept.next().value ?? true)
        }
        if (each.do === 'run')
          await step(feeds, small, derivation, lost(db, each.at, each.committed)).catch((error: unknown) =>
            expect(String(error)).toContain('connection lost'),
          )
        if (each.do === 'overlap') await Promise.allSettled([step(feeds, small), step(feeds, small)])
      }
      await settle(feeds, small)
      expect(await built()).toEqual(expected(feeds))
    }),
    dearRuns(10, 25),
  )
}, 600_000)
