/** Inputs that are about a part of the key, and windows: what is built is what plain code builds of the inputs as they are. */
import { defineProduct, id, int, text, time, type Row } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { derive, type Derivation } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import type { RunBounds } from '../src/derive/budget.ts'
import { runStep } from '../src/derive/run.ts'
import { tablesOf } from '../src/table/tables.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { described } from './described.ts'
import { MemoryFeed } from './feed-in-memory.ts'
import { lost } from './lost-database.ts'
import { makeTables } from './make-tables.ts'

const sends = defineProduct({
  ...described,
  id: 'a.sends',
  fields: { k: id('K'), campaign: id('C', { nullable: true }), who: id('W'), at: time('T') },
  key: ['k'],
  eventTime: 'at',
})
const campaigns = defineProduct({
  ...described,
  id: 'b.campaigns',
  fields: { id: id('C'), at: time('T'), title: text('Title') },
  key: ['id'],
  eventTime: 'at',
})
const people = defineProduct({
  ...described,
  id: 'c.people',
  fields: { who: id('W'), at: time('T'), age: int('Age') },
  key: ['who'],
  eventTime: 'at',
})
const out = defineProduct({
  ...described,
  id: 'd.mailings',
  fields: {
    campaign: id('C'),
    who: id('W'),
    at: time('T'),
    n: int('Sends of the last ten minutes'),
    title: text('Title', { nullable: true }),
    age: int('Age', { nullable: true }),
  },
  key: ['campaign', 'who'],
  eventTime: 'at',
  inputs: ['a.sends', 'b.campaigns', 'c.people'].map((product) => ({ product, major: 1 })),
})
const inputs = {
  sends: input(sends, { by: ['campaign', 'who'], fields: ['at'], last: 3, within: 'PT10M' }),
  campaigns: input(campaigns, { by: { campaign: 'id' }, fields: ['title'], last: 1 }),
  people: input(people, { by: { who: 'who' }, fields: ['age'], last: 1 }),
}
const derivation = derive({
  out,
  key: ['campaign', 'who'],
  inputs,
  build: (key, rows): Row<typeof out> | undefined => {
    const at = rows.sends.at(-1)?.at
    if (at === undefined) return undefined
    return { ...key, at, n: rows.sends.length, title: rows.campaigns[0]?.title ?? null, age: rows.people[0]?.age ?? null }
  },
}) // prettier-ignore

const { C: db } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const send = (k: string, campaign: string | null, who: string, at: number) => ({
  k,
  campaign,
  who,
  at: minute(at),
})
const makeDerived = () => makeTables(db, [...tablesOf(out), ...derivationTables(derivation)])
const newFeeds = () =>
  new Map([
    [sends.id, new MemoryFeed('k')],
    [campaigns.id, new MemoryFeed('id')],
    [people.id, new MemoryFeed('who')],
  ] as [string, MemoryFeed][])

beforeEach(makeDerived)

type Feeds = ReturnType<typeof newFeeds>
const feedOf = (feeds: Feeds, { id: of }: { readonly id: string }): MemoryFeed => {
  const feed = feeds.get(of)
  if (!feed) throw new Error(`no feed of ${of}`)
  return feed
}
const step = (feeds: Feeds, bounds: Partial<RunBounds> = {}, of: Derivation = derivation, database = db) =>
  runStep({
    db: database,
    derivation: of,
    readFeed: async (contract, after, limit) => feedOf(feeds, contract).read(after, limit),
    now: () => Date.UTC(2026, 6, 1),
    newIncarnation: () => 'one',
    bounds,
  })
const settle = async (feeds: Feeds, bounds?: Partial<RunBounds>, of?: Derivation) => {
  for (let n = 0; n < 300; n++) if ((await step(feeds, bounds, of)).done) return
  throw new Error('the derivation does not settle')
}
const built = async () =>
  (
    await db
      .prepare(
        'SELECT campaign, who, at, n, title, age FROM records WHERE _deleted = 0 ORDER BY campaign, who',
      )
      .all()
  ).results

