/** The catalog under test on its real database, with a few words to talk to it. */
import { createClientKey, hashClientKey } from '@meshloop/access/issue'
import { majorOf, type Contract } from '@meshloop/contract'
import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env as bindings } from 'cloudflare:workers'
import type { CatalogEnv } from '../env.ts'
import { catalogApp } from '../app.ts'
import { signInRoutes } from '../people/sign-in-routes.ts'
import { origin } from './contracts.ts'

const catalog = catalogApp({ signIn: signInRoutes })

/** Bindings of wrangler.toml and of vitest.config.ts. */
export const env = bindings as unknown as CatalogEnv & { readonly MIGRATIONS: D1Migration[] }

/** Applies the migrations; storage is fresh for each test file. */
export const migrate = (): Promise<void> => applyD1Migrations(env.DB, env.MIGRATIONS)

/** Asks the catalog. */
export async function ask(path: string, init?: RequestInit): Promise<Response> {
  return catalog.request(env.ISSUER + path, init, env)
}

/** POSTs JSON with a bearer. */
export function post(path: string, bearer: string | null, body: unknown): Promise<Response> {
  return ask(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Keys of the clients of one test file: the catalog counts five of each, and a test may make its clients again. */
const keys = new Map<string, string>()

/** A client that the catalog knows; returns its key, the same each time. */
export async function makeClient(
  id: string,
  kind: string,
  products: readonly string[] = [],
): Promise<string> {
  const key = keys.get(id) ?? createClientKey('local', id, crypto.getRandomValues(new Uint8Array(32)))
  keys.set(id, key)
  const domain = id.slice(0, id.indexOf('.'))
  const secret_hash = await hashClientKey(key)
  const response = await post('/clients', env.OPERATOR_KEY, {
    id,
    kind,
    domain,
    secret_hash,
    products,
  })
  if (!response.ok) throw new Error(await response.text())
  return key
}

/** Registers a product at the good host with a new publisher's key; it must be taken. */
export async function register(contract: Contract, at = origin): Promise<void> {
  const response = await tryToRegister(contract, at)
  if (!response.ok) throw new Error(await response.text())
}

/** Registers a product with a new publisher's key; `more` goes into the body. */
async function tryToRegister(contract: Contract, at: string, more: object = {}): Promise<Response> {
  const domain = contract.id.slice(0, contract.id.indexOf('.'))
  const key = await makeClient(`${domain}.publisher`, 'publisher')
  return post('/products', key, { url: urlOf(contract, at), contract, ...more })
}

/** Deploys a contract at a host of the tests' internet, and registers it. */
export async function deploy(contract: Contract, at: string, more: object = {}): Promise<Response> {
  await answer(`${urlOf(contract, at)}/contract`, contract)
  return tryToRegister(contract, at, more)
}

/** As {@link deploy}; it must be taken. */
export async function deployed(contract: Contract, at: string): Promise<void> {
  const response = await deploy(contract, at)
  if (!response.ok) throw new Error(await response.text())
}

/** Makes a host of the tests' internet answer that at an address. */
export async function answer(address: string, document: unknown): Promise<void> {
  await fetch(address, { method: 'PUT', body: JSON.stringify(document) })
}

/** The base URL of a product at a host. */
export const urlOf = (contract: Contract, at: string): string =>
  `${at}/${contract.id.replace('.', '/')}/v${majorOf(contract)}`

/** Status and code of a problem document. */
export async function problemOf(response: Response): Promise<{ status: number; code: unknown }> {
  const { code } = await response.json<{ code?: unknown }>()
  return { status: response.status, code }
}
