/** `mesh contract export`: a product's contract in the words of those who read it, from this checkout alone. */
import { majorOf, type Contract } from '@meshloop/contract'
import { toJsonSchema, toMarkdown, toOdcs, toTool, toYaml } from '@meshloop/contract/documents'
import { createTable, tablesOf } from '@meshloop/product/migrate'
import { openApi } from '@meshloop/product/openapi'
import { contractsOf } from '../checkout/contracts.ts'
import { productWorker, productWorkers } from '../checkout/product-worker.ts'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { printableJson } from '../terminal.ts'
import type { CommandContext } from '../mesh/target.ts'

/** Options of `mesh contract export`. */
export interface ExportOptions {
  readonly format: string
  /** Default: the newest. */
  readonly major?: string
  readonly yaml?: true
}

interface Origin {
  readonly BASE_URL: string
  readonly ISSUER: string
}

/** How each format is made: a text as it is, anything else as JSON or YAML. */
const formats: Readonly<Record<string, (contract: Contract, origin: Origin) => unknown>> = {
  odcs: (contract, { BASE_URL }) => toOdcs(contract, BASE_URL),
  jsonschema: toJsonSchema,
  openapi: (contract, env) => openApi({ contract, env }),
  markdown: toMarkdown,
  sql: (contract) => `${tablesOf(contract).flatMap(createTable).join(';\n\n')};\n`,
  tool: (contract, { BASE_URL }) => toTool(contract, BASE_URL),
  definition: (contract) => contract,
}

/**
 * Writes the document to the terminal's output.
 *
 * @throws {MeshError} `bad_argument`, `unknown_product`, `contract_invalid`, `worker_invalid`
 */
export async function exportContract(
  productId: string,
  { format, major, yaml }: ExportOptions,
  { root, terminal }: CommandContext,
): Promise<void> {
  const make = Object.hasOwn(formats, format) ? formats[format] : undefined
  if (make === undefined)
    throw new MeshError('bad_argument', `"${format}" is no format: use ${Object.keys(formats).join(', ')}.`)
  const worker = productWorker(productId, productWorkers(root))
  const contracts = await contractsOf(worker)
  const contract = contracts.find((each) => major === undefined || String(majorOf(each)) === major)
  if (contract === undefined)
    throw new MeshError('bad_argument', `${productId} has no major ${major}; it has ${contracts.map(majorOf).join(', ')}.`) // prettier-ignore
  const document = make(contract, originOf(worker, contract))
  terminal.out(
    typeof document === 'string' ? document : yaml ? toYaml(document) : `${printableJson(document, 2)}\n`,
  )
}

/** Where it is deployed, as its wrangler.toml says; each major has its own path below the product's. */
function originOf({ id, configPath, vars }: WorkerConfig, contract: Contract): Origin {
  const { BASE_URL, ISSUER } = vars
  if (typeof BASE_URL !== 'string' || typeof ISSUER !== 'string')
    throw new MeshError('worker_invalid', `${configPath} names no BASE_URL and ISSUER under [vars]: ${id} has no address.`) // prettier-ignore
  return { BASE_URL: BASE_URL.replace(/\/v\d+$/, `/v${majorOf(contract)}`), ISSUER }
}
