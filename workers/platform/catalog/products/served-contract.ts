/** The contract that a product really serves: fetched as a stranger would, without credentials. */
import { FetchError, fetchJson, type Fetch } from '@meshloop/access/fetch-json'
import { ContractError, contractHash, readContract, type Contract } from '@meshloop/contract'
import { CatalogError } from '../problems.ts'

/** Bounds of the fetch; a contract of 95 fields has about 30 KB. */
const bounds = { timeoutMs: 5_000, maxBytes: 1024 * 1024 }

/** Throws CatalogError `contract_unreachable`, `contract_differs` unless `url` serves exactly this contract. */
export async function checkServed(url: string, contract: Contract, fetch: Fetch): Promise<void> {
  const served = await contractHash(parseServed(url, await get(url, fetch)))
  const sent = await contractHash(contract)
  if (served === sent) return
  throw new CatalogError(
    'contract_differs',
    `${url} serves the contract ${served}, sent was ${sent}. Deploy the contract first, then register it.`,
  )
}

async function get(url: string, fetch: Fetch): Promise<unknown> {
  try {
    return await fetchJson(`${url}/contract?format=definition`, { fetch, ...bounds })
  } catch (cause) {
    if (cause instanceof FetchError) throw new CatalogError('contract_unreachable', cause.message, { cause })
    throw cause
  }
}

function parseServed(url: string, json: unknown): Contract {
  try {
    return readContract(json)
  } catch (cause) {
    if (!(cause instanceof ContractError)) throw cause
    throw new CatalogError('contract_differs', `What ${url} serves is no valid contract.`, { cause })
  }
}
