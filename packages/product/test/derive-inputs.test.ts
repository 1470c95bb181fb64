/** What an input may say, and what a derivation may be made of. */
import { defineProduct, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { derive, type Derivation } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { runStep } from '../src/derive/run.ts'
import { tablesOf } from '../src/table/tables.ts'
import { withinLimits } from '../src/testing/d1-limits.ts'
import { described } from './described.ts'
import { MemoryFeed } from './feed-in-memory.ts'
import { makeTables } from './make-tables.ts'

const { C } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const db = withinLimits(C)
const frame = {
  ...described,
  eventTime: 'at',
} as const
const orders = defineProduct({
  ...frame,
  id: 'a.orders',
  fields: { o: text('O'), bill: text('B'), ship: text('S'), at: time('T') },
  key: ['o'],
})
const customers = defineProduct({
  ...frame,
  id: 'b.customers',
  fields: { who: text('W'), at: time('T'), country: text('C') },
  key: ['who'],
})
const inputs = [
  { product: 'a.orders', major: 1 },
  { product: 'b.customers', major: 1 },
]
const outOf = (read: typeof inputs) =>
  defineProduct({
    ...frame,
    id: 'd.out',
    fields: { o: text('O'), at: time('T'), country: text('N') },
    key: ['o'],
    inputs: read,
  })
const ordersRead = input(orders, { by: ['o'], fields: ['bill', 'ship', 'at'], last: 1 })
const derivation = derive({
  out: outOf(inputs),
  key: ['o'],
  inputs: {
    orders: ordersRead,
    customers: input(customers, { via: 'orders', by: { bill: 'who' }, fields: ['country'], last: 1 }),
  },
  build: ({ o }, { orders: [order], customers: [customer] }) =>
    order && { o, at: order.at, country: customer?.country ?? '' },
})
const at = '2026-01-01T00:00:00.000Z'
const order = (o: string, bill: string) => ({ o, bill, ship: bill, at })

let feeds: Record<string, MemoryFeed>
const step = (of: Derivation = derivation) =>
  runStep({
    db,
    derivation: of,
    readFeed: async ({ id: of }, after, limit) => feeds[of]?.read(after, limit),
    now: () => Date.UTC(2026, 6, 1),
    newIncarnation: () => 'one',
  })
const settle = async (of?: Derivation) => {
  for (let run = 0; run < 9; run++) if ((await step(of)).done) return
}
const stored = async (query: string) => (await db.prepare(query).all()).results
const records = () => stored('SELECT o, country FROM records WHERE _deleted = 0 ORDER BY o')

beforeEach(async () => {
  await makeTables(db, [...tablesOf(derivation.out), ...derivationTables(derivation)])
  feeds = { 'a.orders': new MemoryFeed('o'), 'b.customers': new MemoryFeed('who') }
  for (const feed of Object.values(feeds)) feed.asOf = at
  feeds['b.customers']?.put({ who: 'k', at, country: 'AT' })
  feeds['a.orders']?.put(order('1', 'k'))
})

it('is of each product once: one place in its feed is kept', () => {
  expect(() =>
    derive({
      out: outOf([...inputs, { product: 'b.customers', major: 1 }]),
      key: ['o'],
      inputs: {
        orders: ordersRead,
        billed: input(customers, { via: 'orders', by: { bill: 'who' }, fields: ['country'], last: 1 }),
        shipped: input(customers, { via: 'orders', by: { ship: 'who' }, fields: ['country'], last: 1 }),
      },
      build: () => undefined,
    }),
  ).toThrow(/two inputs are of b\.customers/)
})

it('is followed by another field from the version on that says so, in all records', async () => {
  const shipped = derive({
    out: outOf(inputs),
    key: ['o'],
    inputs: {
      orders: ordersRead,
      customers: input(customers, { via: 'orders', by: { ship: 'who' }, fields: ['country'], last: 1 }),
    },
    build: ({ o }, { orders: [found], customers: [{ country } = { country: '' }] }) =>
      found && { o, at: found.at, country },
  })
  feeds['a.orders']?.put({ o: '1', bill: 'k', ship: 'j', at })
  feeds['b.customers']?.put({ who: 'j', at, country: 'CH' })
  await settle()
  expect(await records()).toEqual([{ o: '1', country: 'AT' }])
  await settle(shipped)
  expect(await records()).toEqual([{ o: '1', country: 'CH' }])
})

it('changes in many rows at once whose keys are as long as they may be', async () => {
  // A quotation mark has two bytes as JSON, and four as JSON in JSON.
  const long = (n: number) => `${'"'.repeat(1_000)}${n}`
  const count = async () => stored('SELECT country, count(*) AS n FROM records WHERE _deleted = 0 GROUP BY 1')
  for (const country of ['CH', 'DE']) {
    for (let n = 0; n < 1_200; n++) feeds['a.orders']?.put(order(long(n), long(n % 600)))
    for (let n = 0; n < 600; n++) feeds['b.customers']?.put({ who: long(n), at, country })
    await settle()
    expect(await count()).toEqual([{ country: 'AT', n: 1 }, { country, n: 1_200 }]) // prettier-ignore
  }
})

it('shows no row set aside that its input no longer has', async () => {
  const setAside = () => stored("SELECT id FROM _quarantine WHERE source = 'a.orders'")
  feeds['a.orders']?.put({ o: '2', bill: 'k', ship: 'k', at: 7 })
  await settle()
  expect(await setAside()).toHaveLength(1)
  feeds['a.orders']?.restore(({ o }) => o === '1')
  await settle()
  expect(await setAside()).toEqual([])
  expect(await records()).toEqual([{ o: '1', country: 'AT' }])
})

it('claims no moment that its input takes back', async () => {
  const moment = () => stored("SELECT as_of, next_as_of FROM _progress WHERE name = 'b.customers'")
  await settle()
  await settle()
  expect(await moment()).toEqual([{ as_of: at, next_as_of: null }])
  const [customer] = [feeds['b.customers']]
  if (customer) customer.asOf = null
  await settle()
  expect(await moment()).toEqual([{ as_of: null, next_as_of: null }])
  const [before] = await stored('SELECT run FROM _state')
  await step()
  // Nothing is written again and again for what is known.
  expect(Number((await stored('SELECT run FROM _state'))[0]?.['run'])).toBe(Number(before?.['run']) + 2)
  if (customer) customer.asOf = at
  await settle()
  await settle()
  expect(await moment()).toEqual([{ as_of: at, next_as_of: null }])
})

describe('a text that no key has', () => {
  const malformed = '\ud800'
  const long = 'k'.repeat(2_045)

  it.each([
    ['malformed, in the key of a record', 'a.orders', order(malformed, 'k')],
    ['malformed, in what is followed by', 'b.customers', { who: malformed, at, country: 'DE' }],
    ['too long, in the key of a record', 'a.orders', order(long, 'k')],
    ['too long, in what is followed by', 'b.customers', { who: long, at, country: 'DE' }],
  ])('%s is set aside, and keeps nobody from going on', async (_, product, row) => {
    feeds[product]?.put(row)
    await settle()
    await settle()
    expect(await records()).toEqual([{ o: '1', country: 'AT' }])
    expect(await stored('SELECT * FROM _dirty')).toEqual([])
    expect(await stored('SELECT as_of FROM _progress WHERE name NOT LIKE "\\_%" ESCAPE "\\"')).toEqual([{ as_of: at }, { as_of: at }]) // prettier-ignore
    const [set] = await stored('SELECT errors FROM _quarantine')
    expect(set?.['errors']).toContain('input_against_contract')
    feeds['b.customers']?.put({ who: 'k', at, country: 'CH' })
    await settle()
    expect(await records()).toEqual([{ o: '1', country: 'CH' }])
  })
})
