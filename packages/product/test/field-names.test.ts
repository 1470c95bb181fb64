/** A field may have the name of anything that statements name themselves: it is still the field that is sorted and grouped by. */
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { beforeAll, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { makeTables } from './make-tables.ts'

const names = ['record', 'total', 'grp', 'row', 'page', 'seq', 'as_of', 'change', 'value'] as const
const contract = defineProduct({
  id: 'a.names',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    k: id('K'),
    at: time('T'),
    n: int('N'),
    record: text('R'),
    total: text('R'),
    grp: text('R'),
    row: text('R'),
    page: text('R'),
    seq: text('R'),
    as_of: text('R'),
    change: text('R'),
    value: text('R'),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: [...names],
  dimensions: [...names],
  measures: { of_all: { means: 'sum', sum: 'n' } },
})
const worker = serve({ contract })
/** As JSON in an object these sort the other way round than by themselves: a quote is greater than an exclamation mark. */
const VALUES = ['a', 'a!', 'b']
let made: Bench | undefined

beforeAll(async () => {
  made = await setUp(worker, contract)
  await makeTables(made.env.DB, worker.tables)
  const rows = VALUES.map((value, n) => ({
    k: `k${VALUES.length - n}`,
    at: '2026-01-01T00:00:00.000Z',
    n,
    ...Object.fromEntries(names.map((name) => [name, value])),
  }))
  const headers = {
    authorization: `Bearer ${await made.token('ingest')}`,
    'content-type': 'application/json',
  }
  await made.call('/ingest', { method: 'POST', headers, body: JSON.stringify({ rows }) })
})

it.each(names)('%s', async (name) => {
  type Rows = readonly Readonly<Record<string, unknown>>[]
  const sorted = await made?.json<{ records: Rows }>(`/records?sort=${name}&fields=k`)
  expect(sorted?.records.map(({ k }) => k)).toEqual(['k3', 'k2', 'k1'])
  const grouped = await made?.json<{ groups: Rows }>(`/aggregate?by=${name}`)
  expect(grouped?.groups).toEqual(VALUES.map((value, n) => ({ [name]: value, of_all: n })))
})
