/** Random contracts that are valid, with every member that a contract may have. */
import * as fc from 'fast-check'
import type { Contract } from '../src/index.ts'
import { readContract } from '../src/index.ts'

const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && text.trim() !== '')
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
const reference = fc.constantFrom('a.b#c' as const, 'shop-a.visits#visit_id' as const)
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 2 })

const frame = {
  means: line,
  nullable: fc.boolean(),
  class: fc.constantFrom('public', 'internal', 'personal', 'sensitive'),
  name: maybe(line),
  synonyms: maybe(fc.array(line, { maxLength: 3 })),
  of: maybe(reference),
  from: maybe(fc.array(reference, { maxLength: 2 })),
}
const bounds = { min: maybe(fc.integer({ min: -9, max: 0 })), max: maybe(fc.integer({ min: 0, max: 3000 })) }
const size = { max: maybe(fc.constantFrom(0, 5, 100, 2000)) }
const field = (kind: string, more: object = {}) => fc.record({ kind: fc.constant(kind), ...frame, ...more })
const leaf = fc.oneof(
  field('id', { unit: maybe(line), examples: maybe(fc.constant(['a1'])) }),
  field('text', { ...size, examples: maybe(fc.constant([''])) }),
  field('enum', { values: fc.uniqueArray(line, { minLength: 1, maxLength: 4 }) }),
  field('int', { ...bounds, unit: maybe(line) }),
  field('number', { ...bounds, unit: maybe(line) }),
  field('bool'),
  field('time', { examples: maybe(fc.constant(['2026-01-31T10:00:00+01:00'])) }),
  field('date', { examples: maybe(fc.constant(['2026-01-31', '2026-02-28'])) }),
)
const struct = field('struct', { fields: fc.dictionary(name, leaf, { minKeys: 1, maxKeys: 3 }) })
const anyField = fc.oneof(
  { arbitrary: leaf, weight: 6 },
  struct,
  field('list', { ...size, items: fc.oneof(leaf, struct) }),
)

const bound = fc.oneof(
  fc
    .tuple(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), fc.integer({ min: 0, max: 9 }))
    .map(([is, count]) => ({ [is]: count })),
  fc
    .tuple(fc.constantFrom('between', 'notBetween'), fc.nat(5), fc.integer({ min: 6, max: 9 }))
    .map(([is, low, high]) => ({ [is]: [low, high] })),
)
const rule = fc.record({
  means: line,
  severity: maybe(fc.constantFrom('info', 'warning', 'error')),
  dimension: maybe(fc.constantFrom('accuracy', 'uniqueness')),
  bound,
  unit: maybe(fc.constant('rows')),
  counted: fc.constantFrom<object>(
    { nulls: 'note' },
    { missing: 'note', standIns: ['', 'n/a'] },
    { invalid: 'note', valid: ['a', 'b'] },
    { duplicates: ['key'] },
    { duplicates: ['key', 'note'] },
    { rows: true },
    { holds: [{ field: 'paid', is: 'gte', value: 0 }], when: [{ field: 'note', is: 'present' }] },
    { holds: [{ field: 'at', is: 'lte', other: 'changed' }] },
  ),
}).map(({ counted, ...rest }) => ({ ...rest, ...counted })) // prettier-ignore

const days = fc.constantFrom<Contract['lifecycle']>(
  { generalAvailability: '2026-01-01' },
  { deprecated: '2026-05-01', endOfLife: '2027-05-01' },
  { generalAvailability: '2026-01-01', endOfSupport: '2027-01-01', endOfLife: '2027-05-01' },
  {},
)
const duration = fc.constantFrom('PT30S', 'PT05M', 'PT60M', 'PT12H', 'P1D', 'P365D')
const fixed = {
  key: { kind: 'id', means: 'Key', class: 'internal', nullable: false },
  at: { kind: 'time', means: 'At', class: 'internal', nullable: false },
  changed: { kind: 'time', means: 'Changed', class: 'internal', nullable: false },
  note: { kind: 'text', means: 'Note', class: 'internal', nullable: true },
  paid: { kind: 'money', means: 'Paid', class: 'internal', nullable: true, unit: 'currency' },
  currency: { kind: 'text', means: 'Currency', class: 'public', nullable: true, max: 3 },
} as const

/** Any contract. */
export const anyContract: fc.Arbitrary<Contract> = fc
  .record({
    id: fc.constantFrom('shop.visits', 'a-b.c-d'),
    version: fc.constantFrom('1.0.0', '2.11.3'),
    title: line,
    purpose: line,
    limitations: maybe(line),
    terms: maybe(line),
    price: maybe(fc.constant({ amount: 1.5, currency: 'EUR', unit: 'month' })),
    owner: fc.record({ team: line, support: fc.oneof(line, fc.constant('a@b.example')) }),
    visibility: maybe(fc.constantFrom('mesh', 'internal')),
    access: maybe(
      fc.constantFrom<NonNullable<Contract['access']>>(
        { automatic: ['public'] },
        { groups: { least: 5, by: ['currency'] } },
        { automatic: ['internal', 'public'], groups: { least: 2, of: 'note', by: ['currency'] } },
        {},
      ),
    ),
    fields: fc
      .dictionary(name, anyField, { maxKeys: 6 })
      .map((more): Record<string, unknown> => ({ ...more, ...fixed })),
    key: fc.constantFrom(['key'], ['changed', 'key']),
    eventTime: fc.constantFrom('at', 'changed'),
    versionBy: maybe(fc.constant('changed')),
    indexes: maybe(fc.constantFrom([], ['note'])),
    measures: maybe(
      fc.constantFrom<unknown>(
        { visits: { means: 'V', count: true } },
        { paid_all: { means: 'P', sum: 'paid' } },
        {
          visits: { means: 'V', count: true },
          last: { means: 'L', max: 'at' },
          x: { means: 'X', ratio: ['visits', 'y'] },
        },
      ),
    ),
    dimensions: maybe(fc.constantFrom([], ['currency'])),
    ports: maybe(fc.constantFrom(['records'], ['changes', 'aggregate'])),
    freshness: duration,
    frequency: maybe(duration),
    retention: maybe(duration),
    tombstones: maybe(fc.constantFrom('P7D', 'P30D')),
    exports: maybe(fc.constantFrom({}, { every: 'PT1H' }, { every: 'PT30M', keep: 'P2D' })),
    availability: maybe(fc.constantFrom(99, 99.95, 100)),
    lifecycle: maybe(days),
    quality: maybe(fc.dictionary(name, rule, { maxKeys: 5 })),
    inputs: maybe(fc.constantFrom([], [{ product: 'x.y', major: 2 }])),
    rollups: maybe(fc.constantFrom([], [{ by: ['currency', 'at.week'], measures: ['visits'] }])),
    flags: maybe(fc.constant({ set: 'checkout', subject: 'key' })),
    projects: maybe(
      fc.constant({
        major: 3,
        fields: { note: { constant: null }, currency: { from: 'code', values: { e: 'EUR' } } },
      }),
    ),
    gate: maybe(fc.constant(['freshness'])),
    reintegration: maybe(
      fc.constant({ decided_by: 'We', why: 'So', risk: 'Little', review_by: '2027-01-01' }),
    ),
  })
  // JSON has no undefined members; what contradicts itself in a rare combination is left out.
  .map((value) => JSON.parse(JSON.stringify(value)) as Contract)
  .filter(isValid)

function isValid(contract: Contract): boolean {
  try {
    readContract(contract)
    return true
  } catch {
    return false
  }
}
