/** ODCS both ways: nothing is lost on the way in and out, whatever a document or a contract says. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contractHash, type Contract } from '../src/index.ts'
import { fromOdcs, toOdcs } from '../src/documents/index.ts'
import { anyContract } from './any-contract.ts'
import { foreign, options } from './foreign-odcs.ts'

const only = (document: unknown, more: Parameters<typeof fromOdcs>[1] = {}): Contract => {
  const { products, refused } = fromOdcs(JSON.parse(JSON.stringify(document)), more)
  expect(refused).toEqual([])
  expect(products).toHaveLength(1)
  return products[0]?.contract ?? expect.fail('there is one product')
}

/** Every value of a document with its path; items of lists by their values, since their order may be told in words. */
function values(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => values(item, `${path}[]`))
  if (value === null || typeof value !== 'object') return [`${path} = ${JSON.stringify(value)}`]
  return Object.entries(value).flatMap(([name, member]) => values(member, `${path}.${name}`))
}

// A run makes a whole contract and reads it again: a quarter of the runs is a long run for it.
const numRuns = Math.max(100, Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4))

it('reads its own document as the same contract, and the same again', async () => {
  await fc.assert(
    fc.asyncProperty(anyContract, async (contract) => {
      const read = only(toOdcs(contract, 'https://data.example/shop/visits/v1'))
      expect(read).toEqual(contract)
      expect(await contractHash(read)).toBe(await contractHash(contract))
    }),
    { numRuns },
  )
})

describe('a foreign document', () => {
  const contract = only(foreign, options)
  const exported = toOdcs(contract)

  it('is exported with every path and value that it had', () => {
    const had = values(foreign).filter((value) => !value.startsWith('.apiVersion'))
    expect(values(exported)).toEqual(expect.arrayContaining(had))
    expect(exported['apiVersion']).toBe('v3.1.0')
    expect(JSON.stringify(exported['customProperties'])).toContain('"v3.0.2"')
  })

  it('is a fixed point once it was exported', async () => {
    const again = only(exported)
    expect(await contractHash(again)).toBe(await contractHash(contract))
    expect(toOdcs(again)).toEqual(exported)
  })

  it('shows what was edited in the contract since', () => {
    const { carried } = contract
    const { note, ...fields } = contract.fields
    expect(note).toBeDefined()
    const edited = toOdcs({
      ...contract,
      terms: 'For reports only.',
      fields: {
        ...fields,
        amount: { ...(contract.fields['amount'] ?? expect.fail('there')), means: 'Edited' },
      },
      ...(carried ? { carried } : {}),
    })
    const text = JSON.stringify(edited)
    expect(text).toContain('"For reports only."')
    expect(text).toContain('"Edited"')
    expect(text).not.toContain('a note')
    expect(text).toContain('varchar(18)')
  })
})

it('whatever is added to a document comes out again', async () => {
  const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'))
  const names = fc.constantFrom('x', 'tenant', 'a/b', '~', 'constructor', 'toString', 'roles', 'length', '')
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, json), fc.dictionary(names, json), async (more, below) => {
      const [table] = foreign.schema
      const [first, ...rest] = table.properties
      const document = JSON.parse(
        JSON.stringify({
          ...more,
          ...foreign,
          schema: [{ ...table, properties: [{ ...below, ...first }, ...rest] }],
        }),
      )
      const contract = only(document, options)
      const exported = toOdcs(contract)
      const had = values(document).filter((value) => !value.startsWith('.apiVersion'))
      expect(values(exported)).toEqual(expect.arrayContaining(had))
      expect(await contractHash(only(exported))).toBe(await contractHash(contract))
    }),
    { numRuns },
  )
})
