/** The contracts that a product's folder defines: every major that its contract.ts exports. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { majorOf, readContract, type Contract } from '@meshloop/contract'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'

/**
 * The contracts of product `id` in `folder`, the oldest major first; none if it has no contract.ts.
 *
 * @throws {MeshError} `contract_unreadable` when contract.ts cannot be run or what it exports is no valid contract.
 */
export async function contractsIn(
  folder: string,
  { id }: { readonly id: string },
): Promise<readonly Contract[]> {
  const path = join(folder, 'contract.ts')
  if (!existsSync(path)) return []
  try {
    const module: unknown = await import(pathToFileURL(path).href)
    return Object.values(module as object) // a module is an object of its exports
      .filter(isContract)
      .map((value) => readContract(JSON.parse(JSON.stringify(value))))
      .filter((contract) => contract.id === id)
      .toSorted((a, b) => majorOf(a) - majorOf(b))
  } catch (error) {
    throw new MeshError(
      'contract_unreadable',
      `The contract of ${id} cannot be read: ${printableLines(error instanceof Error ? error.message : String(error))}`,
      'Mend its contract.ts.',
      { cause: error },
    )
  }
}

/**
 * The contracts of a product of this checkout, the newest major first; at least one.
 *
 * @throws {MeshError} `contract_unreadable`, also when contract.ts exports no contract of the product.
 */
export async function contractsOf(
  worker: Pick<WorkerConfig, 'id' | 'folder'>,
): Promise<readonly [Contract, ...Contract[]]> {
  const [newest, ...older] = (await contractsIn(worker.folder, worker)).toReversed()
  if (newest !== undefined) return [newest, ...older]
  throw new MeshError(
    'contract_unreadable',
    `The contract.ts of ${worker.id} exports no contract of that id.`,
    `Export it: export const … = defineProduct({ id: '${worker.id}', … })`,
  )
}

const isContract = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'fields' in value && 'version' in value

const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')
