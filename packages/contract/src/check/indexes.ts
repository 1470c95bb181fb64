/** Indexes of several fields, and how much a query may read. That their fields exist is checked with the other references. */
import type { Contract } from '../definition/contract.ts'
import type { ContractProblem } from '../definition/contract-error.ts'

/** Each index is written with every record: more of them make ingest slow. */
const MAX_COMPOSITE = 10
/** Below the least a page of a thousand records could be refused; the most is what D1 reads in its 30 seconds. */
const [LEAST_SCAN, MOST_SCAN] = [2_000, 50_000_000]

/** Problems of the indexes of several fields. */
export function* checkIndexes({ key, indexes = [] }: Contract): Generator<ContractProblem> {
  const composite = indexes.flatMap((index, at) => (typeof index === 'string' ? [] : [{ index, at }]))
  if (composite.length > MAX_COMPOSITE)
    yield { path: 'indexes', problem: `has at most ${MAX_COMPOSITE} of several fields` }
  for (const { index, at } of composite) {
    const path = `indexes.${at}`
    if (new Set(index).size !== index.length) yield { path, problem: 'names a field twice' }
    if (key.length === 1 && index[0] === key[0])
      yield { path, problem: `begins with ${key[0]}, the key: behind it nothing is left to find` }
    else if (key.length === 1 && index.at(-1) === key[0])
      yield { path, problem: `ends with ${key[0]}: leave the key out, every index ends with it` }
    const other = composite.find((one) => one.at !== at && isBeginning(index, one.index))
    if (other && (other.index.length > index.length || other.at < at))
      yield { path, problem: `is the beginning of ${other.index.join(', ')}, which serves for both` }
  }
  const names = indexes.map((index) => (typeof index === 'string' ? index : index.join('__')))
  for (const [at, name] of names.entries())
    if (
      typeof indexes[at] !== 'string' &&
      names.some((one, i) => one === name && typeof indexes[i] === 'string')
    )
      yield { path: `indexes.${at}`, problem: `would have the name of the index of the field ${name}` }
}

const isBeginning = (index: readonly string[], other: readonly string[]): boolean =>
  index.every((field, i) => other[i] === field)

/** Problems of what a query may read. */
export function* checkScan({ limits: { scan } = {} }: Contract): Generator<ContractProblem> {
  if (scan !== undefined && (!Number.isInteger(scan) || scan < LEAST_SCAN || scan > MOST_SCAN))
    yield { path: 'limits.scan', problem: `is a whole number from ${LEAST_SCAN} to ${MOST_SCAN}` }
}
