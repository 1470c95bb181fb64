/** Totals that protect persons: what they say to whom, and what they leave out. */
import { viewOf, type AccessClaims, type Scope, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, money, oneOf, text, time } from '@meshloop/contract'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { pagesOf } from './group-pages.ts'
import { makeTables } from './make-tables.ts'

const frame = {
  id: 'a.visits',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
} as const
const fields = {
  k: id('Key'),
  at: time('When'),
  shop: id('Shop', { nullable: true }),
  minutes: int('How long'),
  spent: money('Spent', { unit: 'currency', nullable: true }),
  currency: text('Currency', { nullable: true }),
  age: int('Age', { class: 'personal' }),
} as const
const measures = {
  visits: { means: 'Visits', count: true },
  minutes: { means: 'Minutes', sum: 'minutes' },
  spent: { means: 'Spent', sum: 'spent' },
  ages: { means: 'Ages', sum: 'age' },
  minutes_each: { means: 'Minutes of one', average: 'minutes' },
  minutes_by_visit: { means: 'The same', ratio: ['minutes', 'visits'] },
  last: { means: 'Newest', max: 'at' },
  first: { means: 'Oldest', min: 'age' },
  spent_each: { means: 'Spent by those who did', average: 'spent' },
  oldest_of: { means: 'Of the oldest', ratio: ['first', 'visits'] },
} as const
const now = defineProduct({
  ...frame,
  version: '2.0.0',
  fields: {
    ...fields,
    who: id('Who', { class: 'personal', nullable: true }),
    state: oneOf(['on', 'off'], 'State'),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['shop'],
  measures: { ...measures, people: { means: 'People', distinct: 'who' } },
  dimensions: ['shop', 'state', 'currency', 'age'],
  rollups: [{ by: ['shop'], measures: ['visits', 'minutes'] }],
  access: { groups: { least: 3, of: 'who', by: ['shop', 'state'] } },
})
const before = defineProduct({
  ...frame,
  version: '1.0.0',
  fields: {
    ...fields,
    visitor: id('Who', { class: 'personal', nullable: true }),
    open: oneOf(['yes', 'no'], 'State'),
  },
  key: ['k'],
  eventTime: 'at',
  measures: { ...measures, people: { means: 'People', distinct: 'visitor' } },
  dimensions: ['shop', 'open', 'currency', 'age'],
  access: { groups: { least: 3, of: 'visitor', by: ['shop', 'open'] } },
  projects: {
    major: 2,
    fields: { visitor: { from: 'who' }, open: { from: 'state', values: { on: 'yes', off: 'no' } } },
  },
})
const worker = serve({ contract: now, older: [before] })

let count = 0
/** Somebody's visit; each is another one. */
const visit = (who: string | null, shop: string | null, more: object = {}) => ({
  k: `k${count++}`,
  at: '2026-01-01T00:00:00.000Z',
  shop,
  minutes: 10,
  spent: null,
  currency: null,
  age: 30,
  who,
  state: 'on',
  ...more,
})
const visits = (shop: string, ...people: (string | null)[]) => people.map((who) => visit(who, shop))

interface Answer {
  readonly groups: Readonly<Record<string, unknown>>[]
  readonly truncated: boolean
  readonly protected?: object
}

const columnsWithout = (...hidden: string[]) =>
  Object.keys(now.fields).filter((each) => !hidden.includes(each))
const impersonal = { columns: columnsWithout('who', 'age'), rows: [] }

describe('protected totals', () => {
  let bench: Bench
  let older: Bench
  beforeAll(async () => {
    bench = await setUp(worker, now)
    older = await setUp(worker, before, undefined, now)
  })
  beforeEach(() => makeTables(bench.env.DB, worker.tables))

  const as = async (
    scope: Scope,
    view?: Omit<View, 'id'>,
    of: Bench = bench,
    more: Partial<AccessClaims> = {},
  ) => ({ headers: { authorization: `Bearer ${await of.token(scope, { ...(view && { view: await viewOf(view) }), ...more })}` } }) // prettier-ignore
  const totals = async (query: string, init?: RequestInit): Promise<Answer> =>
    bench.json<Answer>(`/aggregate?${query}`, init ?? (await as('aggregate')))
  const groups = async (query: string, init?: RequestInit) => (await totals(query, init)).groups

  it('leave small groups out of every answer, and say that something may be left out', async () => {
    await bench.send([...visits('big', 'a', 'b', 'c'), ...visits('small', 'd', 'e')])
    expect(await totals('by=shop&measures=visits,people')).toEqual({
      groups: [{ shop: 'big', visits: 3, people: 3 }],
      truncated: false,
      next_cursor: null,
      protected: { least: 3 },
    })
    for (const query of ['', 'by=state&', 'by=shop,state&', 'shop[in]=big,small&'])
      expect(await groups(`${query}measures=visits,minutes`), query).toMatchObject([
        { visits: 3, minutes: 30 },
      ])
    for (const query of ['shop=small&', 'shop[in]=small,none&', 'state=off&'])
      expect(await groups(`${query}measures=visits,minutes`), query).toEqual([{ visits: 0, minutes: 0 }])
    expect(await groups('by=shop&shop=small&measures=visits')).toEqual([])
    expect(await groups('by=shop&limit=1&measures=visits')).toEqual([{ shop: 'big', visits: 3 }])
    expect(await totals('by=shop&limit=1')).toMatchObject({ truncated: false })
  })

  it('come in pages as in one answer, and no page tells of a small group', async () => {
    await bench.send([...visits('big', 'a', 'b', 'c'), ...visits('other', 'a', 'b', 'c', 'd'), ...visits('small', 'd', 'e')]) // prettier-ignore
    for (const query of ['by=shop', 'by=shop&sort=-visits', 'by=shop,state&sort=people']) {
      const all = await groups(query)
      expect(all).toHaveLength(2)
      expect(await pagesOf(bench, `/aggregate?${query}`, 1, await as('aggregate'))).toEqual(all)
    }
  })

  it.each<[string, (readonly [who: string | null, minutes: number])[], object]>([
    ['who is counted waits for as many others', [['a', 1], ['b', 2], ['c', 4], ['d', 8], ['e', 16]], { visits: 3, minutes: 7, people: 3 }],
    ['the sixth completes a block', [['a', 1], ['b', 2], ['c', 4], ['d', 8], ['e', 16], ['f', 32]], { visits: 6, minutes: 63, people: 6 }],
    ['what somebody does again waits for others who do', [['a', 1], ['b', 2], ['c', 4], ['a', 8], ['b', 16], ['a', 32]], { visits: 3, minutes: 7, people: 3 }],
    ['with them it counts', [['a', 1], ['a', 2], ['b', 4], ['b', 8], ['c', 16], ['c', 32]], { visits: 6, minutes: 63, people: 3 }],
    ['one person with much is no group', [['a', 1], ['a', 2], ['a', 4], ['b', 8], ['b', 16]], { visits: 0, minutes: 0, people: 0 }],
    ['what is about nobody protects nobody', [['a', 1], ['b', 2], [null, 4], [null, 8]], { visits: 0, minutes: 0, people: 0 }],
  ])('%s', async (_what, all, expected) => {
    for (const [who, minutes] of all) await bench.send([visit(who, 'x', { minutes })])
    expect(await groups('measures=visits,minutes,people')).toEqual([expected])
  }) // prettier-ignore

  it('divide sums of whole blocks, and leave out what is one person’s', async () => {
    await bench.send(visits('x', 'a', 'b', 'c', 'd').map((each, n) => ({ ...each, minutes: 2 ** n })))
    const [group] = await groups('by=shop&sort=-minutes')
    expect(group).toEqual({ shop: 'x', currency: null, visits: 3, people: 3, minutes: 7, minutes_each: 7 / 3, minutes_by_visit: 7 / 3, spent: 0, ages: 90 }) // prettier-ignore
    expect(Object.keys((await groups('by=shop', await as('read')))[0] ?? {})).toHaveLength(13)
  })

  it('keep the order in which records came, whatever is corrected; what comes back is the newest', async () => {
    const all = visits('x', 'a', 'b', 'c', 'd')
    await bench.send(all)
    const sent = (n: number, more: object) => bench.send([{ ...all[n], ...more }])
    await sent(0, { at: '2026-01-02T00:00:00.000Z', minutes: 17, age: 31 })
    expect(await groups('measures=visits,minutes')).toEqual([{ visits: 3, minutes: 37 }])
    await sent(1, { at: '2026-01-02T00:00:00.000Z', minutes: 1000, shop: 'y' })
    expect(await groups('measures=visits,minutes')).toEqual([{ visits: 3, minutes: 37 }])
    const { k } = all[0] ?? {}
    await bench.send([{ k, at: '2026-01-03T00:00:00.000Z', _deleted: true }])
    expect(await groups('measures=visits,minutes')).toEqual([{ visits: 0, minutes: 0 }])
    await sent(0, { at: '2026-01-04T00:00:00.000Z', minutes: 100 })
    await bench.send(visits('x', 'e'))
    expect(await groups('measures=visits,minutes')).toEqual([{ visits: 3, minutes: 120 }])
  })

  it('are cut by currency wherever money can be asked for', async () => {
    const paid = (who: string, currency: string) => visit(who, 'x', { spent: 100, currency })
    await bench.send([...['a', 'b', 'c'].map((who) => paid(who, 'EUR')), paid('d', 'USD'), paid('e', 'USD')])
    expect(await groups('measures=visits')).toEqual([{ visits: 3 }])
    expect(await groups('measures=spent')).toEqual([{ currency: 'EUR', spent: 300 }])
    const unpriced = await as('aggregate', { columns: columnsWithout('currency'), rows: [] })
    expect(await groups('measures=visits', unpriced)).toEqual([{ visits: 3 }])
    expect((await bench.call('/aggregate?measures=spent', unpriced)).status).toBe(400)
  })

  it.each<[string, Scope, Omit<View, 'id'> | undefined, boolean]>([
    ['totals alone', 'aggregate', undefined, true],
    ['totals of some fields', 'aggregate', impersonal, true],
    ['everything', 'read', undefined, false],
    ['records without persons', 'read', impersonal, false],
    ['some records', 'read', { columns: null, rows: [{ field: 'shop', op: 'in', value: ['big', 'small'] }] }, false],
  ])('are for who is shown %s', async (_what, scope, view, isProtected) => {
    await bench.send([...visits('big', 'a', 'b', 'c'), ...visits('small', 'd')])
    const init = await as(scope, view)
    const answer = await totals('by=shop&measures=visits', init)
    expect(answer.groups).toHaveLength(isProtected ? 1 : 2)
    expect(answer.protected).toEqual(isProtected ? { least: 3 } : undefined)
    const csv = await bench.call('/aggregate?by=shop&measures=visits', { headers: { ...init.headers, accept: 'text/csv' } })
    expect(await csv.text()).toBe(`shop,visits\r\nbig,3\r\n${isProtected ? '' : 'small,1\r\n'}`)
    expect(csv.headers.get('meshloop-least')).toBe(isProtected ? '3' : null)
  }) // prettier-ignore

  it('are not of a contract without a rule', async () => {
    const { access: _, ...free } = now
    const other = await setUp(serve({ contract: { ...free, version: '2.0.0' } }), free)
    await other.send(visits('small', 'a'))
    const answer = await other.json<Answer>(
      '/aggregate?measures=visits',
      await as('aggregate', undefined, other),
    )
    expect(answer).toEqual({ groups: [{ visits: 1 }], truncated: false, next_cursor: null })
  })

  it('count the rows of a view alone', async () => {
    await bench.send([...visits('x', 'a', 'b'), visit('c', 'x', { state: 'off' }), ...visits('y', 'c')])
    const rows = [{ field: 'shop', op: 'eq', value: 'x' } as const]
    expect(await groups('measures=visits', await as('aggregate', { columns: null, rows }))).toEqual([{ visits: 0 }]) // prettier-ignore
    await bench.send(visits('x', 'c'))
    expect(await groups('measures=visits', await as('aggregate', { columns: null, rows }))).toEqual([{ visits: 3 }]) // prettier-ignore
  })

  it.each([
    ['at[gte]=2026-01-01T00:00:00.000Z', 'parameter_unknown'],
    ['k=k1', 'parameter_unknown'],
    ['shop[gt]=a', 'parameter_unknown'],
    ['who=a', 'parameter_unknown'],
    ['currency=EUR', 'parameter_unknown'],
    ['by=currency', 'parameter_invalid'],
    ['by=age', 'parameter_invalid'],
    ['by=who', 'parameter_invalid'],
    ['by=at.day', 'parameter_invalid'],
    ['time_zone=Europe/Berlin', 'parameter_unknown'],
    ['sort=who', 'parameter_invalid'],
    // One person's values, or of however many have one.
    ['measures=last', 'parameter_invalid'],
    ['measures=first', 'parameter_invalid'],
    ['measures=spent_each', 'parameter_invalid'],
    ['measures=oldest_of', 'parameter_invalid'],
    ['sort=last', 'parameter_invalid'],
  ])('know no %s', async (query, code) => {
    const response = await bench.call(`/aggregate?${query}`, await as('aggregate'))
    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([400, code])
  })

  it.each(['measures=ages', 'measures=people', 'by=state'])('know no %s that is hidden', async (query) => {
    const init = await as('aggregate', { columns: columnsWithout('who', 'age', 'state'), rows: [] })
    const hidden = await bench.call(`/aggregate?${query}`, init)
    const none = await bench.call(`/aggregate?${query.replace(/=.*/, '=nothing')}`, init)
    const told = async (response: Response) =>
      (await response.text()).replaceAll(/nothing|ages|people|state/g, '')
    expect([hidden.status, await told(hidden)]).toEqual([none.status, await told(none)])
  })

  it('of a view that hides a dimension are of larger groups', async () => {
    await bench.send([...visits('x', 'a', 'b'), visit('c', 'x', { state: 'off' })])
    expect(await groups('measures=visits')).toEqual([{ visits: 0 }])
    const coarse = await as('aggregate', { columns: columnsWithout('state'), rows: [] })
    expect(await groups('by=shop&measures=visits', coarse)).toEqual([{ shop: 'x', visits: 3 }])
  })

  it('are the same in an older major, by its names', async () => {
    await bench.send([
      ...visits('x', 'a', 'b', 'c', 'd'),
      ...['a', 'b'].map((who) => visit(who, 'x', { state: 'off' })),
    ])
    const init = await as('aggregate', undefined, older)
    const look = async (query: string) => (await older.json<Answer>(`/aggregate?${query}`, init)).groups
    expect(await look('by=open&measures=visits,people')).toEqual([{ open: 'yes', visits: 3, people: 3 }])
    expect(await look('open=yes&measures=visits')).toEqual([{ visits: 3 }])
    expect(await look('open=no&measures=visits')).toEqual([{ visits: 0 }])
    expect((await older.call('/aggregate?state=on', init)).status).toBe(400)
  })

  it('are counted anew, and a rollup answers those who see persons', async () => {
    await bench.send(visits('x', 'a', 'b', 'c'))
    await bench.env.DB.prepare(`UPDATE _rollup_shop SET visits = 99`).run()
    expect(await groups('by=shop&measures=visits')).toMatchObject([{ visits: 3 }])
    expect(await groups('by=shop&measures=visits', await as('read'))).toMatchObject([{ visits: 99 }])
  })

  it('are not told beside records: with them they would tell which records are of one person', async () => {
    const answersOf = async (...people: string[]) => {
      await makeTables(bench.env.DB, worker.tables)
      await bench.send(people.map((who, n) => visit(who, 'x', { minutes: 2 ** n })))
      return groups('by=shop&measures=visits,minutes', await as('read', impersonal))
    }
    expect(await answersOf('a', 'a', 'b', 'c')).toEqual([{ shop: 'x', visits: 4, minutes: 15 }])
    expect(await answersOf('a', 'b', 'c', 'c')).toEqual([{ shop: 'x', visits: 4, minutes: 15 }])
  })

  it('stand still where all that changes is hidden', async () => {
    const all = visits('x', 'a', 'b', 'c', 'd')
    await bench.send(all.map((each, n) => ({ ...each, minutes: 2 ** n })))
    const init = await as('aggregate', { columns: columnsWithout('who', 'age', 'state', 'at'), rows: [] })
    const look = async () => {
      const response = await bench.call('/aggregate?by=shop', init)
      return [response.headers.get('etag'), await response.text()]
    }
    const first = await look()
    const later = { at: '2026-01-02T00:00:00.000Z', age: 99, state: 'off' }
    await bench.send([{ ...all[0], minutes: 1, ...later }])
    expect(await look()).toEqual(first)
    expect(first[1]).toContain('"visits":3,"minutes":7')
  })

  it('of two databases that differ in one person of a small group are equal, to the byte', async () => {
    const keep = count
    const answersOf = async (minutes: number) => {
      await makeTables(bench.env.DB, worker.tables)
      count = keep
      const small = { minutes, age: minutes, spent: minutes, currency: 'EUR' }
      await bench.send([...visits('big', 'a', 'b', 'c'), visit('d', 'small', small), visit('e', 'small')])
      await bench.send([visit('f', 'big', small)]) // the first of a block
      const told: unknown[] = []
      for (const view of [undefined, impersonal, { columns: null, rows: [] }])
        for (const query of [
          '',
          'by=shop',
          'by=state',
          'by=shop,state&shop[in]=small,big',
          'shop=small',
          'measures=people,minutes',
        ]) {
          // prettier-ignore
          const response = await bench.call(`/aggregate?${query}`, await as('aggregate', view))
          const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'ratelimit')
          told.push([query, response.status, headers, await response.text()])
        }
      return { told, whole: await bench.json('/aggregate?measures=minutes') }
    }
    const [one, other] = [await answersOf(1), await answersOf(1000)]
    expect(one.told).toEqual(other.told)
    expect(one.whole).not.toEqual(other.whole)
  })
})
