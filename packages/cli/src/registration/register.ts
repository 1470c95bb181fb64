/**
 * Makes the catalog know this mesh: a client for each Worker, source and domain, each product with its contract and with
 * what its domain says of itself, and a grant for each input of a derived product and each product that an app reads. All of
 * it follows from the Workers' own files.
 */
import { hashClientKey } from '@meshloop/access/issue'
import { ContractError, majorOf, readContract, type Contract } from '@meshloop/contract'
import { domainRulesOf } from '../checkout/domain.ts'
import type { Database } from '../host/migrations.ts'
import type { WorkerConfig } from '../host/workers.ts'
import { baseUrlOf, flagsReadOf, readsOf, sourcesOf } from '../keys/environment.ts'
import type { Keyring } from '../keys/keyring.ts'
import { MeshError } from '../mesh-error.ts'
import { COMMANDS_CLIENT, ownerClient, sourceClient, STEWARD } from './clients.ts'
import { checkMigrated } from './migrated.ts'
import { post } from './operator.ts'
import { inRegistrationOrder } from './order.ts'

/** Registers Workers; what was said before is not said again. @throws {MeshError} `registration_failed`, `migration_missing` */
export type Register = (workers: readonly WorkerConfig[]) => Promise<void>

interface ServedProduct {
  readonly url: string
  readonly contract: Contract
  readonly worker: WorkerConfig
}

/** The database of a Worker that has one. */
export type DatabaseOf = (worker: WorkerConfig) => Promise<Database | undefined>

/** A `Register` for the catalog at `url`. */
export function registering(url: string, keys: Keyring, databaseOf: DatabaseOf): Register {
  const said = new Set<string>()
  const say = async (path: string, key: string, body: unknown): Promise<void> => {
    const message = `${path} ${JSON.stringify(body)}`
    if (said.has(message)) return
    await post(url, path, key, body)
    said.add(message)
  }
  return async (workers) => {
    const operatorKey = await keys.of('platform.catalog', 'OPERATOR_KEY')
    const served = workers.filter((worker) => worker.isProduct).map((worker) => readMajors(worker, url))
    const products = (await Promise.all(served)).flat()
    await Promise.all(
      clientsOf(workers).map(async (client) => {
        const secret_hash = await hashClientKey(await keys.of(client.id, 'CLIENT_KEY'))
        await say('/clients', operatorKey, { ...client, secret_hash })
      }),
    )
    const rules = await domainRulesOf(workers)
    for (const { worker, contract } of products) {
      const database = contract.projects ? undefined : await databaseOf(worker)
      if (database) await checkMigrated(database, contract)
    }
    for (const { url: productUrl, contract, worker } of inRegistrationOrder(products))
      await say('/products', await keys.of(publisherOf(worker.domain), 'CLIENT_KEY'), {
        url: productUrl,
        contract,
        domain: rules.get(worker.domain),
      })
    await Promise.all(grantsOf(products, workers).map((grant) => say('/grants', operatorKey, grant)))
  }
}

const publisherOf = (domain: string): string => `${domain}.publisher`

interface Client {
  readonly id: string
  readonly kind: 'consumer' | 'source' | 'publisher' | 'steward'
  readonly domain: string
  /** What a source sends to. */
  readonly products?: readonly string[]
  /** Its key decides for its domain. */
  readonly decides?: boolean
}

function clientsOf(workers: readonly WorkerConfig[]): readonly Client[] {
  const products = workers.filter((worker) => worker.isProduct)
  const own = workers
    .filter((worker) => worker.secrets.includes('CLIENT_KEY'))
    .map((worker) => ownClient(worker, products))
  const domains = [...new Set(products.map(({ domain }) => domain))]
  const publishers = domains.map(
    (domain) => ({ id: publisherOf(domain), kind: 'publisher', domain }) as const,
  )
  const owners = domains.map(
    (domain) => ({ id: ownerClient(domain), kind: 'consumer', domain, decides: true }) as const,
  )
  const sources = products.flatMap((product) =>
    Object.entries(sourcesOf(product))
      // An app that sends with a key of its own is that source: two clients under its name would be one to the product.
      .filter(
        ([name, { over }]) => over === 'http' && !own.some((client) => sendsAs(client, name, product.id)),
      )
      .map(([name]) => {
        const { id, domain } = product
        return { id: sourceClient(id, name), kind: 'source', domain, products: [id] } as const
      }),
  )
  return [...own, ...publishers, ...owners, ...sources, { ...COMMANDS_CLIENT, kind: 'consumer' }]
}

