/** `mesh check`: judges the contracts of this checkout as the catalog will when they are registered. */
import { majorOf, type Contract, type Day } from '@meshloop/contract'
import { compareContracts } from '@meshloop/contract/compare'
import { judge, stops, type DomainRules, type Exception } from '@meshloop/contract/policies'
import { contractsOf } from '../checkout/contracts.ts'
import { domainRulesOf } from '../checkout/domain.ts'
import { productWorker, productWorkers } from '../checkout/product-worker.ts'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { findRunning } from '../running.ts'
import { findingsOfVersion } from './check-version.ts'
import {
  formatFindings,
  outputFormats,
  summaryOf,
  type Checked,
  type OutputFormat,
} from './findings-output.ts'
import { fetchExceptions, fetchMajors } from '../mesh/registered.ts'
import { sourcesIn } from '../checkout/contract-place.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh check`. */
export interface CheckOptions {
  readonly url?: string
  /** The checkout alone is looked at. */
  readonly offline?: boolean
  readonly format: string
}

/**
 * Judges the contracts of these products, or of all: by the policies of the mesh and of their domains, and against what is registered.
 *
 * @throws {MeshError} `check_failed` when something stops a registration; `unknown_product`, `bad_argument`.
 */
export async function check(
  productIds: readonly string[],
  options: CheckOptions,
  context: CommandContext,
): Promise<void> {
  const format = outputFormats.find((name) => name === options.format)
  if (format === undefined)
    throw new MeshError('bad_argument', `"${options.format}" is no format: use ${outputFormats.join(', ')}.`)
  const workers = productWorkers(context.root)
  const wanted = productIds.length === 0 ? workers : productIds.map((id) => productWorker(id, workers))
  const own = await Promise.all(
    workers.map(async (worker) => ({ worker, contracts: await contractsOf(worker) })),
  )
  const registered = await registeredFor(options, context)
  const view: View = {
    root: context.root,
    registered,
    // What is checked out is going to be registered: it counts before what is.
    products: newest(
      own.flatMap(({ contracts }) => contracts),
      registered.contracts,
    ),
    domains: await domainRulesOf(workers),
    today: new Date().toISOString().slice(0, 10) as Day, // the form of toISOString
  }
  const checked = own
    .filter(({ worker }) => wanted.includes(worker))
    .flatMap(({ worker, contracts }) => contracts.map((contract) => checkOne(worker, contract, view)))
  report(checked, format, context)
}

/** What a catalog knows; nothing for a checkout on its own. */
interface Registered {
  readonly contracts: readonly Contract[]
  readonly exceptions: readonly Exception[]
}

interface View {
  readonly root: string
  readonly registered: Registered
  readonly products: readonly Contract[]
  readonly domains: ReadonlyMap<string, DomainRules>
  readonly today: Day
}

function checkOne(worker: WorkerConfig, contract: Contract, view: View): Checked {
  const before = view.registered.contracts.find((other) => isSameMajor(other, contract))
  const comparison = before && compareContracts(before, contract)
  const mesh = {
    products: view.products,
    previous: before && comparison ? { contract: before, comparison } : undefined,
    domain: view.domains.get(worker.domain),
    today: view.today,
  }
  const policies = judge(contract, mesh, view.registered.exceptions)
  return {
    product: contract.id,
    version: contract.version,
    sources: sourcesIn(worker.folder, view.root),
    findings: [
      ...policies,
      ...(before && comparison ? findingsOfVersion(contract, before, comparison, policies) : []),
    ],
  }
}

const isSameMajor = (one: Contract, other: Contract): boolean =>
  one.id === other.id && majorOf(one) === majorOf(other)

const newest = (own: readonly Contract[], others: readonly Contract[]): readonly Contract[] => [
  ...own,
  ...others.filter((other) => !own.some((contract) => isSameMajor(contract, other))),
]

/** Nothing is registered for a checkout on its own. A mesh that was asked for and does not answer is a mistake. */
async function registeredFor(options: CheckOptions, context: CommandContext): Promise<Registered> {
  const none: Registered = { contracts: [], exceptions: [] }
  if (options.offline) return none
  const isNamed = (options.url ?? context.env['MESH_URL']) !== undefined
  if (!isNamed && findRunning(context.root) === undefined) {
    context.terminal.err(
      'No mesh is named or runs here: only this checkout is looked at, without what is registered.\n',
    )
    return none
  }
  const { url } = findTarget(context, options.url)
  const majors = await fetchMajors(url)
  return { contracts: majors.map(({ contract }) => contract), exceptions: await fetchExceptions(url) }
}

function report(checked: readonly Checked[], format: OutputFormat, { terminal }: CommandContext): void {
  terminal.out(formatFindings(checked, format))
  if (checked.some(({ findings }) => findings.some(stops)))
    throw new MeshError(
      'check_failed',
      // Text ends with the summary.
      `The catalog would refuse this.${format === 'text' ? '' : ` ${summaryOf(checked)}.`}`,
      'Mend what is said above, or ask the operator of the mesh for an exception.',
    )
}
