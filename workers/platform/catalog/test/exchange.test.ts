import { exchangeGrantType } from '@meshloop/access/issue'
import { defineProduct, id, time } from '@meshloop/contract'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accessTokenType } from '../tokens/token-request.ts'
import { basic, ordersUrl, shopAt, type Shop } from './buying.ts'
import { accounts, orders, origin } from './contracts.ts'
import { answer, env, makeClient, migrate, post, register, urlOf } from './mesh.ts'

const hourMs = 3_600_000
const internal = defineProduct({
  id: 'purchase.drafts',
  version: '1.0.0',
  title: 'Drafts',
  purpose: 'What stays inside the domain.',
  owner: { team: 'Purchase', support: 'purchase@shop.example' },
  visibility: 'internal',
  fields: { draft_id: id('Number of the draft'), at: time('When') },
  key: ['draft_id'],
  eventTime: 'at',
  freshness: 'PT5M',
})

let consumer: string
let agent: string
let home: string
let shop: Shop
const start = Date.now()

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
  await answer(`${urlOf(internal, origin)}/contract`, internal)
  await register(internal)
  consumer = await makeClient('purchase.reports', 'consumer')
  agent = await makeClient('risk.agent', 'consumer')
  home = await makeClient('purchase.agent', 'consumer')
  await makeClient('platform.steward', 'steward')
  const view = { columns: ['order_id', 'status'], rows: [{ field: 'status', op: 'eq', value: 'paid' }] }
  for (const [product, scopes, shown] of [
    ['purchase.orders', ['read'], view],
    ['purchase.drafts', ['read'], undefined],
  ] as const)
    await grant({ product, scopes, ...(shown ? { view: shown } : {}) })
  // The agent has a right of its own: it must not come along.
  await grant({ consumer: 'risk.agent', product: 'customer.accounts' })
  await grant({ consumer: 'risk.agent', product: 'purchase.orders' })
})

beforeEach(() => {
  shop = shopAt(start)
})

async function grant(change: object): Promise<void> {
  const terms = { consumer: 'purchase.reports', major: 1, purpose: 'Report', ...change }
  const response = await post('/grants', env.OPERATOR_KEY, terms)
  if (!response.ok) throw new Error(await response.text())
}

const meshFields = { resource: env.ISSUER, may_act: 'risk.agent' }
const meshToken = (fields: object = {}, key = consumer): Promise<string> =>
  shop.token({ ...meshFields, ...fields }, basic(key))
const exchanging = (subject_token: string, fields: object = {}) => ({
  grant_type: exchangeGrantType,
  subject_token,
  subject_token_type: accessTokenType,
  ...fields,
})
const refusal = async (response: Promise<Response>) => {
  const { error, code } = await (await response).json<Record<string, unknown>>()
  return { status: (await response).status, error, code }
}

describe('an agent', () => {
  it('gets what the consumer sees, in both names, with the keys of both', async () => {
    const response = await shop.buy(exchanging(await meshToken()), basic(agent))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { access_token, ...rest } = await response.json<{ access_token: string }>()
    expect(rest).toEqual({
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'read',
    })
    const claims = await shop.verifier(ordersUrl).verify(`Bearer ${access_token}`, 'read')
    expect(claims).toMatchObject({
      sub: 'purchase.reports',
      client_id: 'risk.agent',
      act: { sub: 'risk.agent' },
      product: 'purchase.orders',
      view: { columns: ['order_id', 'status'], rows: [{ field: 'status', op: 'eq', value: 'paid' }] },
    })
    expect(claims.keys).toHaveLength(2)
  })

  it('has it for no longer than the mesh token', async () => {
    const token = await meshToken()
    shop.now = start + hourMs - 60_000
    const sold = await shop.buy(exchanging(token), basic(agent))
    expect((await sold.json<{ expires_in: number }>()).expires_in).toBeLessThanOrEqual(60)
    shop.now = start + hourMs
    expect(await refusal(shop.buy(exchanging(token), basic(agent)))).toEqual({
      status: 400,
      error: 'invalid_request',
      code: 'subject_token_refused',
    })
  })

  it('of the domain reads for it what is internal; one of another domain does not', async () => {
    const resource = urlOf(internal, origin)
    const forHome = await meshToken({ may_act: 'purchase.agent' })
    expect((await shop.buy(exchanging(forHome, { resource }), basic(home))).status).toBe(200)
    expect(await refusal(shop.buy(exchanging(await meshToken(), { resource }), basic(agent)))).toEqual({
      status: 400,
      error: 'invalid_scope',
      code: 'right_missing',
    })
  })

  it('loses it within a minute when the key of either is revoked', async () => {
    for (const owner of ['purchase.reports', 'risk.agent']) {
      const made = await post(`/clients/${owner}/keys`, env.OPERATOR_KEY, {})
      const { id: keyId, key } = await made.json<{ id: string; key: string }>()
      const isConsumer = owner === 'purchase.reports'
      const bought = await meshToken({}, isConsumer ? key : consumer)
      const buyer = basic(isConsumer ? agent : key)
      const token = await shop.token(exchanging(bought), buyer)
      const { verify } = shop.verifier(ordersUrl)
      await verify(`Bearer ${token}`, 'read')
      expect((await post(`/clients/${owner}/keys/${keyId}/revoke`, env.OPERATOR_KEY, {})).status).toBe(204)
      expect(await refusal(shop.buy(exchanging(bought), buyer))).toMatchObject({
        code: isConsumer ? 'subject_token_refused' : 'client_unknown',
      })
      shop.now += 60_000
      await expect(verify(`Bearer ${token}`, 'read')).rejects.toMatchObject({ code: 'token_revoked' })
    }
  })
})

