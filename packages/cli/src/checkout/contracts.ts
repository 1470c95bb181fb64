/** The contracts of a checkout, as its Workers' own files define them. */
import { join } from 'node:path'
import { ContractError, majorOf, readContract, type Contract } from '@meshloop/contract'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { importFresh } from './import-fresh.ts'

/**
 * The contracts that a product's contract.ts exports, its older majors included; the newest first.
 *
 * @throws {MeshError} `contract_invalid` with what is wrong, `worker_invalid` for a file that exports no contract of the product.
 */
export async function contractsOf({ id, folder }: WorkerConfig): Promise<readonly Contract[]> {
  const path = join(folder, 'contract.ts')
  try {
    const contracts = Object.values(await importFresh(path))
      .filter((value) => isAbout(value, id))
      .map((value) => readContract(JSON.parse(JSON.stringify(value))))
    if (contracts.length > 0) return contracts.toSorted((a, b) => majorOf(b) - majorOf(a))
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    throw new MeshError('contract_invalid', `${path}: ${error.message}`, undefined, { cause: error })
  }
  throw new MeshError(
    'worker_invalid',
    `${path} exports no contract of ${id}.`,
    `Export it: export const … = defineProduct({ id: '${id}', … })`,
  )
}

const isAbout = (value: unknown, id: string): boolean =>
  value !== null && typeof value === 'object' && 'id' in value && value.id === id && 'fields' in value
