/** Reads Open Data Contract Standard documents, v3.0.0 to v3.2.0, as contracts. Trusts nothing. */
import { ContractError, type ContractProblem } from '../../definition/contract-error.ts'
import { findProblems } from '../../check/find-problems.ts'
import type { Contract } from '../../definition/contract.ts'
import { readContract } from '../../check/read-contract.ts'
import { memberOf, objectsIn, type Json } from './json.ts'
import { difference, type Kept } from './kept.ts'
import { idPartOf, namesIn } from './names.ts'
import { OdcsError, type Reason } from './odcs-error.ts'
import type { OdcsOptions } from './options.ts'
import { readDocument } from './read-document.ts'
import { readTable, type Surroundings } from './read-table.ts'
import { explainKept, type KeptPart } from './explain-kept.ts'
import { saidOf } from './said.ts'
import { toOdcs } from './to-odcs.ts'
import { API_VERSION, writeOdcs } from './write.ts'

/** A table that became a contract. */
export interface ImportedProduct {
  readonly table: string
  readonly contract: Contract
  /** What the contract has no word for; it stands in `carried`, and in the exported document again. */
  readonly kept: readonly KeptPart[]
}

/** A table that did not, and why. */
export interface RefusedTable {
  readonly table: string
  readonly reasons: readonly Reason[]
}

/** What became of a document. */
export interface OdcsImport {
  readonly products: readonly ImportedProduct[]
  readonly refused: readonly RefusedTable[]
}

/**
 * One contract for each table of the document, a plain JSON value.
 *
 * @throws {OdcsError} `odcs_refused` when it is no such document, or none of its tables is asked for.
 */
export function fromOdcs(value: unknown, options: OdcsOptions = {}): OdcsImport {
  const document = readDocument(value)
  const all = objectsIn(document['schema'])
  if (all.length === 0)
    throw new OdcsError([{ path: 'schema', problem: 'has no table, and a contract is about the fields of one' }]) // prettier-ignore
  const wanted = options.table === undefined ? all : all.filter(({ name }) => name === options.table)
  if (wanted.length === 0)
    throw new OdcsError([{ path: 'schema', problem: `has no table ${options.table}; it has ${list(all)}` }])
  if (options.product !== undefined && wanted.length > 1)
    throw new OdcsError([{ path: 'schema', problem: 'has several tables: say which one the product is', option: 'table' }]) // prettier-ignore
  const products = productNames(all)
  const results = wanted.map((table) => {
    const single = { ...document, apiVersion: API_VERSION, schema: [table] }
    return importTable(single, { document, options, product: products.get(table) ?? 'product' })
  })
  return {
    products: results.flatMap((result) => ('contract' in result ? [result] : [])),
    refused: results.flatMap((result) => ('contract' in result ? [] : [result])),
  }
}

function importTable(single: Json, whole: Surroundings): ImportedProduct | RefusedTable {
  const { document } = whole
  const names = namesIn(single)
  const table = String(objectsIn(single['schema'])[0]?.['name'])
  const read = readTable(single, whole)
  if ('reasons' in read) return { table, reasons: read.reasons }
  try {
    const contract = withoutProblems(read.contract)
    const made = writeOdcs(contract)
    const apiVersion = saidOf(single).get('apiVersion') ?? otherVersion(document)
    const keep = (original: Json, originals = namesIn(original)): Contract['carried'] => {
      const kept = difference(original, made, originals, namesIn(made))
      const carried = { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kept.length === 0 ? {} : { kept }) } // prettier-ignore
      return Object.keys(carried).length === 0 ? undefined : carried
    }
    // Once through the export, so that an import of the export carries the same.
    const once = keep(single, names)
    const carried = once && keep(toOdcs({ ...contract, carried: once }))
    const checked = readContract(carried ? { ...contract, carried } : contract)
    const kept = memberOf(carried, 'kept') as readonly Kept[] | undefined // made by difference
    return { table, contract: checked, kept: explainKept(kept ?? []) }
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    return { table, reasons: error.problems }
  }
}

const otherVersion = ({ apiVersion }: Json): unknown => (apiVersion === API_VERSION ? undefined : apiVersion)

/** What a contract can do without and what contradicts the rest of it is left to the document. */
function withoutProblems(contract: Contract): Contract {
  const rootOf = ({ path }: ContractProblem): string => path.split('.')[0] ?? ''
  const problems = findProblems(contract)
  const rules = problems.filter((problem) => rootOf(problem) === 'quality').map(({ path }) => path.split('.')[1]) // prettier-ignore
  const dropped = new Set(problems.map(rootOf).filter((root) => optional.has(root)))
  const quality = Object.entries(contract.quality ?? {}).filter(([name]) => !rules.includes(name))
  const hasRules = contract.quality !== undefined && (quality.length > 0 || rules.length === 0)
  const rest = Object.entries(contract).filter(([name]) => name !== 'quality' && !dropped.has(name))
  return {
    ...Object.fromEntries(rest),
    ...(hasRules ? { quality: Object.fromEntries(quality) } : {}),
  } as unknown as Contract // what was there is there, but for optional members
}

const optional = new Set(['price', 'availability', 'frequency', 'retention', 'lifecycle'])

/** Tables become products of one domain: each has its own name. */
function productNames(tables: readonly Json[]): ReadonlyMap<Json, string> {
  const names = new Map<Json, string>()
  for (const table of tables) {
    const plain = idPartOf(String(table['name'])) ?? 'product'
    const taken = new Set(names.values())
    let name = plain
    for (let n = 2; taken.has(name); n++) name = `${plain.slice(0, 26)}-${n}`
    names.set(table, name)
  }
  return names
}

const list = (tables: readonly Json[]): string => tables.map(({ name }) => String(name)).join(', ')