/** What plain code builds. */
function expected(feeds: Feeds): unknown[] {
  const rows = feedOf(feeds, sends).records.filter(({ campaign }) => campaign !== null)
  const groups = Map.groupBy(rows, ({ campaign, who }) => `${String(campaign)} ${String(who)}`)
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, own]) => {
      const [campaign, who] = group.split(' ')
      const times = own.map(({ at }) => String(at)).toSorted()
      const newest = times.at(-1) ?? ''
      const from = new Date(Date.parse(newest) - 600_000).toISOString()
      const titled = feedOf(feeds, campaigns).records.find((each) => each['id'] === campaign)
      const aged = feedOf(feeds, people).records.find((each) => each['who'] === who)
      const n = times.filter((at) => at >= from).slice(-3).length
      return { campaign, who, at: newest, n, title: titled?.['title'] ?? null, age: aged?.['age'] ?? null }
    })
}

describe('an input about a part of the key', () => {
  it('changes every record that it belongs to, and makes none', async () => {
    const feeds = newFeeds()
    feedOf(feeds, sends).put(send('1', 'c1', 'x', 1))
    feedOf(feeds, sends).put(send('2', 'c1', 'y', 2))
    feedOf(feeds, sends).put(send('3', 'c2', 'x', 3))
    feedOf(feeds, people).put({ who: 'z', at: minute(0), age: 9 })
    await settle(feeds)
    feedOf(feeds, campaigns).put({ id: 'c1', at: minute(0), title: 'Autumn' })
    feedOf(feeds, people).put({ who: 'x', at: minute(0), age: 40 })
    await settle(feeds)
    expect(await built()).toEqual(expected(feeds))
    expect(await built()).toMatchObject([
      { campaign: 'c1', who: 'x', title: 'Autumn', age: 40 },
      { campaign: 'c1', who: 'y', title: 'Autumn', age: null },
      { campaign: 'c2', who: 'x', title: null, age: 40 },
    ])
  })

  it('with thousands of records is followed in bounded steps, and its watermark waits for the last', async () => {
    const feeds = newFeeds()
    for (let n = 0; n < 2_500; n++) feedOf(feeds, sends).put(send(`s${n}`, 'c1', `w${n}`, 1))
    await settle(feeds)
    const feed = feedOf(feeds, campaigns)
    feed.put({ id: 'c1', at: minute(0), title: 'Spring' })
    feed.asOf = minute(5)
    const report = await step(feeds, { builds: 2 })
    expect(report).toMatchObject({ done: false, inputs: { 'b.campaigns': { changes: 1, as_of: null } } })
    expect(report.rows_read).toBeLessThan(20_000)
    await settle(feeds)
    expect(await db.prepare(`SELECT count(*) AS n FROM records WHERE title = 'Spring'`).first('n')).toBe(
      2_500,
    )
    expect((await step(feeds)).inputs['b.campaigns']).toMatchObject({ as_of: minute(5), behind: false })
  })

  it('is followed to its last record, however often it changes meanwhile', async () => {
    const feeds = newFeeds()
    for (let n = 0; n < 1_500; n++)
      feedOf(feeds, sends).put(
        send(`s${String(n).padStart(4, '0')}`, 'c1', `w${String(n).padStart(4, '0')}`, 1),
      )
    await settle(feeds)
    const feed = feedOf(feeds, campaigns)
    const bounds = { builds: 1, buildKeys: 2_000 }
    for (const title of ['1', '2', '3', '4']) {
      feed.put({ id: 'c1', at: minute(0), title })
      await step(feeds, bounds)
    }
    expect(Number((await built()).at(-1)?.['title'])).toBeGreaterThan(0)
    await settle(feeds)
    expect(new Set((await built()).map(({ title }) => title))).toEqual(new Set(['4']))
  })

  it.each<[string, object]>([
    ['names fewer fields than the key has', { ...inputs, people: { ...inputs.people, parts: undefined } }],
    ['names what is no part of the key', { ...inputs, people: { ...inputs.people, parts: ['age'] } }],
    ['is not beside one of the whole key', { ...inputs, sends: { ...inputs.sends, by: ['who'], parts: ['who'] } }],
    ['has a window that is none', { ...inputs, sends: { ...inputs.sends, within: 'P1Y' } }],
  ])('is refused when it %s', (_, wrong) => {
    const options = { out, key: ['campaign', 'who'], inputs: wrong, build: () => undefined }
    expect(() => derive(options as never)).toThrow(TypeError)
  }) // prettier-ignore

  it('is checked by the compiler', () => {
    // @ts-expect-error -- sends have no field whom
    input(sends, { by: { who: 'whom' }, fields: ['at'], last: 1 })
    const foreign = input(sends, { by: { whom: 'who' }, fields: ['at'], last: 1 })
    // @ts-expect-error -- whom is no part of the key
    expect(() => derive({ out, key: ['campaign', 'who'], inputs: { foreign }, build: () => undefined })).toThrow(TypeError) // prettier-ignore
  })
})

