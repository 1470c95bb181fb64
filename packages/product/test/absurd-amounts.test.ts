/** Totals that no whole number of the database can hold: a source with absurd amounts stops neither ingest nor answers. */
import { wholeView } from '@meshloop/access/claims'
import { defineProduct, id, money, oneOf, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readAggregate } from '../src/query/aggregate.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const sales = defineProduct({
  id: 'a.sales',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    key: id('Key'),
    at: time('When'),
    cents: money('Amount', { unit: 'currency' }),
    currency: text('Currency'),
    state: oneOf(['on', 'off'], 'State'),
  },
  key: ['key'],
  eventTime: 'at',
  measures: { cents: { means: 'Sum', sum: 'cents' }, sales: { means: 'Count', count: true } },
  dimensions: ['currency', 'state'],
  rollups: [{ by: ['currency'], measures: ['cents'] }],
  freshness: 'PT5M',
})
const send = (rows: readonly object[]) =>
  accept(
    {
      db,
      contract: sales,
      judge: judgeFor(sales),
      sources: {},
      expected: ['s'],
      now: () => Date.UTC(2026, 6, 1),
      newIncarnation: () => 'one',
    },
    's',
    rows,
    [],
  )
const salesOf = (count: number, currency: string, cents: number) =>
  Array.from({ length: count }, (_, n) => ({
    key: `${currency}${n}`,
    at: '2026-01-01T00:00:00.000Z',
    cents,
    currency,
    state: 'on',
  }))
const totals = async (by: readonly string[]) => {
  const query = { measures: ['cents'], by, filters: [], limit: 10 }
  const { groups } = await readAggregate({ db, contract: sales, expected: ['s'] }, wholeView, query)
  return groups.map((text) => JSON.parse(text) as unknown)
}

beforeEach(() => makeTables(db, tablesOf(sales)))

describe('amounts whose sum exceeds 2^63', () => {
  it.each([
    ['kept as a total', ['currency']],
    ['counted from records', ['currency', 'state']],
  ])('%s are written and answered, and other groups stay exact', async (_, by) => {
    expect(await send(salesOf(1_500, 'EUR', Number.MAX_SAFE_INTEGER))).toMatchObject({ accepted: 1_500 })
    expect(await send(salesOf(3, 'USD', 333))).toMatchObject({ accepted: 3 })
    expect(await totals(by)).toMatchObject([
      { currency: 'EUR', cents: expect.closeTo(2 ** 63, -10) },
      { currency: 'USD', cents: 999 },
    ])
  })
})

it.each(['cents', '-cents'])('groups beyond 2^63 are turned over once each, by %s', async (sort) => {
  for (const [n, currency] of ['EUR', 'USD', 'CHF'].entries())
    await send(salesOf([2, 3, 1_500][n] ?? 0, currency, Number.MAX_SAFE_INTEGER - n))
  const reader = { db, contract: sales, expected: ['s'] }
  for (const by of [['currency'], ['currency', 'state']]) {
    const query = { measures: ['cents'], by, filters: [], sort: [sort], limit: 1 }
    let page = await readAggregate(reader, wholeView, query)
    const groups = [...page.groups]
    while (page.next && groups.length < 9) {
      page = await readAggregate(reader, wholeView, { ...query, after: page.next })
      groups.push(...page.groups)
    }
    const currencies = groups.map((text) => (JSON.parse(text) as { currency: string }).currency)
    expect(currencies).toEqual(sort === 'cents' ? ['EUR', 'USD', 'CHF'] : ['CHF', 'USD', 'EUR'])
  }
})
