import { contractHash } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { accounts, orders, origin } from './contracts.ts'
import { ask, env, makeClient, migrate, post, problemOf, register } from './mesh.ts'

const url = `${origin}/purchase/orders/v1`
let publisher: string

beforeAll(async () => {
  await migrate()
  await register(accounts)
  publisher = await makeClient('purchase.publisher', 'publisher')
})

describe('registration', () => {
  it('takes a product whose served contract is the one that is sent, and finds it at once', async () => {
    const response = await post('/products', publisher, { url, contract: orders })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      id: 'purchase.orders',
      major: 1,
      url,
      contract_hash: await contractHash(orders),
    })
    const found = await (await ask('/products.json?q=order')).json<{ products: { id: string }[] }>()
    expect(found.products.map(({ id }) => id)).toEqual(['purchase.orders'])
  })

  it('changes nothing when it is repeated', async () => {
    await post('/products', publisher, { url, contract: orders })
    const before = await env.DB.prepare('SELECT * FROM products').all()
    await post('/products', publisher, { url, contract: orders })
    expect((await env.DB.prepare('SELECT * FROM products').all()).results).toEqual(before.results)
    const count = (table: string) =>
      env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE product = 'purchase.orders'`).first('n')
    expect([await count('product_search'), await count('registrations')]).toEqual([1, 1])
  })
})

describe('registration refuses', () => {
  const path = '/purchase/orders/v1'
  const addresses: readonly string[] = [
    '',
    'hello',
    `http://data.shop.example${path}`,
    `ftp://data.shop.example${path}`,
    `https://data.shop.example:8443${path}`,
    `https://data.shop.example:443${path}`,
    `https://user:pass@data.shop.example${path}`,
    `https://data.shop.example@evil.example${path}`,
    `https://data.shop.example.${path}`,
    `https://data.shop.example.evil.example${path}`,
    `https://evil-data.shop.example${path}`,
    `https://evildata.shop.example${path}`,
    `https://shop.example${path}`,
    `https://team.example${path}`,
    `https://evil-team.example${path}`,
    `https://.team.example${path}`,
    `https://DATA.shop.example${path}`,
    `https://data%2eshop.example${path}`,
    `https:\\\\data.shop.example\\purchase\\orders\\v1`,
    `https:///data.shop.example${path}`,
    `https://data.shop.example//purchase/orders/v1`,
    `https://data.shop.example/x/../purchase/orders/v1`,
    `https://data.shop.example/purchase/orders/v1/`,
    `https://data.shop.example/purchase/orders/v2`,
    `https://data.shop.example/purchase/returns/v1`,
    `https://data.shop.example/`,
    `https://data.shop.example${path}?x=1`,
    `https://data.shop.example${path}#x`,
    ` https://data.shop.example${path}`,
    `https://data.shop.example${path}\n`,
    `https://localhost${path}`,
    `https://localhost.${path}`,
    `http://localhost:8787${path}`,
    `https://127.0.0.1${path}`,
    `https://127.1${path}`,
    `https://0x7f.0.0.1${path}`,
    `https://2130706433${path}`,
    `https://0${path}`,
    `https://[::1]${path}`,
    `https://[::ffff:7f00:1]${path}`,
    `https://[::ffff:127.0.0.1]${path}`,
    `https://169.254.169.254${path}`,
    `https://10.0.0.1${path}`,
    `https://data.shop.ｅxample${path}`,
    `https://data。shop.example${path}`,
    `https://mesh.example${path}`,
    `file:///etc/passwd`,
    `data:application/json,{}`,
    `javascript:alert(1)`,
    `//data.shop.example${path}`,
    `https://${'a.'.repeat(300)}team.example${path}`,
  ]

  it.each(addresses)('the address %j', async (address) => {
    const response = await post('/products', publisher, { url: address, contract: orders })
    expect(await problemOf(response)).toEqual({ status: 400, code: 'url_refused' })
  })

  it.each([
    ['another contract', 'differs', 409, 'contract_differs'],
    ['something that is no contract', 'invalid', 409, 'contract_differs'],
    ['a page', 'html', 502, 'contract_unreachable'],
    ['an error', 'error', 502, 'contract_unreachable'],
    ['more than 1 MB', 'huge', 502, 'contract_unreachable'],
    ['a redirect, even to the good host', 'redirect', 502, 'contract_unreachable'],
    ['nothing', 'broken', 502, 'contract_unreachable'],
  ])('a host that serves %s', async (_name, host, status, code) => {
    const response = await post('/products', publisher, {
      url: `https://${host}.team.example${path}`,
      contract: orders,
    })
    expect(await problemOf(response)).toEqual({ status, code })
  })

  it('what is deployed otherwise than sent', async () => {
    const response = await post('/products', publisher, { url, contract: { ...orders, title: 'My orders' } })
    expect(await problemOf(response)).toEqual({ status: 409, code: 'contract_differs' })
  })

  it('a contract with mistakes, and names each', async () => {
    const response = await post('/products', publisher, {
      url,
      contract: { ...orders, key: ['nope'], indexes: ['nor_this'] },
    })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const { code, errors } = await response.json<{ code: string; errors: { pointer: string }[] }>()
    expect(code).toBe('contract_invalid')
    expect(errors.length).toBeGreaterThan(1)
  })

  it('a product of another domain', async () => {
    const response = await post('/products', publisher, {
      url: `${origin}/customer/accounts/v1`,
      contract: accounts,
    })
    expect(await problemOf(response)).toEqual({ status: 403, code: 'foreign_domain' })
  })

  it.each(['consumer', 'source', 'steward'])('the key of a %s', async (kind) => {
    const key = await makeClient(`purchase.x-${kind}`, kind, kind === 'source' ? ['purchase.orders'] : [])
    expect(await problemOf(await post('/products', key, { url, contract: orders }))).toEqual({
      status: 403,
      code: 'not_publisher',
    })
  })

  it.each([
    ['no key', null, 'client_key_missing'],
    ['an unknown key', `ml_local_purchase.publisher_${'A'.repeat(43)}`, 'client_unknown'],
    ['an unknown client', `ml_local_nobody.x_${'A'.repeat(43)}`, 'client_unknown'],
    ['no key at all', 'hello', 'client_unknown'],
    ['the operator’s key', 'operator-key-of-the-tests', 'client_unknown'],
  ])('%s', async (_name, key, code) => {
    expect(await problemOf(await post('/products', key, { url, contract: orders }))).toEqual({
      status: 401,
      code,
    })
  })

  it.each([
    ['no JSON', '{', 400, 'body_malformed'],
    ['no contract', { url: `${origin}/purchase/orders/v1` }, 400, 'body_malformed'],
    ['an empty contract', { url: 'x', contract: {} }, 422, 'contract_invalid'],
    ['an unknown member', { url: 'x', contract: {}, owner: 'customer' }, 400, 'body_malformed'],
    ['more than 1 MB', { url: 'x'.repeat(1_100_000), contract: {} }, 413, 'body_too_large'],
    [
      'a contract nested deep',
      `{"url":"x","contract":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      422,
      'contract_invalid',
    ],
  ])('%s', async (_name, body, status, code) => {
    expect(await problemOf(await post('/products', publisher, body))).toEqual({ status, code })
  })
})

describe('the operator', () => {
  const described = { id: 'risk.fraud', kind: 'consumer', domain: 'risk' }
  const client = { ...described, secret_hash: 'A'.repeat(43) }

  it('may repeat a request', async () => {
    const first = await post('/clients', env.OPERATOR_KEY, client)
    expect(await first.json()).toEqual({ ...described, products: [], decides: false })
    const row = () => env.DB.prepare("SELECT * FROM clients WHERE id = 'risk.fraud'").first()
    const before = await row()
    await post('/clients', env.OPERATOR_KEY, client)
    expect(await row()).toEqual(before)
  })

  it('gives a grant its next version only when it changes', async () => {
    const grant = { consumer: 'risk.fraud', product: 'purchase.orders', major: 1, purpose: 'Score' }
    const put = async (change: object) =>
      (await post('/grants', env.OPERATOR_KEY, { ...grant, ...change })).json<{
        id: string
        version: number
      }>()
    const first = await put({})
    expect(first).toMatchObject({ version: 1, scopes: ['read'] })
    expect(await put({})).toEqual(first)
    expect(await put({ view: { columns: ['order_id'], rows: [] } })).toMatchObject({
      id: first.id,
      version: 2,
    })
    expect(await put({ scopes: ['read', 'check'] })).toMatchObject({ id: first.id, version: 3 })
  })

  it.each([
    ['/clients', client, null, 401, 'client_key_missing'],
    ['/clients', client, 'wrong', 401, 'client_unknown'],
    ['/grants', {}, 'wrong', 401, 'client_unknown'],
    ['/clients', { ...client, id: 'Risk' }, undefined, 400, 'body_malformed'],
    ['/clients', { ...client, kind: 'admin' }, undefined, 400, 'body_malformed'],
    ['/clients', { ...client, kind: 'source' }, undefined, 400, 'body_malformed'],
    ['/clients', { ...client, products: ['purchase.orders'] }, undefined, 400, 'body_malformed'],
    ['/clients', { ...client, kind: 'source', products: ['orders'] }, undefined, 400, 'body_malformed'],
    ['/grants', { consumer: 'risk.fraud' }, undefined, 400, 'body_malformed'],
    [
      '/grants',
      { consumer: 'a.b', product: 'c.d', major: 1, purpose: 'x', scopes: ['ingest'] },
      undefined,
      400,
      'body_malformed',
    ],
  ])('%s %j with key %s: refused', async (path, body, key, status, code) => {
    expect(await problemOf(await post(path, key === undefined ? env.OPERATOR_KEY : key, body))).toEqual({
      status,
      code,
    })
  })
})
