import { wholeView } from '@meshloop/access/claims'
import { hashClientKey } from '@meshloop/access/issue'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersUrl, shopAt } from './buying.ts'
import { accounts, orders, origin } from './contracts.ts'
import { ask, env, makeClient, migrate, post, register } from './mesh.ts'

const resource = ordersUrl
const form = (fields: Record<string, string>) =>
  new URLSearchParams({ grant_type: 'client_credentials', resource, ...fields })
const basic = (id: string, key: string) => ({ authorization: `Basic ${btoa(`${id}:${key}`)}` })

const buy = (body: URLSearchParams | string, headers: Record<string, string> = {}) =>
  ask('/oauth/token', {
    method: 'POST',
    body: body.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })

const { verifier } = shopAt(Date.now())

let consumer: string
let source: string
let steward: string

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
  consumer = await makeClient('risk.fraud', 'consumer')
  source = await makeClient('purchase.orders.cdnow', 'source', ['purchase.orders'])
  steward = await makeClient('platform.steward', 'steward')
  await post('/grants', env.OPERATOR_KEY, {
    consumer: 'risk.fraud',
    product: 'purchase.orders',
    major: 1,
    purpose: 'Score',
  })
})

describe('a token', () => {
  it('for a consumer reads what its grant shows, at the product that verifies it', async () => {
    const response = await buy(form({}), basic('risk.fraud', consumer))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { access_token, token_type, expires_in, scope } = await response.json<Record<string, string>>()
    expect({ token_type, expires_in, scope }).toEqual({
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'read',
    })
    const claims = await verifier(resource).verify(`Bearer ${access_token}`, 'read')
    expect(claims).toMatchObject({
      client_id: 'risk.fraud',
      product: 'purchase.orders',
      major: 1,
      view: wholeView,
    })
    expect(claims.exp - claims.iat).toBe(600)
    await expect(
      verifier(`${origin}/customer/accounts/v1`).verify(`Bearer ${access_token}`, 'read'),
    ).rejects.toMatchObject({
      code: 'token_invalid',
    })
  })

  it('carries the view of the grant', async () => {
    const other = await makeClient('growth.reports', 'consumer')
    const view = { columns: ['order_id', 'status'], rows: [{ field: 'status', op: 'eq', value: 'paid' }] }
    await post('/grants', env.OPERATOR_KEY, {
      consumer: 'growth.reports',
      product: 'purchase.orders',
      major: 1,
      purpose: 'x',
      view,
    })
    const { access_token } = await (
      await buy(form({}), basic('growth.reports', other))
    ).json<Record<string, string>>()
    const claims = await verifier(resource).verify(`Bearer ${access_token}`, 'read')
    expect(claims.view).toMatchObject(view)
    expect(claims.view.id).not.toBe(wholeView.id)
  })

  it('for a source sends as the last part of its id, and reads nothing', async () => {
    const fields = { client_id: 'purchase.orders.cdnow', client_secret: source }
    const { access_token } = await (await buy(form(fields))).json<Record<string, string>>()
    const { verify } = verifier(resource)
    await expect(verify(`Bearer ${access_token}`, 'ingest')).resolves.toMatchObject({ source: 'cdnow' })
    await expect(verify(`Bearer ${access_token}`, 'read')).rejects.toMatchObject({ code: 'scope_missing' })
  })

  it('for a source of several products sends to each under one name, and to no other', async () => {
    const key = await makeClient('shop.simulator', 'source', ['purchase.orders', 'customer.accounts'])
    for (const product of ['purchase/orders', 'customer/accounts']) {
      const at = `${origin}/${product}/v1`
      const sold = await buy(form({ resource: at }), basic('shop.simulator', key))
      const { access_token, scope } = await sold.json<Record<string, string>>()
      expect(scope).toBe('ingest')
      await expect(verifier(at).verify(`Bearer ${access_token}`, 'ingest')).resolves.toMatchObject({
        source: 'simulator',
      })
    }
    const less = await makeClient('shop.simulator', 'source', ['customer.accounts'])
    expect(await (await buy(form({}), basic('shop.simulator', less))).json()).toMatchObject({
      code: 'right_missing',
    })
  })

  it('for the steward runs, checks and flags, and reads nothing', async () => {
    const all = await (await buy(form({}), basic('platform.steward', steward))).json<Record<string, string>>()
    expect(all['scope']).toBe('run check flags')
    const one = await (
      await buy(form({ scope: 'run' }), basic('platform.steward', steward))
    ).json<Record<string, string>>()
    expect(one['scope']).toBe('run')
  })

  it('is announced in the metadata', async () => {
    const metadata = await (
      await ask('/.well-known/oauth-authorization-server')
    ).json<Record<string, unknown>>()
    expect(metadata).toMatchObject({ issuer: env.ISSUER, token_endpoint: `${env.ISSUER}/oauth/token` })
    const jwks = await (await ask('/.well-known/jwks.json')).text()
    expect(jwks).toContain('"kid":"k1"')
    expect(jwks).not.toContain('"d"')
  })
})

