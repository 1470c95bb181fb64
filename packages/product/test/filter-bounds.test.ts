/** A field's bounds are about what is stored: whoever asks beyond them is answered, so that tightening them breaks no reader. */
import { wholeView } from '@meshloop/access/claims'
import { defineProduct, id, int, oneOf, text, time } from '@meshloop/contract'
import { expect, it } from 'vitest'
import { filterParameters, filtersOf } from '../src/query/filter-parameters.ts'
import { readParameters } from '../src/query/parameters.ts'
import { fittingView } from '../src/query/visible.ts'

const contract = defineProduct({
  id: 'a.bounded',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    k: id('K'),
    at: time('T'),
    score: int('S', { min: 1, max: 9 }),
    code: text('C', { max: 2 }),
    long: text('L', { max: 3_000 }),
    state: oneOf(['open', 'done'], 'S'),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['score', 'code', 'long', 'state'],
})

it.each([
  ['score[gte]', 'score', 'gte', 0],
  ['score[lte]', 'score', 'lte', 10],
  ['score', 'score', 'eq', -1],
  ['code', 'code', 'eq', 'abc'],
  ['long', 'long', 'eq', 'x'.repeat(3_000)],
] as const)('%s is compared with what lies beyond the bounds', (parameter, field, op, value) => {
  const query = new URLSearchParams({ [parameter]: String(value) })
  const filter = { field, op, value }
  expect(filtersOf(readParameters(query, filterParameters(contract, wholeView)))).toEqual([filter])
  expect(fittingView(contract, { ...wholeView, rows: [filter] }).rows).toEqual([filter])
})

it.each([
  ['score', 'many'],
  ['score', '1.5'],
  ['state', 'lost'],
  ['code', 'x'.repeat(2_001)],
])('%s is not compared with what it could never be: %s', (field, value) => {
  const query = new URLSearchParams({ [field]: value })
  expect(() => readParameters(query, filterParameters(contract, wholeView))).toThrowError(
    expect.objectContaining({ code: 'parameter_invalid' }),
  )
})
