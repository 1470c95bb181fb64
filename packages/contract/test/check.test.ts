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
const withStory = { ...good, fields: { ...good.fields, story: { ...good.fields.currency, max: 4_001 } } }

/** With one more measure, and one of the greatest time. */
const measured = (x: object) => ({
  ...good,
  measures: { ...good.measures, last: { means: 'Last', max: 'at' }, x: { means: 'X', ...x } },
})

const full = {
  ...good,
  limitations: 'Visits of people who refuse cookies are not counted.',
  terms: 'For statistics, not for contacting anybody.',
  price: { amount: 9.5, currency: 'EUR', unit: 'month' },
  visibility: 'internal',
  fields: {
    ...good.fields,
    spent: {
      ...good.fields.spent,
      name: 'Amount spent',
      synonyms: ['turnover', 'revenue'],
      of: 'purchase.orders#total_cents',
      from: ['purchase.orders#total_cents'],
      examples: [100, null],
    },
  },
  ports: ['records', 'changes'],
  frequency: 'PT1M',
  retention: 'P90D',
  availability: 99.5,
  lifecycle: {
    generalAvailability: '2026-01-01',
    deprecated: '2026-06-01',
    endOfSupport: '2026-12-01',
    endOfLife: '2026-12-31',
  },
  quality: {
    dated: { means: 'Dated', nulls: 'at' },
    known: { means: 'Known', missing: 'currency', standIns: ['', 'n/a'], bound: { lte: 5 }, unit: 'percent' },
    euro: {
      means: 'Euro',
      invalid: 'currency',
      valid: ['EUR'],
      severity: 'warning',
      dimension: 'conformity',
    },
    once: { means: 'Once', duplicates: ['at', 'currency'] },
    some: { means: 'Some', rows: true, bound: { between: [0, 1_000_000] } },
    paid: {
      means: 'Who spends does so in a currency.',
      holds: [{ field: 'currency', is: 'present' }],
      when: [{ field: 'spent', is: 'gt', value: 0 }],
    },
  },
  carried: { tenant: 'Shop' },
}

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

  it('is read when records leave D1', () => {
    const leaving = { ...good, exports: { every: 'P31D', hot: 'P31D' } }
    expect(readContract(structuredClone(leaving))).toEqual(leaving)
  })

  const field = (more: object) => ({
    ...good,
    fields: { ...good.fields, spent: { ...good.fields.spent, ...more } },
  })
  it.each([
    ['no object', null, ''],
    ['an id without domain', { ...good, id: 'visits' }, 'id'],
    ['markup in the id', { ...good, id: '<b>.visits' }, 'id'],
    ['a version that is none', { ...good, version: '1.0' }, 'version'],
    ['a version with leading zeros', { ...good, version: '1.01.0' }, 'version'],
    ['major zero', { ...good, version: '0.1.0' }, 'version'],
    ['an unknown member', { ...good, fresh: true }, ''],
    ['a freshness that is none', { ...good, freshness: '5 minutes' }, 'freshness'],
    ['calendar units', { ...good, retention: 'P1M' }, 'retention'],
    ['deletions that are told for a moment', { ...good, tombstones: 'PT23H' }, 'tombstones'],
    [
      'deletions that are forgotten before an export is made',
      { ...good, exports: { every: 'P1D' }, tombstones: 'P1D' },
      'tombstones',
    ],
    ['exports in no time', { ...good, exports: { every: 'PT5M' } }, 'exports.every'],
    ['exports in words', { ...good, exports: { every: 'often' } }, 'exports.every'],
    ['exports that are gone at once', { ...good, exports: { keep: 'PT1M' } }, 'exports.keep'],
    ['exports that keep what was erased', { ...good, exports: { keep: 'P31D' } }, 'exports.keep'],
    ['records that leave D1 at once', { ...good, exports: { hot: 'P30D' } }, 'exports.hot'],
    ['records that leave D1 after calendar units', { ...good, exports: { hot: 'P1Y' } }, 'exports.hot'],
    [
      'records that leave D1 before an export is due',
      { ...good, exports: { every: 'P60D', hot: 'P59D' } },
      'exports.hot',
    ],
    [
      'records that leave D1 of a derived product',
      { ...good, exports: { hot: 'P90D' }, inputs: [{ product: 'x.y', major: 1 }] },
      'exports.hot',
    ],
    [
      'records that leave D1 and protected totals',
      { ...good, exports: { hot: 'P90D' }, access: { groups: { least: 5, by: ['currency'] } } },
      'exports.hot',
    ],
    [
      'records that leave D1 and flags',
      { ...good, exports: { hot: 'P90D' }, flags: { set: 'x', subject: 'visit_id' } },
      'exports.hot',
    ],
    ['no fields', { ...good, fields: {} }, 'fields'],
    ['a system’s name', { ...good, fields: { ...good.fields, _seq: good.fields.at } }, 'fields._seq'],
    [
      'SQL as a name',
      { ...good, fields: { ...good.fields, 'x"; DROP TABLE records; --': good.fields.at } },
      'fields.x"; DROP TABLE records; --',
    ],
    ['a kind that is none', field({ kind: 'regex' }), 'fields.spent.kind'],
    ['money without currency', field({ unit: 'euro' }), 'fields.spent.unit'],
    [
      'a lowest value of what has none',
      { ...good, fields: { ...good.fields, at: { ...good.fields.at, min: 1 } } },
      'fields.at.min',
    ],
    [
      'a greatest value of what has none',
      { ...good, fields: { ...good.fields, visit_id: { ...good.fields.visit_id, max: 8 } } },
      'fields.visit_id.max',
    ],
    [
      'money in a struct without currency',
      {
        ...good,
        fields: {
          ...good.fields,
          basket: {
            ...good.fields.at,
            kind: 'struct',
            fields: { paid: { ...good.fields.spent, unit: 'euro' } },
          },
        },
      },
      'fields.basket.paid.unit',
    ],
    [
      'a filter that is called like a parameter',
      { ...good, fields: { ...good.fields, limit: good.fields.currency }, indexes: ['limit'] },
      'fields.limit',
    ],
    ['a field without meaning', field({ means: ' ' }), 'fields.spent.means'],
    ['a key that is no field', { ...good, key: ['id'] }, 'key'],
    ['a nullable key', { ...good, key: ['currency'] }, 'key'],
    [
      'a key that is true or false',
      {
        ...good,
        fields: { ...good.fields, on: { kind: 'bool', means: 'On', class: 'internal', nullable: false } },
        key: ['on'],
      },
      'key',
    ],
    ['a key twice', { ...good, key: ['visit_id', 'visit_id'] }, 'key'],
    ['an event time that is no time', { ...good, eventTime: 'visit_id' }, 'eventTime'],
    ['a version that orders nothing', { ...good, versionBy: 'currency' }, 'versionBy'],
    ['an index on a list', { ...good, indexes: ['tags'] }, 'indexes'],
    ['an index on too long a text', { ...withStory, indexes: [['currency', 'story']] }, 'indexes'],
    ['a dimension that is such a text', { ...withStory, dimensions: ['story'] }, 'dimensions'],
    ['an index with a list', { ...good, indexes: [['currency', 'tags']] }, 'indexes'],
    ['an index with a field that is none', { ...good, indexes: [['currency', 'nothing']] }, 'indexes'],
    ['an index of one field in brackets', { ...good, indexes: [['currency']] }, 'indexes.0'],
    ['a field twice in an index', { ...good, indexes: [['currency', 'at', 'currency']] }, 'indexes.0'],
    [
      'an index twice',
      {
        ...good,
        indexes: [
          ['currency', 'at'],
          ['currency', 'at'],
        ],
      },
      'indexes.1',
    ],
    [
      'an index that another one begins with',
      {
        ...good,
        indexes: [
          ['currency', 'at'],
          ['currency', 'at', 'spent'],
        ],
      },
      'indexes.0',
    ],
    ['an index behind the key', { ...good, indexes: [['visit_id', 'at']] }, 'indexes.0'],
    ['an index that ends with the key', { ...good, indexes: [['currency', 'visit_id']] }, 'indexes.0'],
    [
      'two indexes of one name',
      {
        ...good,
        fields: { ...good.fields, currency__at: good.fields.currency },
        indexes: ['currency__at', ['currency', 'at']],
      },
      'indexes.1',
    ],
    [
      'more indexes of several fields than a write bears',
      {
        ...good,
        fields: {
          ...good.fields,
          ...Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`f${n}`, good.fields.currency])),
        },
        indexes: Array.from({ length: 11 }, (_, n) => [`f${n}`, 'at']),
      },
      'indexes',
    ],
    ['a budget that no page fits in', { ...good, limits: { scan: 100 } }, 'limits.scan'],
    ['a budget without bounds', { ...good, limits: { scan: 1e9 } }, 'limits.scan'],
    ['no request a minute', { ...good, limits: { requests: 0 } }, 'limits.requests'],
    ['requests without bounds', { ...good, limits: { requests: 1e7 } }, 'limits.requests'],
    ['a sum of text', measured({ sum: 'currency' }), 'measures.x'],
    ['an average of times', measured({ average: 'at' }), 'measures.x'],
    ['the least of texts', measured({ min: 'currency' }), 'measures.x'],
    ['the greatest list', measured({ max: 'tags' }), 'measures.x'],
    ['the greatest of nothing', measured({ max: 'nothing' }), 'measures.x'],
    ['a ratio of a field', measured({ ratio: ['spent', 'at'] }), 'measures.x'],
    ['a ratio of a ratio', measured({ ratio: ['x', 'visits'] }), 'measures.x'],
    ['a ratio of times', measured({ ratio: ['last', 'visits'] }), 'measures.x'],
    ['a ratio by itself', measured({ ratio: ['visits', 'visits'] }), 'measures.x'],
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
    [
      'a rollup where another one is kept',
      {
        ...good,
        dimensions: ['currency'],
        rollups: [
          { by: ['currency'], measures: ['visits'] },
          { by: ['currency'], measures: ['spent'] },
        ],
      },
      'rollups.1',
    ],
    [
      'a rollup that keeps something twice',
      { ...good, dimensions: ['currency'], rollups: [{ by: ['currency'], measures: ['visits', 'visits'] }] },
      'rollups.0.measures',
    ],
    [
      'a rollup of an average',
      { ...measured({ average: 'spent' }), rollups: [{ by: ['currency'], measures: ['x'] }] },
      'rollups.0',
    ],
    [
      'a rollup by another time',
      { ...good, rollups: [{ by: ['then.day'], measures: ['visits'] }] },
      'rollups.0',
    ],
    [
      'a rollup by a length that is none',
      { ...good, rollups: [{ by: ['at.year'], measures: ['visits'] }] },
      'rollups.0',
    ],
    [
      'a field that is called as a parameter',
      { ...good, fields: { ...good.fields, time_zone: good.fields.currency }, indexes: ['time_zone'] },
      'fields.time_zone',
    ],
    ['a rollup of distinct', { ...good, rollups: [{ by: ['currency'], measures: ['people'] }] }, 'rollups.0'],
    [
      'a rollup of money without its currency',
      { ...good, dimensions: ['at'], rollups: [{ by: ['at'], measures: ['spent'] }] },
      'rollups.0',
    ],
    // What every object has is no field and no measure of a contract.
    [
      'an inherited name',
      { ...good, fields: { ...good.fields, constructor: good.fields.at } },
      'fields.constructor',
    ],
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

  it('says everything that a product promises', () =>
    expect(readContract(structuredClone(full))).toEqual(full))

  const more = (members: object) => ({ ...good, ...members })
  const person = { ...good.fields.visit_id, class: 'personal' }
  const groups = (members: object, others: object = {}) =>
    more({
      fields: { ...good.fields, person, team: person, shop: good.fields.visit_id },
      dimensions: ['currency', 'shop', 'team', 'visit_id'],
      access: { groups: { least: 5, of: 'person', by: ['currency', 'shop'], ...members } },
      ...others,
    })
  it('protects totals by what names nobody', () => expect(problemsOf(groups({}))).toEqual([]))

  const rule = (members: object) => more({ quality: { it: { means: 'A rule.', ...members } } })
  it.each([
    ['nothing that is granted by itself', more({ access: { automatic: [] } }), 'access.automatic'],
    ['a class twice', more({ access: { automatic: ['public', 'public'] } }), 'access.automatic'],
    ['persons by themselves', more({ access: { automatic: ['personal'] } }), 'access.automatic.0'],
    ['groups of one', groups({ least: 1 }), 'access.groups.least'],
    ['groups of all', groups({ least: 1001 }), 'access.groups.least'],
    ['groups of some', groups({ least: 2.5 }), 'access.groups.least'],
    ['persons of no field', groups({ of: 'constructor' }), 'access.groups.of'],
    ['persons that are lists', groups({ of: 'tags' }), 'access.groups.of'],
    ['groups by nothing', groups({ by: [] }), 'access.groups.by'],
    ['groups by something twice', groups({ by: ['shop', 'shop'] }), 'access.groups.by'],
    ['groups by no dimension', groups({ by: ['at'] }), 'access.groups.by'],
    ['groups by somebody', groups({ by: ['team'] }), 'access.groups.by'],
    ['groups by whom they protect', groups({ by: ['shop'], of: 'shop' }), 'access.groups.by'],
    ['groups by the key', groups({ by: ['visit_id'] }), 'access.groups.by'],
    ['groups without measures', groups({}, { measures: {} }), 'access.groups'],
    ['a promise above 100 per cent', more({ availability: 101 }), 'availability'],
    ['a promise of nothing', more({ freshness: 'PT0S' }), 'freshness'],
    ['a frequency that is none', more({ frequency: 'hourly' }), 'frequency'],
    [
      'a price in no currency',
      more({ price: { amount: 1, currency: 'euro', unit: 'month' } }),
      'price.currency',
    ],
    ['a negative price', more({ price: { amount: -1, currency: 'EUR', unit: 'month' } }), 'price.amount'],
    ['no way out', more({ ports: [] }), 'ports'],
    ['a way out twice', more({ ports: ['records', 'records'] }), 'ports'],
    ['a way out that is none', more({ ports: ['sql'] }), 'ports.0'],
    ['a day that is none', more({ lifecycle: { endOfLife: '2026-02-30' } }), 'lifecycle.endOfLife'],
    ['a word for a day', more({ lifecycle: { endOfLife: 'tomorrow' } }), 'lifecycle.endOfLife'],
    [
      'a life that ends before its support',
      more({ lifecycle: { endOfSupport: '2027-02-01', endOfLife: '2027-01-01' } }),
      'lifecycle.endOfLife',
    ],
    ['an enum without values', field({ kind: 'enum' }), 'fields.spent.values'],
    ['values of what is no enum', field({ values: ['a'] }), 'fields.spent.values'],
    ['a value twice', field({ kind: 'enum', values: ['a', 'a'] }), 'fields.spent.values'],
    ['a list of nothing', field({ kind: 'list' }), 'fields.spent.items'],
    ['a struct of nothing', field({ kind: 'struct' }), 'fields.spent.fields'],
    ['items of what is no list', field({ items: good.fields.at }), 'fields.spent.items'],
    ['bounds that nothing fits', field({ min: 2, max: 1 }), 'fields.spent.min'],
    ['a negative length', field({ kind: 'text', max: -1 }), 'fields.spent.max'],
    ['an example that is no value', field({ examples: [100, '1 €'] }), 'fields.spent.examples.1'],
    ['an example outside the bounds', field({ min: 0, examples: [-1] }), 'fields.spent.examples.0'],
    ['a reference to nothing', field({ from: ['orders'] }), 'fields.spent.from.0'],
    ['a rule on no field', rule({ nulls: 'nothing' }), 'quality.it'],
    ['a rule on an inherited name', rule({ nulls: 'constructor' }), 'quality.it'],
    ['SQL as a rule’s name', more({ quality: { 'x;--': { means: 'A', nulls: 'at' } } }), 'quality.x;--'],
    [
      'more rules than the steward takes',
      more({
        quality: Object.fromEntries(
          Array.from({ length: 201 }, (_, n) => [`r${n}`, { means: 'A', nulls: 'at' }]),
        ),
      }),
      'quality',
    ],
    ['a rule that counts nothing', rule({}), 'quality.it'],
    ['a rule that counts two things', rule({ nulls: 'at', duplicates: ['at'] }), 'quality.it'],
    ['two bounds', rule({ nulls: 'at', bound: { lt: 1, gt: 0 } }), 'quality.it'],
    ['a range upside down', rule({ nulls: 'at', bound: { between: [2, 1] } }), 'quality.it.bound'],
    ['any number of rows', rule({ rows: true }), 'quality.it.bound'],
    ['rows in per cent', rule({ rows: true, bound: { gt: 0 }, unit: 'percent' }), 'quality.it.unit'],
    ['duplicates of nothing', rule({ duplicates: [] }), 'quality.it.duplicates'],
    ['no condition', rule({ holds: [] }), 'quality.it.holds'],
    ['a condition on no field', rule({ holds: [{ field: 'x', is: 'present' }] }), 'quality.it'],
    [
      'a number compared with a text',
      rule({ holds: [{ field: 'spent', is: 'gt', value: 'a' }] }),
      'quality.it',
    ],
    [
      'a number compared with a time',
      rule({ holds: [{ field: 'spent', is: 'gt', other: 'at' }] }),
      'quality.it',
    ],
    [
      'the order of what has none',
      rule({ holds: [{ field: 'currency', is: 'lt', value: 'EUR' }] }),
      'quality.it',
    ],
    ['a list compared', rule({ holds: [{ field: 'tags', is: 'eq', value: 'a' }] }), 'quality.it'],
    ['SQL instead of a condition', rule({ holds: '1=1; DROP TABLE records' }), 'quality.it'],
    [
      'a moment that is not written as it is stored',
      rule({ holds: [{ field: 'at', is: 'gt', value: '2026-01-01' }] }),
      'quality.it',
    ],
    ['a regular expression as a rule', rule({ invalid: 'currency', pattern: '(a+)+$' }), 'quality.it'],
    ['too much that is carried', more({ carried: { text: 'x'.repeat(300_000) } }), 'carried'],
  ])('is refused for %s (promises)', (_, contract, path) => expect(problemsOf(contract)).toContain(path))

  it('is refused for a depth without end in what it carries', () => {
    let nested: unknown = 'x'
    for (let i = 0; i < 10_000; i++) nested = { nested }
    expect(problemsOf(more({ carried: { nested } }))).toEqual(['carried'])
  })

  it.each([
    ['a measure', JSON.stringify(good).replace('"visits":', '"__proto__":')],
    ['a field', JSON.stringify(good).replaceAll('"spent":', '"__proto__":')],
    [
      'what it carries',
      JSON.stringify(more({ carried: { a: { toBe: 1 } } })).replace('"toBe"', '"__proto__"'),
    ],
  ])('is refused for __proto__ as the name of %s', (_, text) =>
    expect(problemsOf(JSON.parse(text))).toEqual(['']),
  )
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