const sendsAs = ({ id, products = [] }: Client, name: string, product: string): boolean =>
  id.endsWith(`.${name}`) && products.includes(product)

/** An app that products list among their HTTP sources sends to all of them with its one key; else a key is there to read. */
function ownClient(worker: WorkerConfig, products: readonly WorkerConfig[]): Client {
  const { id, domain, isProduct } = worker
  if (id === STEWARD) return { id, kind: 'steward', domain }
  const source = id.slice(domain.length + 1)
  const sendsTo = isProduct ? [] : products.filter((product) => sourcesOf(product)[source]?.over === 'http')
  return sendsTo.length === 0
    ? { id, kind: 'consumer', domain }
    : { id, kind: 'source', domain, products: sendsTo.map((product) => product.id) }
}

interface Grant {
  readonly consumer: string
  readonly product: string
  readonly major: number
  readonly purpose: string
  readonly scopes?: readonly string[]
}

/** One grant for each consumer and major: who reads records and flags has the one that reads. */
function grantsOf(products: readonly ServedProduct[], workers: readonly WorkerConfig[]): readonly Grant[] {
  const forInputs = products.flatMap(({ contract }) =>
    (contract.inputs ?? []).map(({ product, major }) => ({
      consumer: contract.id,
      product,
      major,
      purpose: `Builds ${contract.id}: ${contract.title}`,
    })),
  )
  const forApps = workers.flatMap((worker) =>
    readsOf(worker).map((read) => ({
      consumer: worker.id,
      ...read,
      purpose: `Needed by the app ${worker.id}`,
    })),
  )
  const forFlags = workers.flatMap((worker) =>
    flagsReadOf(worker).map((read) => ({
      consumer: worker.id,
      ...read,
      purpose: `Reads its flags where ${worker.id} decides`,
      scopes: [],
    })),
  )
  const forCommands = products.map(({ contract }) => ({
    consumer: COMMANDS_CLIENT.id,
    product: contract.id,
    major: majorOf(contract),
    purpose: 'Looking at the data on the command line of this machine',
  }))
  const nameOf = ({ consumer, product, major }: Grant): string => `${consumer} ${product} ${major}`
  const all: readonly Grant[] = [...forInputs, ...forApps, ...forFlags, ...forCommands]
  const first = new Map(all.toReversed().map((grant) => [nameOf(grant), grant]))
  return [...first.values()]
}

/** All majors that a product's Worker serves, the oldest first; the newest is the one of its BASE_URL. */
async function readMajors(worker: WorkerConfig, origin: string): Promise<readonly ServedProduct[]> {
  const newest = await readServed(worker, baseUrlOf(worker, origin))
  const older = Array.from({ length: majorOf(newest.contract) - 1 }, async (_, index) => {
    const url = newest.url.replace(/\/v\d+$/, `/v${index + 1}`)
    const { status } = await fetch(`${url}/contract`, { method: 'HEAD' })
    return status === 404 || status === 410 ? [] : [await readServed(worker, url)]
  })
  return [...(await Promise.all(older)).flat(), newest]
}

/** What a product serves is what is registered: a deploy comes first, its registration after. */
async function readServed(worker: WorkerConfig, url: string): Promise<ServedProduct> {
  const response = await fetch(`${url}/contract?format=definition`)
  const text = await response.text()
  if (response.status === 404 || response.status === 410)
    throw new MeshError(
      'registration_failed',
      `${worker.id} serves no contract at ${url}, which its BASE_URL names.`,
      'Let BASE_URL in its wrangler.toml end with the major of its newest contract: /v2 for version 2.0.0.',
    )
  if (!response.ok) throw unserved(worker, url, `it answers ${response.status} ${text.slice(0, 300)}`)
  try {
    return { url, contract: readContract(JSON.parse(text)), worker }
  } catch (error) {
    if (error instanceof ContractError || error instanceof SyntaxError)
      throw unserved(worker, url, error.message)
    throw error
  }
}

const unserved = (worker: WorkerConfig, url: string, why: string): MeshError =>
  new MeshError(
    'registration_failed',
    `${worker.id} does not serve its contract at ${url}/contract?format=definition: ${why}`,
    'A folder with a contract.ts is a product; its index.ts must serve that contract, under its BASE_URL.',
  )
