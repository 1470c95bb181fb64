/** Whoever reads an older major learns nothing of what only the newest one has: two databases that differ in that alone answer alike. */
import { viewOf, type View } from '@meshloop/access/claims'
import { defineProduct, id, oneOf, text, time } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp } from '../src/testing/bench.ts'
import { makeTables } from './make-tables.ts'

const frame = {
  id: 'a.orders',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
} as const
const now = defineProduct({
  ...frame,
  version: '2.0.0',
  fields: {
    k: id('Key'),
    at: time('When'),
    state: oneOf(['authorised', 'captured', 'lost', 'open'], 'State'),
    secret: text('New', { class: 'sensitive' }),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['state', 'secret'],
  measures: { orders: { means: 'Orders', count: true }, secrets: { means: 'S', distinct: 'secret' } },
  dimensions: ['state', 'secret'],
  rollups: [{ by: ['state'], measures: ['orders'] }],
  quality: { known: { means: 'No x', invalid: 'secret', valid: ['a'] } },
})
const before = defineProduct({
  ...frame,
  version: '1.0.0',
  fields: {
    k: id('Key'),
    at: time('When'),
    paid: oneOf(['yes', 'no'], 'Paid'),
    shop: id('Shop'),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['paid', 'shop'],
  measures: { orders: { means: 'Orders', count: true }, kinds: { means: 'Kinds', distinct: 'paid' } },
  dimensions: ['paid', 'shop'],
  projects: {
    major: 2,
    fields: {
      paid: { from: 'state', values: { authorised: 'yes', captured: 'yes', lost: 'no', open: 'no' } },
      shop: { constant: 'one' },
    },
  },
})
const worker = serve({ contract: now, older: [before] })

const row = (n: number, state: string, secret: string) => ({
  k: `k${n}`,
  at: `2026-01-0${n}T00:00:00.000Z`,
  state,
  secret,
})
const one = [
  row(1, 'authorised', 'a'),
  row(2, 'open', 'b'),
  row(3, 'captured', 'c'),
  row(4, 'lost', 'd'),
  row(5, 'captured', 'e'),
]
const other = [
  row(1, 'captured', 'z'),
  row(2, 'lost', 'z'),
  row(3, 'authorised', 'z'),
  row(4, 'open', 'z'),
  row(5, 'captured', 'z'),
]

const paths = [
  '/records',
  '/records/k3',
  '/records?sort=paid&limit=2',
  '/records?sort=-paid,-at&limit=3',
  '/records?sort=shop,paid&limit=1',
  '/records?paid=yes&limit=1',
  '/records?paid[in]=yes,no',
  '/records?shop=two',
  '/aggregate?by=paid,shop',
  '/aggregate?by=paid&paid=no',
  '/changes?fields=paid&limit=2',
  // none of these is a field, a value, or a position that there is in the older major
  '/records?state=open',
  '/records?paid=captured',
  '/records?sort=secret',
  '/records?_from_paid=captured',
  '/records?fields=_from_paid',
  '/records?sort=_seq',
  '/aggregate?by=secret',
  '/aggregate?measures=secrets',
  '/changes?fields=secret',
]
/** What both majors answer. */
interface Answers {
  readonly older: readonly unknown[]
  readonly newest: unknown
}

async function answersOf(rows: readonly object[], view: View | undefined): Promise<Answers> {
  const newest = await setUp(worker, now)
  const bench = await setUp(worker, before, undefined, now)
  await makeTables(bench.env.DB, worker.tables)
  for (const each of rows) await newest.send([each]) // a sequence number each
  // A life of its own is no secret of the rows.
  await bench.env.DB.prepare(`UPDATE _state SET incarnation = 'same'`).run()
  const headers = { authorization: `Bearer ${await bench.token('read', view && { view })}` }
  const look = async (path: string): Promise<[unknown[], string]> => {
    const response = await bench.call(path, { headers: { ...headers, prefer: 'count=exact' } })
    const body = await response.text()
    const told = [...response.headers].filter(([name]) => name !== 'date' && name !== 'ratelimit')
    return [[path, response.status, told, body], body]
  }
  const all: unknown[] = []
  for (const path of paths) {
    const [answer, body] = await look(path)
    all.push(answer)
    const { next_cursor: cursor } = JSON.parse(body) as { next_cursor?: string | null }
    if (typeof cursor !== 'string' || !path.startsWith('/records?sort')) continue
    all.push((await look(`${path}&cursor=${cursor}`))[0])
    // Nor is there anything to be learned by positions that a reader makes up.
    for (const made of [cursor.slice(0, -2), `${cursor.slice(1)}A`, btoa('{"q":"","at":["captured","k0"]}')])
      all.push((await look(`${path}&cursor=${encodeURIComponent(made)}`))[0])
  }
  const status = JSON.parse((await look('/status'))[1]) as { freshness: object }
  return { older: [...all, { ...status, freshness: null }], newest: await newest.json('/records') }
}

describe('a reader of an older major', () => {
  it.each<[string, { columns: string[] | null; rows: Parameters<typeof viewOf>[0]['rows'] } | undefined]>([
    ['of all', undefined],
    ['of some columns', { columns: ['k', 'at'], rows: [] }],
    ['who does not see the key', { columns: ['paid', 'shop'], rows: [] }],
    ['of rows by a mapped value', { columns: null, rows: [{ field: 'paid', op: 'eq', value: 'yes' }] }],
    ['of rows by a hidden one', { columns: ['k'], rows: [{ field: 'paid', op: 'in', value: ['no'] }] }],
    ['of rows by a constant', { columns: null, rows: [{ field: 'shop', op: 'eq', value: 'one' }] }],
  ])('%s cannot tell apart what only the newest major tells', async (_who, shown) => {
    const view = shown && (await viewOf(shown))
    const [first, second] = [await answersOf(one, view), await answersOf(other, view)]
    expect(first.older).toEqual(second.older)
    expect(first.newest).not.toEqual(second.newest)
    const told = first.older.filter((answer) => Array.isArray(answer) && answer[1] === 200)
    expect(told.length).toBeGreaterThan(0)
  })
})
