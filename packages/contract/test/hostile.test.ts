/** Documents that somebody wrote to fill memory: what is wrong with them is told in bounded words. */
import { describe, expect, it } from 'vitest'
import { judge, readDomain, type DomainRules, type MeshView } from '../src/policies/index.ts'
import { ContractError, readContract, rowReader } from '../src/index.ts'

const field = { kind: 'id', means: 'A', class: 'internal', nullable: false }
const good = {
  id: 'shop.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'For the checks.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: { key: field, at: { ...field, kind: 'time' } },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
}
const many = (n: number, value: unknown): object =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, value]))
const struct = (n: number, member: unknown): object => ({ ...field, kind: 'struct', fields: many(n, member) })
const long = 'x'.repeat(200_000)

function refusalOf(document: object): ContractError {
  try {
    readContract(structuredClone(document))
  } catch (error) {
    if (error instanceof ContractError) return error
    throw error
  }
  throw new Error('was not refused')
}

describe('a contract of a megabyte', () => {
  it.each<[string, object]>([
    ['rules that are none', { ...good, quality: many(90_000, 0) }],
    ['fields that are none', { ...good, fields: many(90_000, {}) }],
    ['members that are none', { ...good, fields: many(90, struct(900, {})) }],
    ['more members than it could have', { ...good, fields: many(90, struct(95, field)) }],
    ['measures that are none', { ...good, measures: many(900, {}) }],
    ['stand-ins of another type', { ...good, quality: many(200, { means: 'A', missing: 'key', standIns: Array.from({ length: 100 }, () => 1) }) }],
    ['members of its own', { ...good, ...many(90_000, 0) }],
    ['a port many times', { ...good, ports: Array.from({ length: 90_000 }, () => 'records') }],
    ['a gate many times', { ...good, gate: Array.from({ length: 900 }, () => 'drift') }],
    ['rollups by nothing that is', { ...good, rollups: Array.from({ length: 20 }, () => ({ by: Array.from({ length: 95 }, () => 'x'.repeat(200)), measures: [] })) }],
    ['a name that is a book', { ...good, quality: { [long]: {} }, measures: { [long]: {} } }],
    ['a member that is a book', { ...good, [long]: 0 }],
  ])('is refused in few words for %s', (_what, document) => {
    const { problems, message } = refusalOf(document)
    expect(problems.length).toBeLessThanOrEqual(100)
    expect(message.length).toBeLessThan(60_000)
  }) // prettier-ignore

  it('is told of wrong values without all the right ones again and again', () => {
    const values = Array.from({ length: 200 }, (_, n) => `${n}`.padStart(200, 'v'))
    const items = { ...field, kind: 'enum', values }
    const examples = Array.from({ length: 20 }, () => Array.from({ length: 900 }, () => 'z'))
    const list = { ...field, kind: 'list', max: 1_000, items }
    const { problems, message } = refusalOf({
      ...good,
      fields: { ...good.fields, list: { ...list, examples } },
    })
    expect(problems).toHaveLength(20)
    expect(message.length).toBeLessThan(20_000)
    const read = rowReader(readContract({ ...good, fields: { ...good.fields, list } }))
    const row = read({ key: 'a', at: '2026-01-01T00:00:00.000Z', list: examples[0] })
    expect(JSON.stringify(row).length).toBeLessThan(20_000)
  })

  it('may have as many values as any product can have', () => {
    const values = Array.from({ length: 200 }, (_, n) => `value_${n}`)
    const fields = { ...good.fields, ...many(93, { ...field, kind: 'enum', values }) }
    expect(Object.keys(readContract({ ...good, fields }).fields)).toHaveLength(95)
  })
})

describe('a domain', () => {
  const frame = { severity: 'error', reason: 'Why.', remedy: 'How.' } as const
  const domain = { domain: 'shop', team: 'Shop', support: 'shop@shop.example' }
  const view = (rules: DomainRules['rules']): MeshView => ({
    products: [],
    previous: undefined,
    domain: { ...domain, ...(rules && { rules }) },
    today: '2026-11-22',
  })

  it.each<[string, object]>([
    ['a member asked for again and again', { ...frame, id: 'a', require: Array.from({ length: 90 }, () => 'terms') }],
    ['a class named again and again', { ...frame, id: 'a', fields: { classes: Array.from({ length: 90 }, () => 'public') } }],
    ['ten thousand rules', many(10_000, {})],
  ])('is refused for %s', (_what, rule) => {
    expect(() => readDomain({ ...domain, rules: [rule] })).toThrow(expect.objectContaining({ code: 'domain_invalid' }))
  }) // prettier-ignore

  it('tells of a rule at most 200 times, and what is excused hides nothing', () => {
    const contract = readContract({ ...good, fields: { ...good.fields, a: struct(95, field), b: struct(95, field), c: struct(95, field), z: field } }) // prettier-ignore
    const rules = [{ ...frame, id: 'named', fields: { kinds: ['id', 'struct'] }, require: ['name'] }] as const
    const exceptions = ['fields.a', 'fields.b', 'fields.c'].map((path) => ({ policy: 'shop/named', product: contract.id, path, owner: 'Shop team', reason: 'Old.', expires: '2027-01-01' as const })) // prettier-ignore
    const found = (all: typeof exceptions) =>
      judge(contract, view(rules), all).filter(({ policy }) => policy === 'shop/named')
    expect(found([])).toHaveLength(200)
    const open = found(exceptions).filter(({ excused }) => excused === null)
    expect(open.map(({ path }) => path)).toEqual(['fields.key.name', 'fields.z.name'])
  })
})
