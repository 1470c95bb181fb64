/** `POST /oauth/token`: tokens for client keys and assertions (RFC 6749, RFC 7523, RFC 8707), and for mesh tokens (RFC 8693). */
import type { Scope } from '@meshloop/access/claims'
import { Hono, type Context } from 'hono'
import type { Authenticated } from '../clients/authenticate.ts'
import { noteUse } from '../clients/key-uses.ts'
import type { CatalogApp, CatalogEnv, World } from '../env.ts'
import { rightsOf, type Rights } from '../grants/rights.ts'
import { isOpenTo } from '../grants/sight.ts'
import { CatalogError, catalogProblems, type CatalogCode } from '../problems.ts'
import type { Product } from '../products/product.ts'
import { findProductByUrl } from '../products/product-store.ts'
import { readText, smallBody } from '../read-body.ts'
import { holderOf } from './credential.ts'
import { sellMeshToken } from './sell-mesh-token.ts'
import { sellToken } from './sell-token.ts'
import { subjectOf } from './subject.ts'
import { tillOf, type Sold, type Till } from './till.ts'
import { accessTokenType, readTokenRequest, scopesOf, type Exchange, type Purchase } from './token-request.ts'

/** RFC 6749, section 5.2, and RFC 8707 fix these names; our own code stands beside them. */
const oauthErrors: Partial<Record<CatalogCode, string>> = {
  client_unknown: 'invalid_client',
  grant_type_unknown: 'unsupported_grant_type',
  resource_invalid: 'invalid_target',
  right_missing: 'invalid_scope',
}

/** The token endpoint. */
export function tokenRoute(world: World) {
  return new Hono<CatalogApp>().post('/oauth/token', async (c) => {
    c.header('cache-control', 'no-store')
    try {
      const form = new URLSearchParams(await readText(c, smallBody))
      const request = readTokenRequest(form, c.req.header('authorization'))
      const till = tillOf(c.env, world)
      const buyer = await holderOf(c.env, request.credential, till.now)
      const { token, scope, expiresInSeconds } = await sell(c.env, till, buyer, request)
      await noteUse(c.env.DB, buyer.key.id, new Date(till.now).toISOString(), 1)
      return c.json({
        access_token: token,
        ...(request.kind === 'exchange' ? { issued_token_type: accessTokenType } : {}),
        token_type: 'Bearer',
        expires_in: expiresInSeconds,
        scope,
      })
    } catch (error) {
      if (error instanceof CatalogError) return refuse(c, error)
      throw error
    }
  })
}

async function sell(
  { DB, ISSUER }: CatalogEnv,
  till: Till,
  buyer: Authenticated,
  request: Purchase | Exchange,
): Promise<Sold> {
  if (request.kind === 'exchange') return exchange(DB, till, buyer, request)
  if (request.resource === ISSUER) return sellMeshToken(DB, till, buyer, request)
  if (request.mayAct !== null)
    throw new CatalogError('token_request_invalid', `may_act goes with resource=${ISSUER}.`)
  const { client, key } = buyer
  const product = await productAt(DB, request)
  const rights = await rightsOf(DB, client, product, new Date(till.now).toISOString())
  const scopes = scopesToSell(client.id, rights, request)
  return sellToken(till, { subject: client.id, product, rights, scopes, keys: [key.id], ends: [key.ends_at] })
}

/** The rights are the consumer's; both their keys stand behind the token, and it ends no later than the one it is made of. */
async function exchange(db: D1Database, till: Till, agent: Authenticated, request: Exchange): Promise<Sold> {
  const { subject, claims } = await subjectOf(db, till, agent, request.subjectToken)
  const product = await productAt(db, request)
  // What stays inside a domain leaves it with no agent of another one.
  const rights = isOpenTo(product, agent.client.domain)
    ? await rightsOf(db, subject, product, new Date(till.now).toISOString())
    : { scopes: [] }
  return sellToken(till, {
    subject: subject.id,
    agent: agent.client.id,
    product,
    rights,
    scopes: scopesToSell(subject.id, rights, request),
    keys: [...new Set([...claims.keys, agent.key.id])],
    ends: [new Date(claims.exp * 1000).toISOString(), agent.key.ends_at],
  })
}

async function productAt(db: D1Database, { resource }: Pick<Purchase, 'resource'>): Promise<Product> {
  const product = await findProductByUrl(db, resource)
  if (product) return product
  throw new CatalogError('resource_invalid', `No product is registered at ${resource.slice(0, 200)}.`)
}

function scopesToSell(
  id: string,
  { scopes, reason }: Rights,
  request: Pick<Purchase, 'resource' | 'scope'>,
): readonly Scope[] {
  const asked = scopesOf(request.scope) ?? scopes
  const missing = asked.filter((scope) => !scopes.includes(scope))
  if (asked.length > 0 && missing.length === 0) return asked
  const has = scopes.length > 0 ? `only ${scopes.join(', ')}` : 'no right'
  const why = reason === undefined ? '' : `: ${reason}`
  throw new CatalogError('right_missing', `${id} has ${has} at ${request.resource}${why}.`)
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
