/** `POST /oauth/token`: a client key buys a token for one product (RFC 6749, RFC 8707). */
import { parsePrivateJwk } from '@meshloop/access/issue'
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import { CatalogError, catalogProblems, type CatalogCode } from '../problems.ts'
import { findProductByUrl } from '../products/product-store.ts'
import { readText, smallBody } from '../read-body.ts'
import { authenticate } from '../clients/authenticate.ts'
import { rightsOf, type Rights } from '../grants/rights.ts'
import { lifetimeSeconds, sellToken } from './sell-token.ts'
import { readTokenRequest, type TokenRequest } from './token-request.ts'

/** RFC 6749, section 5.2, and RFC 8707 fix these names; our own code stands beside them. */
const oauthErrors: Partial<Record<CatalogCode, string>> = {
  client_unknown: 'invalid_client',
  grant_type_unknown: 'unsupported_grant_type',
  resource_invalid: 'invalid_target',
  right_missing: 'invalid_scope',
}

/** The token endpoint. */
export function tokenRoute({ now, newId }: World) {
  return new Hono<CatalogApp>().post('/oauth/token', async (c) => {
    c.header('cache-control', 'no-store')
    try {
      const request = await readRequest(c)
      const at = new Date(now()).toISOString()
      const { client } = await authenticate(c.env, request.clientKey, at)
      const product = await findProductByUrl(c.env.DB, request.resource)
      if (!product)
        throw new CatalogError('resource_invalid', `No product is registered at ${request.resource}.`)
      const rights = await rightsOf(c.env.DB, client, product, at)
      const scopes = scopesToSell(rights, request)
      const token = await sellToken({
        key: parsePrivateJwk(c.env.ISSUER_KEY, 'ISSUER_KEY'),
        issuer: c.env.ISSUER,
        now: now(),
        tokenId: newId(),
        clientId: client.id,
        product,
        rights,
        scopes,
      })
      return c.json({
        access_token: token,
        token_type: 'Bearer',
        expires_in: lifetimeSeconds,
        scope: scopes.join(' '),
      })
    } catch (error) {
      if (error instanceof CatalogError) return refuse(c, error)
      throw error
    }
  })
}

async function readRequest(c: Context<CatalogApp>): Promise<TokenRequest> {
  const form = new URLSearchParams(await readText(c, smallBody))
  return readTokenRequest(form, c.req.header('authorization'))
}

function scopesToSell({ scopes }: Rights, request: TokenRequest) {
  const asked = request.scopes ?? scopes
  const missing = asked.filter((scope) => !scopes.includes(scope))
  if (asked.length > 0 && missing.length === 0) return asked
  const has = scopes.length > 0 ? `only ${scopes.join(', ')}` : 'no right'
  throw new CatalogError('right_missing', `The client has ${has} at ${request.resource}.`)
}

function refuse(c: Context<CatalogApp>, { code, message }: CatalogError): Response {
  const { status } = catalogProblems[code]
  if (status === 401) c.header('www-authenticate', 'Basic realm="meshloop"')
  const error = oauthErrors[code] ?? 'invalid_request'
  return c.json(
    { error, error_description: message, error_uri: `${c.env.ISSUER}/problems/${code}`, code },
    status,
  )
}
