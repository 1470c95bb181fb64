/** Contracts that somebody wrote to do harm: compared like others, in bounded time and words. */
import { describe, expect, it } from 'vitest'
import { compareContracts } from '../src/compare/index.ts'
import { readContract, type Contract } from '../src/index.ts'

const field = (kind: string, means: string, more: object = {}) => ({
  kind,
  means,
  class: 'internal',
  nullable: false,
  ...more,
})
const contract = (fields: object, more: object = {}): Contract => readContract(written(fields, more))
/** Before it is read: no contract that was read has such a name, and comparing does not rely on that. */
const unread = (fields: object, more: object = {}) => written(fields, more) as unknown as Contract
const written = (fields: object, more: object) => ({
  id: 'shop.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'For the checks.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: { key: field('id', 'Key'), at: field('time', 'At'), ...fields },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
  ...more,
})
const codes = (before: Contract, after: Contract) =>
  compareContracts(before, after).findings.map(({ code, path }) => `${code} ${path}`)

describe('names that every object inherits', () => {
  const plain = contract({})
  const named = unread(
    { constructor: field('enum', 'C', { values: ['constructor', '__proto__', 'toString'] }) },
    {
      measures: { constructor: { means: 'C', count: true } },
      indexes: ['constructor'],
      quality: { constructor: { means: 'C', nulls: 'constructor' } },
    },
  )
  it('are added and removed like others', () => {
    expect(codes(plain, named)).toEqual([
      'required_field_added fields.constructor',
      'index_added indexes.constructor',
      'measure_added measures.constructor',
      'quality_rule_added quality.constructor',
    ])
    expect(codes(named, plain)).toEqual([
      'field_removed fields.constructor',
      'measure_removed measures.constructor',
      'quality_rule_removed quality.constructor',
    ])
    expect(codes(named, named)).toEqual([])
  })

  it('are members of maps like others', () => {
    const older = (fields: string) =>
      contract({ a: field('id', 'A') }, { projects: { major: 2, fields: JSON.parse(fields) as object } })
    expect(codes(older('{"a":{"from":"constructor"}}'), older('{"a":{"from":"b"}}'))).toEqual([
      'projection_changed projects.fields.a',
    ])
  })
})

it('a huge change is told in short sentences', () => {
  const huge = (prefix: string) =>
    contract(
      Object.fromEntries(
        Array.from({ length: 90 }, (_, index) => [
          `${prefix}${index}`,
          field('enum', `${prefix} `.repeat(1900), { values: Array.from({ length: 200 }, (__, value) => `${prefix}${value}`.padEnd(200, '<b>')) }),
        ]),
      ),
      { terms: prefix.repeat(4000) },
    ) // prettier-ignore
  const { findings, step } = compareContracts(huge('a'), huge('b'))
  expect(step).toBe('major')
  expect(findings).toHaveLength(181)
  for (const { what, remedy = '' } of findings) expect(what.length + remedy.length).toBeLessThan(800)
  const values = compareContracts(
    contract({ e: field('enum', 'E', { values: ['x'] }) }),
    contract({ e: field('enum', 'E', { values: Array.from({ length: 200 }, (_, value) => `${value}`.padEnd(200, '<b>')) }) }),
  ) // prettier-ignore
  for (const { what } of values.findings) expect(what.length).toBeLessThan(800)
})
