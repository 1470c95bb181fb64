/** Takeovers at registration: names that look like another domain's, and products that move. */
import { fetchJson } from '@meshloop/access/fetch-json'
import { beforeAll, describe, expect, it } from 'vitest'
import { looksLike } from '../products/look-alike.ts'
import { shopAt } from './buying.ts'
import { accounts, orders } from './contracts.ts'
import {
  answer,
  ask,
  deploy,
  deployed,
  env,
  makeClient,
  migrate,
  post,
  problemOf,
  register,
  urlOf,
} from './mesh.ts'

const host = 'https://orders.team.example'
const elsewhere = 'https://moved.team.example'

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await deployed(orders, host)
})

describe('a name', () => {
  it.each([
    ['purchase.orders', 'purchases.orders'],
    ['purchase.orders', 'purchase2.orders'],
    ['purchase.orders', 'purchse.orders'],
    ['purchase.orders', 'pucrhase.orders'],
    ['purchase.orders', 'pur-chase.orders'],
    ['purchase.orders', 'purchase-.orders'],
    ['customer.accounts', 'custorner.accounts'],
    ['customer.accounts', 'customer.accounts'],
    ['growth.reports', 'qrowth.reports'],
    ['search.queries', 'search1.queries'],
    ['billing.invoices', 'bi11ing.invoices'],
    ['billing.invoices', 'biliing.invoices'],
    ['discovery.views', 'd1scovery.views'],
    ['web.sessions', 'vveb.sessions'],
    ['logs.access', 'l0gs.access'],
    ['click.streams', 'dick.streams'],
    ['c1ick.streams', 'dick.streams'],
    ['hr-data.people', 'hrdata.people'],
    ['s-hop.orders', 'shop.order-s'],
    ['s-hop.orders', 'shop.order'],
  ])('%s looks like %s, both ways', (a, b) => {
    expect([looksLike(a, b), looksLike(b, a)]).toEqual([true, true])
  })

  it.each([
    ['purchase.orders', 'customer.orders'],
    ['purchase.orders', 'purchase.returns'],
    ['hr.people', 'pr.people'],
    ['risk.fraud', 'ris.fraud'],
    ['marketing.campaigns', 'market.campaigns'],
    ['purchase.orders', 'purchases.order'],
    ['search.queries', 'research.queries'],
    ['a.b', 'b.a'],
  ])('%s does not look like %s', (a, b) => {
    expect([looksLike(a, b), looksLike(b, a)]).toEqual([false, false])
  })

  it('like one of another domain is refused, and the other is named', async () => {
    const response = await deploy({ ...orders, id: 'purchases.orders' }, host)
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      code: 'name_too_similar',
      detail: expect.stringContaining('purchase.orders'),
    })
    expect((await ask('/products/purchases.orders.json')).status).toBe(404)
  })

  it('may be like one of the own domain, and is not asked again for a product that is registered', async () => {
    expect((await deploy({ ...orders, id: 'purchase.order' }, host)).status).toBe(200)
    // Registered before there was such a rule.
    await env.DB.prepare(
      `INSERT INTO products SELECT 'purchases.orders', major, 'purchases', url || '0', contract, contract_hash, registered_by,
         registered_at, updated_at FROM products WHERE id = 'purchase.orders'`,
    ).run()
    const again = await deploy({ ...orders, title: 'All orders', version: '1.2.1' }, host)
    expect(again.status).toBe(200)
    await env.DB.prepare("DELETE FROM products WHERE domain = 'purchases'").run()
  })
})

it('a host that answers a byte now and then is given up', async () => {
  const slow = `${urlOf(orders, 'https://slow.team.example')}/contract?format=definition`
  const bounds = { fetch: (url: string, init: RequestInit) => fetch(url, init), maxBytes: 1_000_000 }
  await expect(fetchJson(slow, { ...bounds, timeoutMs: 100 })).rejects.toMatchObject({ code: 'unreachable' })
})

describe('a product that moves', () => {
  const shop = shopAt(Date.now())
  const contract = { ...orders, title: 'All orders', version: '1.2.1' } as const
  const resource = urlOf(contract, host)
  const buyer = async (url: string) => ({
    client_id: 'risk.fraud',
    client_secret: await makeClient('risk.fraud', 'consumer'),
    resource: url,
  })

  it('takes no token for where it was, is told to its domain, and stands in the audit log', async () => {
    await makeClient('risk.fraud', 'consumer')
    await post('/grants', env.OPERATOR_KEY, {
      consumer: 'risk.fraud',
      product: 'purchase.orders',
      major: 1,
      purpose: 'Score',
    })
    await post('/webhooks', env.OPERATOR_KEY, {
      owner_kind: 'domain',
      owner: 'purchase',
      url: 'https://hooks.shop.example/',
    })
    const old = await shop.token(await buyer(resource))
    const moved = urlOf(contract, elsewhere)
    await deployed(contract, elsewhere)

    await expect(shop.verifier(resource).verify(`Bearer ${old}`, 'read')).resolves.toMatchObject({
      aud: resource,
    })
    await expect(shop.verifier(moved).verify(`Bearer ${old}`, 'read')).rejects.toMatchObject({
      code: 'token_invalid',
    })
    expect(await problemOf(await shop.buy(await buyer(resource)))).toEqual({
      status: 400,
      code: 'resource_invalid',
    })
    const fresh = await shop.token(await buyer(moved))
    await expect(shop.verifier(moved).verify(`Bearer ${fresh}`, 'read')).resolves.toMatchObject({
      aud: moved,
    })

    const entry = await env.DB.prepare("SELECT by, about FROM audit WHERE what = 'product.moved'").first<{
      by: string
      about: string
    }>()
    expect(entry?.by).toBe('client:purchase.publisher')
    expect(JSON.parse(entry?.about ?? '')).toMatchObject({ url: moved, moved_from: resource })
    const { results } = await env.DB.prepare(
      "SELECT body FROM deliveries JOIN notices ON id = notice WHERE type = 'product.moved'",
    ).all<{ body: string }>()
    expect(results.map(({ body }) => JSON.parse(body).data as unknown)).toEqual([
      { product: 'purchase.orders', major: 1, from: resource, to: moved },
    ])
  })

  it('with a new contract tells it, too', async () => {
    const back = { ...contract, title: 'Orders again', version: '1.2.2' } as const
    await deployed(back, host)
    const { about } =
      (await env.DB.prepare(
        "SELECT about FROM audit WHERE what = 'product.registered' ORDER BY seq DESC",
      ).first<{
        about: string
      }>()) ?? {}
    expect(JSON.parse(about ?? '{}')).toMatchObject({
      version: '1.2.2',
      moved_from: urlOf(contract, elsewhere),
    })
    const told = await env.DB.prepare("SELECT count(*) AS n FROM notices WHERE type = 'product.moved'").first(
      'n',
    )
    expect(told).toBe(2)
  })

  it('of another domain stays: nobody else’s key moves it', async () => {
    const evil = await makeClient('evil.publisher', 'publisher')
    await answer(`${urlOf(contract, elsewhere)}/contract`, contract)
    const response = await post('/products', evil, { url: urlOf(contract, elsewhere), contract })
    expect(await problemOf(response)).toEqual({ status: 403, code: 'foreign_domain' })
  })
})
