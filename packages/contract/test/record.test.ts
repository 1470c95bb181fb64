import { expect, it } from 'vitest'
import {
  bool,
  date,
  defineProduct,
  id,
  int,
  list,
  money,
  number,
  oneOf,
  recordSchema,
  rowReader,
  struct,
  text,
  time,
} from '../src/index.ts'

const everything = defineProduct({
  id: 'shop.everything',
  version: '1.0.0',
  title: 'Everything',
  purpose: 'One field of each kind.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: {
    key: id('Key'),
    at: time('At'),
    note: text('Note', { max: 5, nullable: true }),
    state: oneOf(['on', 'off'], 'State'),
    count: int('Count', { min: 0, max: 10 }),
    ratio: number('Ratio'),
    paid_cents: money('Paid', { unit: 'currency', min: 0 }),
    currency: text('Currency', { max: 3 }),
    ok: bool('Ok'),
    day: date('Day'),
    tags: list(id('Tag'), 'Tags', { max: 2 }),
    place: struct({ city: text('City'), zip: text('Zip', { nullable: true }) }, 'Place'),
  },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
})
const good = {
  key: 'a', at: '2026-01-31T10:00:00+01:00', state: 'on', count: 0, ratio: 0.5, paid_cents: 1, currency: 'EUR', ok: true,
  day: '2026-02-28', tags: ['x'], place: { city: 'Köln' },
} // prettier-ignore
const read = rowReader(everything)

it('brings a row into its one stored form', () => {
  expect(read(good)).toEqual({
    record: { ...good, at: '2026-01-31T09:00:00.000Z', note: null, place: { city: 'Köln', zip: null } },
  })
})

it('puts out exactly what the fields’ types say', () => {
  const record = recordSchema(everything).parse(good)
  expect(Object.fromEntries(Object.entries(record).map(([name, value]) => [name, typeof value]))).toEqual({
    key: 'string', at: 'string', note: 'object', state: 'string', count: 'number', ratio: 'number', paid_cents: 'number',
    currency: 'string', ok: 'boolean', day: 'string', tags: 'object', place: 'object',
  }) // prettier-ignore
})

it.each([
  ['an unknown field', { ...good, colour: 'red' }, 'unknown_field', 'colour'],
  ['an unknown member', { ...good, place: { city: 'a', street: 'b' } }, 'unknown_field', 'place.street'],
  ['a missing field', { ...good, state: undefined }, 'missing', 'state'],
  ['a missing number', { ...good, count: undefined }, 'missing', 'count'],
  ['null where a value must be', { ...good, count: null }, 'wrong_type', 'count'],
  ['a wrong type', { ...good, count: '1' }, 'wrong_type', 'count'],
  ['a fraction', { ...good, count: 1.5 }, 'wrong_type', 'count'],
  ['a number beyond 2^53', { ...good, count: 2 ** 60 }, 'out_of_range', 'count'],
  ['a negative amount', { ...good, paid_cents: -1 }, 'out_of_range', 'paid_cents'],
  ['infinity', { ...good, ratio: Number.POSITIVE_INFINITY }, 'wrong_type', 'ratio'],
  ['a foreign value', { ...good, state: 'idle' }, 'not_allowed', 'state'],
  ['an impossible day', { ...good, day: '2026-02-30' }, 'malformed', 'day'],
  ['an impossible time', { ...good, at: '2026-02-30T00:00:00Z' }, 'malformed', 'at'],
  ['a time without offset', { ...good, at: '2026-02-20T00:00:00' }, 'malformed', 'at'],
  [
    'a time that in UTC is before the year 0',
    { ...good, at: '0000-01-01T00:00:00+23:59' },
    'malformed',
    'at',
  ],
  [
    'a time that in UTC is after the year 9999',
    { ...good, at: '9999-12-31T23:59:59-23:59' },
    'malformed',
    'at',
  ],
  ['a long text', { ...good, note: 'abcdef' }, 'out_of_range', 'note'],
  ['half a character', { ...good, note: '\ud800' }, 'malformed', 'note'],
  ['an id with a blank', { ...good, key: 'a b' }, 'malformed', 'key'],
  ['too many items', { ...good, tags: ['a', 'b', 'c'] }, 'out_of_range', 'tags'],
  ['no object', 'text', 'wrong_type', ''],
])('refuses %s', (_, row, code, field) => {
  expect(read(row)).toMatchObject({
    errors: expect.arrayContaining([expect.objectContaining({ code, field })]),
  })
})

it('says what is wrong in few words, however long a name the row has', () => {
  const refused = read({ ...good, ['x'.repeat(100_000)]: 1 })
  expect(refused).toMatchObject({ errors: [{ code: 'unknown_field' }] })
  expect(JSON.stringify(refused).length).toBeLessThan(1_000)
})
