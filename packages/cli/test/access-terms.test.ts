/** Terms on the command line: what is said becomes what the catalog takes, and mistakes are told before it is asked. */
import { defineProduct, id, money, oneOf, text, time } from '@meshloop/contract'
import { describe, expect, test } from 'vitest'
import { termsOf, termsWords, type TermOptions, type Terms } from '../src/access/terms.ts'

const orders = defineProduct({
  id: 'purchase.orders',
  version: '1.0.0',
  title: 'Orders',
  purpose: 'Every order.',
  owner: { team: 'Purchase', support: 'purchase@shop.example' },
  fields: {
    order_id: id('Number of the order'),
    placed_at: time('When it was placed'),
    status: oneOf(['placed', 'paid', 'shipped'], 'Where it stands'),
    total_cents: money('What is paid', { unit: 'currency' }),
    currency: text('ISO 4217 code'),
  },
  key: ['order_id'],
  eventTime: 'placed_at',
  freshness: 'PT1H',
})

const everything: Terms = {
  scopes: ['read'],
  view: { classes: null, columns: null, rows: [] },
  ends_at: null,
  rows_per_day: null,
}
const row = (field: string, op: string, value: unknown) => ({
  ...everything,
  view: { ...everything.view, rows: [{ field, op, value }] },
})

describe('terms', () => {
  test.each<[TermOptions, Terms, string]>([
    [{}, everything, 'all fields'],
    [
      { fields: 'order_id, status' },
      { ...everything, view: { ...everything.view, columns: ['order_id', 'status'] } },
      'order_id, status',
    ],
    [{ rowsPerDay: '5000' }, { ...everything, rows_per_day: 5_000 }, 'all fields; 5000 rows a day'],
    [{ rowsPerDay: 'none' }, everything, 'all fields'],
    [
      { classes: 'internal' },
      { ...everything, view: { ...everything.view, classes: ['internal'] } },
      'fields of class internal',
    ],
    [{ totals: true }, { ...everything, scopes: ['aggregate'] }, 'totals of all fields'],
    [
      { until: '2027-01-31' },
      { ...everything, ends_at: '2027-01-31T00:00:00.000Z' },
      'all fields; until 2027-01-31',
    ],
    [{ rows: ['status=paid'] }, row('status', 'eq', 'paid'), 'all fields; status=paid'],
    [
      { rows: ['total_cents[gte]=5000'] },
      row('total_cents', 'gte', 5000),
      'all fields; total_cents[gte]=5000',
    ],
    [
      { rows: ['status[in]=paid,shipped'] },
      row('status', 'in', ['paid', 'shipped']),
      'all fields; status[in]=paid,shipped',
    ],
  ])('%j', (options, terms, words) => {
    expect(termsOf(options, orders)).toEqual(terms)
    expect(termsWords(terms)).toBe(words)
  })

  test('what is not said stays', () => {
    const before = termsOf({ fields: 'order_id', rows: ['status=paid'], until: '2027-01-31' }, orders)
    expect(termsOf({}, orders, before)).toEqual(before)
    expect(termsOf({ classes: 'internal' }, orders, before)).toEqual({
      ...before,
      view: { ...before.view, columns: null, classes: ['internal'] },
    })
  })

  test.each<TermOptions>([
    { rows: ['colour=red'] },
    { rows: ['status'] },
    { rows: ['status=eaten'] },
    { rows: ['total_cents=much'] },
    { until: 'soon' },
    { rowsPerDay: '0' },
    { rowsPerDay: 'many' },
  ])('%j is a mistake', (options) => {
    expect(() => termsOf(options, orders)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  })
})