describe('the exchange refuses', () => {
  type Case = readonly [string, string, () => Promise<Response>]
  const cases: readonly Case[] = [
    [
      'another agent',
      'subject_token_refused',
      async () => shop.buy(exchanging(await meshToken()), basic(home)),
    ],
    [
      'the consumer itself',
      'subject_token_refused',
      async () => shop.buy(exchanging(await meshToken()), basic(consumer)),
    ],
    [
      'a token of a product',
      'subject_token_refused',
      async () => shop.buy(exchanging(await shop.token({}, basic(consumer))), basic(agent)),
    ],
    [
      'a token that was exchanged',
      'subject_token_refused',
      async () =>
        shop.buy(exchanging(await shop.token(exchanging(await meshToken()), basic(agent))), basic(agent)),
    ],
    [
      'a token that was changed',
      'subject_token_refused',
      async () => shop.buy(exchanging(`${(await meshToken()).slice(0, -4)}AAAA`), basic(agent)),
    ],
    ['no subject token', 'token_request_invalid', async () => shop.buy(exchanging(''), basic(agent))],
    [
      'another type of subject token',
      'token_request_invalid',
      async () =>
        shop.buy(
          exchanging(await meshToken(), {
            subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
          }),
          basic(agent),
        ),
    ],
    [
      'an actor token',
      'token_request_invalid',
      async () =>
        shop.buy(
          exchanging(await meshToken(), { actor_token: 'x', actor_token_type: accessTokenType }),
          basic(agent),
        ),
    ],
    [
      'another type of token',
      'token_request_invalid',
      async () =>
        shop.buy(
          exchanging(await meshToken(), {
            requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token',
          }),
          basic(agent),
        ),
    ],
    ['no client', 'client_unknown', async () => shop.buy(exchanging(await meshToken()))],
    [
      'the catalog as the product',
      'resource_invalid',
      async () => shop.buy(exchanging(await meshToken(), { resource: env.ISSUER }), basic(agent)),
    ],
    [
      'a product that only the agent may read',
      'right_missing',
      async () =>
        shop.buy(exchanging(await meshToken(), { resource: urlOf(accounts, origin) }), basic(agent)),
    ],
    [
      'more than the consumer has',
      'right_missing',
      async () => shop.buy(exchanging(await meshToken(), { scope: 'read run' }), basic(agent)),
    ],
    [
      'the scope of the mesh token',
      'right_missing',
      async () => shop.buy(exchanging(await meshToken(), { scope: 'exchange' }), basic(agent)),
    ],
  ]

  it.each(cases)('%s: %s', async (_name, code, request) => {
    expect(await refusal(request())).toMatchObject({ status: code === 'client_unknown' ? 401 : 400, code })
  })

  it('what the consumer no longer has', async () => {
    const other = await makeClient('purchase.other', 'consumer')
    await grant({ consumer: 'purchase.other', product: 'customer.accounts' })
    const resource = urlOf(accounts, origin)
    const token = await meshToken({}, other)
    expect((await shop.buy(exchanging(token, { resource }), basic(agent))).status).toBe(200)
    const row = await env.DB.prepare("SELECT id FROM grants WHERE consumer = 'purchase.other'").first<{
      id: string
    }>()
    const reason = 'No longer needed'
    expect((await post(`/grants/${row?.id}/revoke`, env.OPERATOR_KEY, { reason })).status).toBe(200)
    expect(await refusal(shop.buy(exchanging(token, { resource }), basic(agent)))).toMatchObject({
      code: 'right_missing',
    })
  })
})

describe('a mesh token', () => {
  it('reads nothing by itself', async () => {
    const response = await shop.buy(meshFields, basic(consumer))
    const { access_token, scope, expires_in } = await response.json<Record<string, unknown>>()
    expect({ scope, expires_in }).toEqual({ scope: 'exchange', expires_in: 3600 })
    await expect(
      shop.verifier(ordersUrl).verify(`Bearer ${String(access_token)}`, 'read'),
    ).rejects.toMatchObject({ code: 'token_invalid' })
    for (const path of ['/clients.json', '/grants.json', '/audit.json']) {
      const asked = await shop.ask(path, { headers: { authorization: `Bearer ${String(access_token)}` } })
      expect([path, asked.status]).toEqual([path, 401])
    }
  })

  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['without an agent', 'agent_unknown', { resource: env.ISSUER }],
    ['for an agent that is not there', 'agent_unknown', { ...meshFields, may_act: 'risk.nobody' }],
    ['for an agent that is no consumer', 'agent_unknown', { ...meshFields, may_act: 'platform.steward' }],
    ['with a scope of products', 'right_missing', { ...meshFields, scope: 'read' }],
    ['for a product', 'token_request_invalid', { ...meshFields, resource: ordersUrl }],
    ['for the catalog with a slash', 'resource_invalid', { resource: `${env.ISSUER}/` }],
  ]
  it.each(cases)('is not sold %s: %s', async (_name, code, fields) => {
    expect(await refusal(shop.buy(fields, basic(consumer)))).toMatchObject({ status: 400, code })
  })

  it.each(['source', 'steward', 'publisher'])('is not sold to a %s', async (kind) => {
    const key = await makeClient(`purchase.a-${kind}`, kind, kind === 'source' ? ['purchase.orders'] : [])
    expect(await refusal(shop.buy(meshFields, basic(key)))).toMatchObject({ code: 'right_missing' })
  })
})