it('builds every key in its turn, however often those before it change', async () => {
  const feeds = newFeeds()
  const feed = feedOf(feeds, sends)
  for (const who of ['a', 'b', 'c', 'z']) feed.put(send(who, 'c1', who, 0))
  await settle(feeds)
  feed.put(send('z', 'c1', 'z', 9))
  for (let at = 1; at < 5; at++) {
    for (const who of ['a', 'b', 'c']) feed.put(send(who, 'c1', who, at))
    await step(feeds, { builds: 1, buildKeys: 1 })
  }
  expect((await built()).at(-1)).toMatchObject({ who: 'z', at: minute(9) })
})

it('forgets nothing that comes back into a window', async () => {
  const feeds = newFeeds()
  const feed = feedOf(feeds, sends)
  for (const at of [1, 5, 30]) feed.put(send(`s${at}`, 'c1', 'x', at))
  await settle(feeds)
  expect(await built()).toMatchObject([{ at: minute(30), n: 1 }])
  feed.remove('s30')
  await settle(feeds)
  expect(await built()).toMatchObject([{ at: minute(5), n: 2 }])
})

it('builds all records anew when the version of the contract is another one, and old ones serve meanwhile', async () => {
  const feeds = newFeeds()
  for (let n = 0; n < 6; n++) feedOf(feeds, sends).put(send(`s${n}`, 'c1', `w${n}`, 1))
  for (const feed of feeds.values()) feed.asOf = minute(9)
  await settle(feeds)
  await db.prepare(`INSERT INTO _quarantine (id, source, received_at, errors, row) VALUES ('1', 'build', '', '[]', '{}')`).run() // prettier-ignore
  const next: Derivation = {
    ...derivation,
    out: { ...out, version: '1.1.0' },
    build: (key, rows) => ({ ...(derivation.build(key, rows) as object), title: 'new' }),
  }
  const first = await step(feeds, { buildKeys: 2, builds: 2, pages: 4 }, next)
  expect(first).toMatchObject({ done: false, inputs: { 'a.sends': { as_of: minute(9) } } })
  await settle(feeds, {}, next)
  expect(new Set((await built()).map(({ title }) => title))).toEqual(new Set(['new']))
  expect(await db.prepare('SELECT count(*) AS n FROM _quarantine').first('n')).toBe(0)
})

it('is what plain code builds after any schedule of changes, restores, runs, overlaps and crashes', async () => {
  const who = fc.constantFrom('x', 'y')
  const campaign = fc.constantFrom('c1', 'c2')
  const key = fc.constantFrom('1', '2', '3', '4', '5', '6')
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), k: key, campaign: fc.option(campaign), who, at: fc.nat(30) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('unsend' as const), k: key }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('campaign' as const), id: campaign, title: fc.constantFrom('a', 'b', null) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('person' as const), who, age: fc.option(fc.nat(9)) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), of: fc.constantFrom(sends, campaigns, people), kept: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('run' as const), at: fc.option(fc.nat(12)), committed: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('overlap' as const) }) },
  ) // prettier-ignore
  const small = { pages: 2, pageRows: 2, builds: 2, buildKeys: 2, walkRows: 2, sweepRows: 2 }
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      await makeDerived()
      const feeds = newFeeds()
      for (const each of acts) {
        if (each.do === 'send') feedOf(feeds, sends).put(send(each.k, each.campaign, each.who, each.at))
        if (each.do === 'unsend') feedOf(feeds, sends).remove(each.k)
        if (each.do === 'campaign') {
          if (each.title === null) feedOf(feeds, campaigns).remove(each.id)
          else feedOf(feeds, campaigns).put({ id: each.id, at: minute(0), title: each.title })
        }
        if (each.do === 'person') {
          if (each.age === null) feedOf(feeds, people).remove(each.who)
          else feedOf(feeds, people).put({ who: each.who, at: minute(0), age: each.age })
        }
        if (each.do === 'restore') {
          const kept = each.kept.values()
          feedOf(feeds, each.of).restore(() => kept.next().value ?? true)
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
    dearRuns(5),
  )
}, 600_000)
