/** Inputs that a later version of a derivation reads no more: nobody would take an erasure over into what was mirrored of them. */
import { defineProduct, id, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { derive, type Derivation } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { runStep } from '../src/derive/run.ts'
import { tablesOf } from '../src/table/tables.ts'
import { described } from './described.ts'
import { MemoryFeed } from './feed-in-memory.ts'
import { makeTables } from './make-tables.ts'

const { C: db } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const frame = { ...described, key: ['k'], eventTime: 'at' } as const
const orders = defineProduct({ ...frame, id: 'a.orders', fields: { k: id('K'), at: time('T') } })
const people = { ...frame, fields: { k: id('K'), at: time('T'), country: text('C') } }
const customers = defineProduct({ ...people, id: 'b.customers' })
const members = defineProduct({ ...people, id: 'c.members' })
const outOf = (...products: string[]) =>
  defineProduct({
    ...frame,
    id: 'd.out',
    fields: { k: id('K'), at: time('T'), country: text('C') },
    inputs: products.map((product) => ({ product, major: 1 })),
  })
const ordersRead = input(orders, { by: ['k'], fields: ['at'], last: 1 })
const alone = derive({
  out: outOf(orders.id),
  key: ['k'],
  inputs: { orders: ordersRead },
  build: ({ k }, { orders: [order] }) => order && { k, at: order.at, country: 'none' },
})
const ofPeople = (product: typeof customers) =>
  derive({
    out: outOf(orders.id, product.id),
    key: ['k'],
    inputs: { orders: ordersRead, people: input(product, { by: ['k'], fields: ['country'], last: 1 }) },
    build: ({ k }, { orders: [order], people: [person] }) =>
      order && { k, at: order.at, country: person?.country ?? '' },
  })
const ofCustomers = ofPeople(customers)
const ofMembers = ofPeople(members)

const at = '2026-01-01T00:00:00.000Z'
const ROWS = 30
let feeds: Record<string, MemoryFeed>
const step = (derivation: Derivation) =>
  runStep({
    db,
    derivation,
    readFeed: async ({ id: of }, after, limit) => feeds[of]?.read(after, limit),
    now: () => Date.UTC(2026, 6, 1),
    newIncarnation: () => 'one',
    bounds: { sweepRows: 7 },
  })
const settle = async (derivation: Derivation) => {
  for (let run = 0; run < 99; run++) if ((await step(derivation)).done) return
  throw new Error('the derivation does not settle')
}
const stored = async (query: string) => (await db.prepare(query).all()).results
const countries = () =>
  stored('SELECT country, count(*) AS n FROM records WHERE _deleted = 0 GROUP BY 1 ORDER BY 1')
const mirrored = () => db.prepare('SELECT count(*) AS n FROM _in_people').first('n')
const runs = () => db.prepare('SELECT run FROM _state').first('run')

beforeEach(async () => {
  await makeTables(db, [...tablesOf(ofCustomers.out), ...derivationTables(ofCustomers)])
  feeds = Object.fromEntries([orders, customers, members].map(({ id: of }) => [of, new MemoryFeed('k')]))
  for (let n = 0; n < ROWS; n++) feeds[orders.id]?.put({ k: `k${n}`, at })
  for (let n = 0; n < ROWS; n++) feeds[customers.id]?.put({ k: `k${n}`, at, country: 'AT' })
  for (let n = 0; n < 3; n++) feeds[members.id]?.put({ k: `k${n}`, at, country: 'CH' })
  await settle(ofCustomers)
})

it('leave the database in a few runs, and cost nothing then', async () => {
  expect(await countries()).toEqual([{ country: 'AT', n: ROWS }])
  feeds[customers.id]?.put({ k: 'wrong', at: 7 })
  await settle(ofCustomers)
  expect(await stored('SELECT source FROM _quarantine')).toEqual([{ source: customers.id }])
  await settle(alone)
  for (let left = await mirrored(); left !== 0; left = await mirrored()) {
    await step(alone)
    expect(await mirrored()).toBe(Math.max(0, Number(left) - 7))
  }
  expect(await stored('SELECT name FROM _progress WHERE name NOT LIKE "\\_%" ESCAPE "\\"')).toEqual([{ name: orders.id }])
  expect(await stored('SELECT source FROM _quarantine')).toEqual([])
  const before = Number(await runs())
  await step(alone)
  expect(await runs()).toBe(before + 1)
}) // prettier-ignore

it.each([0, 1, 99])('are read anew when a version after %i runs reads them again', async (after) => {
  for (let run = 0; run < after; run++) await step(alone)
  feeds[customers.id]?.put({ k: 'k0', at, country: 'DE' })
  await settle(ofCustomers)
  expect(await countries()).toEqual([{ country: 'AT', n: ROWS - 1 }, { country: 'DE', n: 1 }])
}) // prettier-ignore

it('are not taken for another product that is read under their name', async () => {
  await settle(ofMembers)
  expect(await countries()).toEqual([{ country: '', n: ROWS - 3 }, { country: 'CH', n: 3 }])
  await settle(ofCustomers)
  expect(await countries()).toEqual([{ country: 'AT', n: ROWS }])
}) // prettier-ignore
