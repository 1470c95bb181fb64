import { describe, expect, it } from 'vitest'
import { contractHash, ContractError, durationMs, readContract, canonicalJson } from '../src/index.ts'

const good = {
  id: 'shop.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'For the checks.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: {
    visit_id: { kind: 'id', means: 'Visit', class: 'internal', nullable: false },
    at: { kind: 'time', means: 'When', class: 'internal', nullable: false },
    spent: { kind: 'money', means: 'Spent', class: 'internal', nullable: true, unit: 'currency' },
    currency: { kind: 'text', means: 'Currency', class: 'internal', nullable: true },
    tags: { kind: 'list', means: 'Tags', class: 'internal', nullable: true, items: { kind: 'id', means: 'Tag', class: 'internal', nullable: false } },
  },
  key: ['visit_id'],
  eventTime: 'at',
  measures: { visits: { means: 'Visits', count: true }, spent: { means: 'Spent', sum: 'spent' }, people: { means: 'People', distinct: 'visit_id' } },
  dimensions: ['currency'],
  freshness: 'PT5M',
} // prettier-ignore

const problemsOf = (contract: unknown): string[] => {
  try {
    readContract(contract)
    return []
  } catch (error) {
    if (error instanceof ContractError) return error.problems.map(({ path }) => path)
    throw error
  }
}

describe('a contract that arrives', () => {
  it('is read when it is good', () => expect(readContract(structuredClone(good))).toEqual(good))

  const field = (more: object) => ({
    ...good,
    fields: { ...good.fields, spent: { ...good.fields.spent, ...more } },
  })
  it.each([
    ['no object', null, ''],
    ['an id without domain', { ...good, id: 'visits' }, 'id'],
    ['markup in the id', { ...good, id: '<b>.visits' }, 'id'],
    ['a version that is none', { ...good, version: '1.0' }, 'version'],
    ['major zero', { ...good, version: '0.1.0' }, 'version'],
    ['an unknown member', { ...good, fresh: true }, ''],
    ['a freshness that is none', { ...good, freshness: '5 minutes' }, 'freshness'],
    ['calendar units', { ...good, retention: 'P1M' }, 'retention'],
    ['no fields', { ...good, fields: {} }, 'fields'],
    ['a system’s name', { ...good, fields: { ...good.fields, _seq: good.fields.at } }, 'fields._seq'],
    [
      'SQL as a name',
      { ...good, fields: { ...good.fields, 'x"; DROP TABLE records; --': good.fields.at } },
      'fields.x"; DROP TABLE records; --',
    ],
    ['a kind that is none', field({ kind: 'regex' }), 'fields.spent.kind'],
    ['money without currency', field({ unit: 'euro' }), 'fields.spent.unit'],
    ['a field without meaning', field({ means: ' ' }), 'fields.spent.means'],
    ['a key that is no field', { ...good, key: ['id'] }, 'key'],
    ['a nullable key', { ...good, key: ['currency'] }, 'key'],
    ['a key twice', { ...good, key: ['visit_id', 'visit_id'] }, 'key'],
    ['an event time that is no time', { ...good, eventTime: 'visit_id' }, 'eventTime'],
    ['a version that orders nothing', { ...good, versionBy: 'currency' }, 'versionBy'],
    ['an index on a list', { ...good, indexes: ['tags'] }, 'indexes'],
    ['a sum of text', { ...good, measures: { x: { means: 'X', sum: 'currency' } } }, 'measures.x'],
    [
      'a measure named as a dimension',
      { ...good, dimensions: ['currency'], measures: { currency: { means: 'C', distinct: 'currency' } } },
      'measures.currency',
    ],
    [
      'a measure named as a rollup’s groups',
      { ...good, measures: { grp: { means: 'G', count: true } } },
      'measures.grp',
    ],
    ['a rollup of distinct', { ...good, rollups: [{ by: ['currency'], measures: ['people'] }] }, 'rollups.0'],
    [
      'a rollup of money without its currency',
      { ...good, dimensions: ['at'], rollups: [{ by: ['at'], measures: ['spent'] }] },
      'rollups.0',
    ],
    // What every object has is no field and no measure of a contract.
    ['an inherited name as key', { ...good, key: ['constructor'] }, 'key'],
    ['an inherited name as index', { ...good, indexes: ['valueOf'] }, 'indexes'],
    ['an inherited name as currency', field({ unit: 'constructor' }), 'fields.spent.unit'],
    [
      'an inherited name as measured field',
      { ...good, measures: { x: { means: 'X', distinct: 'constructor' } } },
      'measures.x',
    ],
    [
      'an inherited name as measure',
      { ...good, rollups: [{ by: ['currency'], measures: ['constructor'] }] },
      'rollups.0',
    ],
    [
      'an inherited name as flags’ subject',
      { ...good, flags: { set: 'checkout', subject: 'constructor' } },
      'flags.subject',
    ],
    [
      'flags for subjects that no reader could ask for',
      { ...good, flags: { set: 'checkout', subject: 'at' } },
      'flags.subject',
    ],
    [
      'SQL as the name of a member',
      field({ kind: 'struct', fields: { 'x"; --': good.fields.at } }),
      'fields.spent.x"; --',
    ],
    [
      'instructions as an input',
      { ...good, inputs: [{ product: 'shop.orders\n\n# Now do this', major: 1 }] },
      'inputs.0',
    ],
    ['itself as an input', { ...good, inputs: [{ product: 'shop.visits', major: 1 }] }, 'inputs.0'],
    [
      'flags without a decision',
      { ...good, flags: { set: 'checkout', subject: 'visit_id' } },
      'reintegration',
    ],
  ])('is refused for %s', (_, contract, path) => expect(problemsOf(contract)).toContain(path))

  it('is refused for a depth without end, before it is looked at', () => {
    let nested: unknown = 'x'
    for (let i = 0; i < 10_000; i++) nested = { items: nested }
    expect(problemsOf(nested)).toEqual([''])
  })

  it('is refused for a breadth without end, like any other mistake', () => {
    const examples = Array.from({ length: 300_000 }, () => 0)
    expect(problemsOf(field({ examples }))).toEqual(['fields.spent.examples'])
  })
})

it('has one hash however it is written', async () => {
  const turned = Object.fromEntries(Object.entries(good).toReversed())
  expect(await contractHash(readContract(turned))).toBe(await contractHash(readContract(good)))
  expect(await contractHash(readContract({ ...good, purpose: 'Another.' }))).not.toBe(
    await contractHash(readContract(good)),
  )
})

// RFC 8785, section 3.2.3 and appendix B, in what contracts and records use.
it.each([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [
    { '\u20ac': 'Euro', '\r': 'CR', 1: 'One', '\u0080': 'Control' },
    '{"\\r":"CR","1":"One","\u0080":"Control","€":"Euro"}',
  ],
  [[1e30, 4.5, 2e-3, 1e-27, -0], '[1e+30,4.5,0.002,1e-27,0]'],
])('writes canonical JSON %#', (value, text) => expect(canonicalJson(value)).toBe(text))

it.each([
  ['PT30S', 30_000], ['PT5M', 300_000], ['PT12H', 43_200_000], ['P30D', 2_592_000_000],
  ['P5M', undefined], ['PT1D', undefined], ['5M', undefined], ['PT', undefined], ['PT5M5S', undefined], ['', undefined],
])('reads the duration %s', (text, ms) => expect(durationMs(text)).toBe(ms)) // prettier-ignore
