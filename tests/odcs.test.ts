/** Every contract of the mesh, as the official Open Data Contract Standard v3.1.0 sees it, and its official examples as contracts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { contractHash, readContract, type Contract } from '@meshloop/contract'
import { fromOdcs, OdcsError, toOdcs, type OdcsImport, type OdcsOptions } from '@meshloop/contract/documents'

const root = resolve(import.meta.dirname, '..')
// The standard's files stand beside the project where it is developed and checked; they are not part of it.
const standard = join(root, '../shared/odcs')
const schemaFile = join(standard, 'odcs-json-schema-v3.1.0.json')

const contracts = async (): Promise<Contract[]> => {
  const files = readdirSync(join(root, 'workers'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^[^/]+\/[^/]+\/contract\.ts$/.test(file),
  )
  const modules: unknown[] = await Promise.all(files.map((file) => import(join(root, 'workers', file))))
  return modules.flatMap((module) =>
    Object.values(module as Record<string, Contract>).filter((value) => 'fields' in value),
  )
}

const example = (name: string): unknown => parse(readFileSync(join(standard, 'examples', name), 'utf8'))

const missing = {
  domain: 'shop',
  freshness: 'PT1H',
  team: 'Shop',
  support: 'shop@shop.example',
  purpose: 'An official example.',
} as const

/** What each example lacks. */
const options: Readonly<Record<string, OdcsOptions>> = {
  'all-data-types.odcs.yaml': { key: ['account_id'], eventTime: 'txn_timestamp' },
  'column-accuracy.odcs.yaml': { key: ['DataValue'], addEventTime: 'measured_at' },
  'column-completeness.odcs.yaml': { addEventTime: 'measured_at' },
  'column-custom.odcs.yaml': { addEventTime: 'measured_at' },
  'column-validity.odcs.yaml': { addEventTime: 'measured_at' },
  'full-example.odcs.yaml': { addEventTime: 'recorded_at' },
  'postgresql-adventureworks-contract.odcs.yaml': { eventTime: 'modifieddate' },
}

const read = (name: string): OdcsImport => fromOdcs(example(name), { ...missing, ...options[name] })

/** Every value of a document with its path. The version of the standard is ours. */
function values(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => values(item, `${path}[]`))
  if (value === null || typeof value !== 'object') return [`${path} = ${JSON.stringify(value)}`]
  return Object.entries(value)
    .filter(([name]) => path !== '' || name !== 'apiVersion')
    .flatMap(([name, member]) => values(member, `${path}.${name}`))
}

/** What is in one list as often as in the other, or is missing there. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const value of some) counts.set(value, (counts.get(value) ?? 0) + 1)
  return all.filter((value) => {
    const left = counts.get(value) ?? 0
    counts.set(value, left - 1)
    return left < 1
  })
}

describe.skipIf(!existsSync(schemaFile))(
  'ODCS (skipped where ../shared/odcs is not beside the project)',
  () => {
    const problemsOf = (() => {
      const ajv = new Ajv2019({ strict: false, allErrors: true })
      addFormats.default(ajv)
      const validate =
        existsSync(schemaFile) && ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object)
      return (document: unknown) => (validate && !validate(document) ? validate.errors : [])
    })()

    it('contracts validate against the official schema', async () => {
      const all = await contracts()
      expect(all.length).toBeGreaterThan(0)
      for (const contract of all)
        expect(problemsOf(toOdcs(contract, 'https://data.shop.example/a/b/v1')), contract.id).toEqual([])
    })

    it.each(Object.keys(options))('%s loses nothing on the way in and out', async (name) => {
      const { products } = read(name)
      expect(products.length).toBeGreaterThan(0)
      const document = example(name) as { readonly schema: readonly { readonly name: string }[] }
      for (const { table, contract } of products) {
        const exported = toOdcs(contract)
        const original = { ...document, schema: document.schema.filter((each) => each.name === table) }
        expect(without(values(original), values(exported)), table).toEqual([])
        expect(problemsOf(exported), table).toEqual([])
        const again = fromOdcs(exported).products[0]?.contract ?? expect.fail(`${table} is read again`)
        expect(toOdcs(again)).toEqual(exported)
        expect(await contractHash(again)).toBe(await contractHash(contract))
      }
    })

    it.each(Object.keys(options))('%s says why a table is refused', (name) => {
      const reasons = read(name).refused.map(({ table, reasons: why }) => ({
        table,
        why: why.map(({ problem }) => problem),
      }))
      expect(reasons).toEqual(
        name.startsWith('postgresql')
          ? [
              {
                table: 'personphone',
                why: [expect.stringMatching(/needs phonenumber.*no members are told \(Phone\)/)],
              },
            ]
          : [],
      )
    })

    it('the table with a key that no kind holds is read with another key', () => {
      const name = 'postgresql-adventureworks-contract.odcs.yaml'
      const { products, refused } = fromOdcs(example(name), {
        ...missing,
        ...options[name],
        table: 'personphone',
        key: ['businessentityid', 'phonenumbertypeid'],
      })
      expect(refused).toEqual([])
      expect(products[0]?.kept).toContainEqual({
        path: '/schema/records/properties/phonenumber',
        reason: 'is an object of which no members are told (Phone)',
      })
    })

    it.each([
      ['basic-four-dpo.odcs.yaml', /schema: has no table/],
      ['database-table-sla.odcs.yaml', /schema: has no table/],
      ['service-and-operational-roles.odcs.yaml', /schema: has no table/],
      ['customer-data-product.odps.yaml', /kind: is “DataProduct”/],
      ['simple-data-product.odps.yaml', /kind: is “DataProduct”/],
    ])('%s is refused, since no contract can be made of it', (name, why) => {
      expect(() => read(name)).toThrow(OdcsError)
      expect(() => read(name)).toThrow(why)
    })

    it('every official example is tried above', () => {
      expect(readdirSync(join(standard, 'examples')).length).toBe(Object.keys(options).length + 5)
    })
  },
)

it('every contract of the mesh survives the way through JSON', async () => {
  for (const contract of await contracts())
    expect(readContract(JSON.parse(JSON.stringify(contract)))).toEqual(contract)
})

it('every contract of the mesh survives the way through ODCS', async () => {
  for (const contract of await contracts()) {
    const { products, refused } = fromOdcs(
      JSON.parse(JSON.stringify(toOdcs(contract, 'https://data.example/v1'))),
    )
    expect(refused).toEqual([])
    expect(products.map((product) => product.contract)).toEqual([contract])
    expect(await contractHash(products[0]?.contract ?? contract)).toBe(await contractHash(contract))
  }
})