describe('the token endpoint refuses', () => {
  const good = () => basic('risk.fraud', consumer)
  const cases: readonly (readonly [string, number, string, string, () => Promise<Response>])[] = [
    ['no credentials', 401, 'invalid_client', 'client_unknown', () => buy(form({}))],
    [
      'a key of nobody',
      401,
      'invalid_client',
      'client_unknown',
      () => buy(form({}), basic('risk.fraud', `ml_local_risk.fraud_${'A'.repeat(43)}`)),
    ],
    [
      'a key under another id',
      401,
      'invalid_client',
      'client_unknown',
      () => buy(form({}), basic('platform.steward', consumer)),
    ],
    [
      'a hash instead of a key',
      401,
      'invalid_client',
      'client_unknown',
      async () => buy(form({}), basic('risk.fraud', await hashClientKey(consumer))),
    ],
    [
      'a bearer',
      401,
      'invalid_client',
      'client_unknown',
      () => buy(form({}), { authorization: `Bearer ${consumer}` }),
    ],
    [
      'credentials that are not base64',
      401,
      'invalid_client',
      'client_unknown',
      () => buy(form({}), { authorization: 'Basic %%%' }),
    ],
    [
      'both ways of credentials',
      400,
      'invalid_request',
      'token_request_invalid',
      () => buy(form({ client_id: 'risk.fraud', client_secret: consumer }), good()),
    ],
    [
      'no grant type',
      400,
      'invalid_request',
      'token_request_invalid',
      () => buy(new URLSearchParams({ resource }), good()),
    ],
    [
      'JSON',
      400,
      'invalid_request',
      'token_request_invalid',
      () => buy(JSON.stringify({ grant_type: 'client_credentials', resource }), good()),
    ],
    [
      'another grant type',
      400,
      'unsupported_grant_type',
      'grant_type_unknown',
      () => buy(form({ grant_type: 'password' }), good()),
    ],
    [
      'no resource',
      400,
      'invalid_target',
      'resource_invalid',
      () => buy(new URLSearchParams({ grant_type: 'client_credentials' }), good()),
    ],
    [
      'two resources',
      400,
      'invalid_request',
      'token_request_invalid',
      () => buy(`${form({})}&resource=x`, good()),
    ],
    [
      'a resource that is not registered',
      400,
      'invalid_target',
      'resource_invalid',
      () => buy(form({ resource: `${origin}/risk/fraud/v1` }), good()),
    ],
    [
      'a resource with a slash too many',
      400,
      'invalid_target',
      'resource_invalid',
      () => buy(form({ resource: `${resource}/` }), good()),
    ],
    [
      'another host of the product',
      400,
      'invalid_target',
      'resource_invalid',
      () => buy(form({ resource: resource.replace('data', 'evil') }), good()),
    ],
    [
      'a product without a grant',
      400,
      'invalid_scope',
      'right_missing',
      () => buy(form({ resource: `${origin}/customer/accounts/v1` }), good()),
    ],
    [
      'a scope beyond the grant',
      400,
      'invalid_scope',
      'right_missing',
      () => buy(form({ scope: 'read run' }), good()),
    ],
    ['an unknown scope', 400, 'invalid_scope', 'right_missing', () => buy(form({ scope: 'admin' }), good())],
    ['an empty scope', 400, 'invalid_scope', 'right_missing', () => buy(form({ scope: ' ' }), good())],
    [
      'reading for a source',
      400,
      'invalid_scope',
      'right_missing',
      () => buy(form({ scope: 'read' }), basic('purchase.orders.cdnow', source)),
    ],
    [
      'another product for a source',
      400,
      'invalid_scope',
      'right_missing',
      () => buy(form({ resource: `${origin}/customer/accounts/v1` }), basic('purchase.orders.cdnow', source)),
    ],
    [
      'reading for the steward',
      400,
      'invalid_scope',
      'right_missing',
      () => buy(form({ scope: 'read' }), basic('platform.steward', steward)),
    ],
    [
      'sending for the steward',
      400,
      'invalid_scope',
      'right_missing',
      () => buy(form({ scope: 'ingest' }), basic('platform.steward', steward)),
    ],
    [
      'a huge body',
      413,
      'invalid_request',
      'body_too_large',
      () => buy(form({ x: 'x'.repeat(20_000) }), good()),
    ],
  ]

  it.each(cases)('%s: %i %s', async (_name, status, error, code, request) => {
    const response = await request()
    expect({ status: response.status, ...(await response.json<object>()) }).toMatchObject({
      status,
      error,
      code,
      error_uri: `${env.ISSUER}/problems/${code}`,
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})
