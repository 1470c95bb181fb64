/** What commands ask of a mesh over HTTP: products, tokens, and requests whose refusals are explained. */
import { assertionType, signAssertion } from '@meshloop/access/issue'
import { askPatiently } from '@meshloop/client'
import { readContract, type Contract } from '@meshloop/contract'
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'
import type { Signer } from './source-credential.ts'

/** A product as the catalog lists it. */
export interface ProductAddress {
  readonly id: string
  readonly major: number
  /** Base URL, with the major. */
  readonly url: string
}

const listSchema = z.object({ products: z.array(z.object({ id: z.string(), major: z.int(), url: z.url() })) })
const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number(), scope: z.string() })
const problemSchema = z.object({
  /** The page that says how to go on (RFC 9457); of the token endpoint `error_uri` (RFC 6749). */
  type: z.url().optional().catch(undefined),
  error_uri: z.url().optional().catch(undefined),
  title: z.string().optional(),
  detail: z.string().optional(),
  error_description: z.string().optional(),
  errors: z
    .array(z.object({ parameter: z.string().optional(), pointer: z.string().optional(), detail: z.string() }))
    .optional(),
})

/**
 * One major of a product, or the newest.
 *
 * @throws {MeshError} `bad_argument` for what is no major, `unknown_product` with the known ones, `mesh_unreachable`
 */
export async function findProduct(meshUrl: string, id: string, major?: string): Promise<ProductAddress> {
  if (major !== undefined && !/^[1-9]\d{0,5}$/.test(major))
    throw new MeshError('bad_argument', `"${major}" is no major: write --major 1.`)
  const { products } = await answerOf(await request(`${meshUrl}/products.json?majors=all`), listSchema)
  const majors = products.filter((product) => product.id === id).toSorted((a, b) => b.major - a.major)
  const found = majors.find((product) => major === undefined || product.major === Number(major))
  if (found !== undefined) return found
  if (majors.length > 0)
    throw new MeshError(
      'unknown_product',
      `The mesh at ${meshUrl} has no major ${major} of ${printable(id)}.`,
      `It has ${majors.map((product) => product.major).join(', ')}.`,
    )
  const known = [...new Set(products.map((product) => product.id))].toSorted()
  throw new MeshError(
    'unknown_product',
    `The mesh at ${meshUrl} has no product ${printable(id)}.`,
    known.length === 0 ? 'No product is registered there.' : `It has ${known.join(', ')}.`,
  )
}

/** The contract that a product serves. */
export async function fetchContract(product: ProductAddress): Promise<Contract> {
  return readContract(await answerOf(await request(`${product.url}/contract?format=definition`), z.unknown()))
}

/** A token and when it ends, in milliseconds since 1970. */
export interface Token {
  readonly text: string
  readonly endsAtMs: number
}

/** Buys a token for `product`, with a client key or an assertion that a source signs. @throws {MeshError} `request_refused` when the catalog does not sell it. */
export async function buyToken(
  meshUrl: string,
  product: ProductAddress,
  credential: string | Signer,
  scope: string | undefined,
): Promise<Token> {
  const response = await request(`${meshUrl}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(await (typeof credential === 'string'
        ? withClientKey(credential)
        : withAssertion(credential, meshUrl))),
      resource: product.url,
      ...(scope === undefined ? {} : { scope }),
    }).toString(),
  })
  const { access_token, expires_in } = await answerOf(response, tokenSchema)
  return { text: access_token, endsAtMs: Date.now() + expires_in * 1000 }
}

function withClientKey(key: string): Readonly<Record<string, string>> {
  const clientId = /^ml_[^_]+_([^_]+)_/.exec(key)?.[1]
  if (clientId !== undefined) return { client_id: clientId, client_secret: key }
  throw new MeshError(
    'no_key',
    'MESH_KEY holds no client key.',
    'It looks like ml_<environment>_<client>_<43 characters>.',
  )
}

async function withAssertion({ clientId, privateKey }: Signer, meshUrl: string) {
  const content = { clientId, issuer: meshUrl, id: crypto.randomUUID(), now: Date.now() }
  return {
    client_assertion_type: assertionType,
    client_assertion: await signAssertion(privateKey, content),
  }
}

/**
 * Sends a request; a redirect is a refusal, since it would carry a key to where nobody meant it to go.
 *
 * @throws {MeshError} `mesh_unreachable`, or `request_refused` with what the answer says.
 */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await send(url, init)
  if (response.ok) return response
  throw refused(url, response.status, await response.text())
}

/** How often a request that may be sent again is sent, and how long each wait may be. */
const MAX_TRIES = 6
const MAX_WAIT_MS = 60_000

/**
 * Sends a request that does no harm twice, again after the seconds of Retry-After while the answer is 429 or 503.
 *
 * @throws {MeshError} as {@link request}
 */
export async function patientRequest(
  url: string,
  init: RequestInit,
  pause: (ms: number) => Promise<unknown>,
): Promise<Response> {
  let response: Response | undefined
  const ask = async (): Promise<Response> => {
    await response?.body?.cancel()
    return (response = await send(url, init))
  }
  const answer = await askPatiently(ask, { tries: MAX_TRIES, mayWaitMs: () => MAX_WAIT_MS, pause })
  if (answer.ok) return answer
  throw refused(url, answer.status, await answer.text())
}

async function send(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual' }).catch((error: unknown) => {
    const { origin } = new URL(url)
    throw new MeshError(
      'mesh_unreachable',
      `Nobody answers at ${origin}.`,
      'Start the mesh with "npx pnpm start", or name another with --url.',
      {
        cause: error,
      },
    )
  })
}

/** The body of an answer. @throws {MeshError} `not_a_mesh` when it is something else. */
export async function answerOf<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const answer = schema.safeParse(jsonOf(await response.text()))
  if (answer.success) return answer.data
  throw new MeshError(
    'not_a_mesh',
    `${response.url} does not answer as a mesh of this version does.`,
    'Check the address, and that both are of the same version.',
    { cause: answer.error },
  )
}

function refused(url: string, status: number, text: string): MeshError {
  const path = new URL(url).pathname
  const problem = problemSchema.safeParse(jsonOf(text)).data
  const parts = problem?.errors ?? []
  const what =
    (parts.length > 0 ? problem?.title : problem?.detail) ?? problem?.error_description ?? 'no reason given'
  const page = problem?.type ?? problem?.error_uri
  const fix = [
    ...parts.map(({ parameter, pointer, detail }) => printable(`  ${parameter ?? pointer ?? ''}: ${detail}`)),
    ...(page === undefined ? [] : [printable(`How to go on: ${page}`)]),
  ]
  const message = `${path} answered ${status}: ${printable(what)}`
  return new MeshError('request_refused', message, fix.length === 0 ? undefined : fix.join('\n'))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
