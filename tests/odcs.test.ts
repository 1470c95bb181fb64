/** Every contract of the mesh, as the official Open Data Contract Standard schema v3.1.0 sees it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { readContract, type Contract } from '@meshloop/contract'
import { toOdcs } from '@meshloop/contract/documents'

const root = resolve(import.meta.dirname, '..')
// The standard's files stand beside the project where it is developed and checked; they are not part of it.
const schemaFile = join(root, '../shared/odcs/odcs-json-schema-v3.1.0.json')

const contracts = async (): Promise<Contract[]> => {
  const files = readdirSync(join(root, 'workers'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^[^/]+\/[^/]+\/contract\.ts$/.test(file),
  )
  const modules: unknown[] = await Promise.all(files.map((file) => import(join(root, 'workers', file))))
  return modules.flatMap((module) =>
    Object.values(module as Record<string, Contract>).filter((value) => 'fields' in value),
  )
}

describe.skipIf(!existsSync(schemaFile))(
  'ODCS (skipped where ../shared/odcs is not beside the project)',
  () => {
    it('validates against the official schema', async () => {
      const ajv = new Ajv2019({ strict: false, allErrors: true })
      addFormats.default(ajv)
      const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object)
      const all = await contracts()
      expect(all.length).toBeGreaterThan(0)
      for (const contract of all) {
        validate(toOdcs(contract, 'https://data.shop.example/a/b/v1'))
        expect(validate.errors ?? [], contract.id).toEqual([])
      }
    })
  },
)

it('every contract of the mesh survives the way through JSON', async () => {
  for (const contract of await contracts())
    expect(readContract(JSON.parse(JSON.stringify(contract)))).toEqual(contract)
})
