/** The OpenID Connect provider that the operator configured: what it says of itself, asked within limits. */
import * as oauth from 'oauth4webapi'
import type { CatalogEnv, World } from '../env.ts'
import { CatalogError } from '../problems.ts'
import { isLoopback } from './session-cookie.ts'

/** What is needed to talk to it. */
export interface Provider {
  readonly server: oauth.AuthorizationServer
  /** Where people sign in. */
  readonly signInUrl: string
  readonly client: oauth.Client
  readonly clientAuth: oauth.ClientAuth
  readonly options: ReturnType<typeof withinLimits>
}

const timeoutMs = 5_000
const maxBytes = 256 * 1024
/** Signatures that count on ID tokens, if the provider says that it makes them: asymmetric ones, and never `none`. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']

/**
 * Asks the provider what it says of itself (OpenID Connect Discovery 1.0). Throws CatalogError `sign_in_unconfigured`,
 * `provider_unavailable`.
 */
export async function openProvider(env: CatalogEnv, world: World): Promise<Provider> {
  const { issuer, id, secret } = configurationOf(env)
  const options = withinLimits(world, issuer)
  return {
    ...(await discover(issuer, options)),
    client: { client_id: id },
    clientAuth: oauth.ClientSecretBasic(secret),
    options,
  }
}

function configurationOf({ OIDC_ISSUER, OIDC_CLIENT_ID: id, OIDC_CLIENT_SECRET: secret }: CatalogEnv) {
  if (!OIDC_ISSUER) throw unconfigured('No provider is configured, so nobody can sign in.')
  if (!URL.canParse(OIDC_ISSUER)) throw unconfigured('OIDC_ISSUER is no URL.')
  const issuer = new URL(OIDC_ISSUER)
  if (issuer.protocol !== 'https:' && !isLoopback(issuer.href))
    throw unconfigured('OIDC_ISSUER must begin with https://.')
  if (!id || !secret) throw unconfigured('OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is not set.')
  return { issuer, id, secret }
}

async function discover(
  issuer: URL,
  options: Provider['options'],
): Promise<Pick<Provider, 'server' | 'signInUrl'>> {
  const server = await oauth
    .discoveryRequest(issuer, options)
    .then((response) => oauth.processDiscoveryResponse(issuer, response))
    .catch((cause: unknown) => {
      throw cause instanceof CatalogError
        ? cause
        : unavailable('It does not describe itself as OpenID Connect asks.', cause)
    })
  const address = server.authorization_endpoint
  if (!address || !URL.canParse(address) || !isAllowed(address, issuer))
    throw unavailable('It names no address to sign in at.')
  const made = server.id_token_signing_alg_values_supported ?? 'RS256'
  const usable = [made].flat().filter((name) => algorithms.includes(name))
  if (usable.length === 0) throw unavailable(`It signs with none of ${algorithms.join(', ')}.`)
  return { server: { ...server, id_token_signing_alg_values_supported: usable }, signInUrl: address }
}

/** Plain HTTP is for a provider on this machine, asked by a catalog beside it. */
const isAllowed = (url: string, issuer: URL): boolean =>
  new URL(url).protocol === 'https:' || (isLoopback(issuer.href) && isLoopback(url))

/** How it is asked: HTTPS (on this machine also HTTP), no redirects, and bounds for time and size. */
function withinLimits({ fetch }: World, issuer: URL) {
  const ask = async (url: string, init: oauth.CustomFetchOptions<string, unknown>): Promise<Response> => {
    if (!isAllowed(url, issuer)) throw unavailable('It names an address without HTTPS.')
    try {
      const response = await fetch(url, {
        method: init.method,
        headers: init.headers,
        // The package types the body by its requests, all of which send forms or nothing.
        body: (init.body as URLSearchParams | undefined) ?? null,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.status >= 500) throw unavailable(`It answered ${response.status}.`)
      return await bounded(response)
    } catch (cause) {
      if (cause instanceof CatalogError) throw cause
      throw unavailable(`It did not answer within ${timeoutMs} ms.`, cause)
    }
  }
  return { [oauth.customFetch]: ask, [oauth.allowInsecureRequests]: isLoopback(issuer.href) }
}

/** The same answer with its body read. */
async function bounded(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = []
  let size = 0
  // The runtime's types leave the chunks open; a body's are bytes.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBytes) throw unavailable(`It answers with more than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  const { status, headers } = response
  return new Response(size === 0 ? null : await new Blob(chunks).arrayBuffer(), { status, headers })
}

const unconfigured = (message: string): CatalogError => new CatalogError('sign_in_unconfigured', message)

const unavailable = (why: string, cause?: unknown): CatalogError =>
  new CatalogError('provider_unavailable', `The provider cannot be used to sign in. ${why}`, { cause })
