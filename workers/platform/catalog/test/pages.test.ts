import { beforeAll, describe, expect, it } from 'vitest'
import { putProduct } from '../products/put-product.ts'
import { accounts, fraud, orders } from './contracts.ts'
import { ask, deployed, env, makeClient, migrate, post, problemOf, register } from './mesh.ts'

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
  await register(fraud)
  await makeClient('risk.fraud', 'consumer')
  await post('/grants', env.OPERATOR_KEY, {
    consumer: 'risk.fraud',
    product: 'purchase.orders',
    major: 1,
    purpose: 'Scores orders',
  })
})

const html = { headers: { accept: 'text/html,application/xhtml+xml' } }
const text = async (path: string) => (await ask(path, html)).text()

describe('pages', () => {
  it('show the mesh by domain, with what is fresh and what is late', async () => {
    const home = await text('/')
    for (const word of [
      'Orders',
      'Fraud risk',
      'Fresh',
      'Late',
      'Waiting',
      'Level 2 of 5',
      'flags for apps: fraud',
    ]) {
      expect(home).toContain(word)
    }
  })

  it('answer whether a product can be trusted, with evidence', async () => {
    const page = await text('/products/purchase.orders')
    expect(page).toContain('Complete up to')
    expect(page).toContain('It serves exactly the registered contract')
    expect(page).toContain('69,659 changes accepted, none in quarantine')
    expect(page).toContain('Scores orders')
    expect(page).toContain('customer.accounts')
    expect(page).toContain('curl -H')
    const { state, trust } = await (
      await ask('/products/customer.accounts.json')
    ).json<{ state: object; trust: { answer: string }[] }>()
    expect(state).toMatchObject({ verdict: 'late', contract: 'as_registered', quarantined: 3 })
    expect(trust.map(({ answer }) => answer)).toEqual(['no', 'yes', 'no', 'yes', 'yes', 'no'])
  })

  it('have each major of a product, the greatest unless another is asked for', async () => {
    const url = 'https://data.shop.example/search/queries'
    const registration = { registered_by: 'search.publisher', at: '2026-11-20T12:00:00.000Z' }
    const judgement = {
      compared_with: null,
      step: 'none',
      findings: [],
      affected: [],
      policies: [],
      previous: null,
    } as const
    for (const major of [1, 2]) {
      const contract = { ...orders, id: 'search.queries', version: `${major}.0.0` } as const
      const written = { ...registration, contract, contract_hash: `h${major}`, url: `${url}/v${major}` }
      await putProduct({ db: env.DB, newId: () => crypto.randomUUID() }, written, judgement)
    }
    const urlAt = async (query: string) =>
      (await (await ask(`/products/search.queries.json${query}`)).json<{ url: string }>()).url
    expect([await urlAt(''), await urlAt('?major=1'), await urlAt('?major=2')]).toEqual(
      [2, 1, 2].map((major) => `${url}/v${major}`),
    )
    const listed = async (query: string) => {
      const list = await ask(`/products.json${query}`)
      const { products } = await list.json<{ products: { id: string; major: number }[] }>()
      return products.flatMap(({ id, major }) => (id === 'search.queries' ? [major] : []))
    }
    expect([await listed(''), await listed('?majors=all')]).toEqual([[2], [1, 2]])
    for (const major of ['3', '0', 'x', '1.5'])
      expect(await problemOf(await ask(`/products/search.queries.json?major=${major}`))).toEqual({
        status: 404,
        code: 'product_unknown',
      })
    await env.DB.batch([
      env.DB.prepare("DELETE FROM products WHERE id = 'search.queries'"),
      env.DB.prepare("DELETE FROM product_search WHERE product = 'search.queries'"),
    ])
  })

  it('show everything that a contract promises', async () => {
    const page = await text('/products/risk.fraud')
    for (const words of [
      'Risk score',
      'also called rating, danger',
      'made of',
      'purchase.orders#total_cents',
      'no promise how often',
      'free of charge',
      'records, aggregate, changes, flags',
      '/contract?format=jsonschema',
      'personal-retention-limited',
      'first that is known',
    ])
      expect(page).toContain(words)
    const markdown = await (await ask('/products/risk.fraud.md')).text()
    for (const words of ['Risk score:', 'also called rating, danger', 'Price: free of charge', '## History'])
      expect(markdown).toContain(words)
  })

  it('say what is offered in bulk, how long deletions are told, and what a reader may spend', async () => {
    const bulk = {
      ...orders,
      id: 'purchase.invoices',
      indexes: ['status', ['status', 'placed_at']],
      access: {},
      exports: { every: 'PT2H', hot: 'P365D' },
      tombstones: 'P30D',
      limits: { scan: 50_000, requests: 600 },
    } as const
    await deployed(bulk, 'https://bulk.team.example')
    const page = await text('/products/purchase.invoices')
    const markdown = await (await ask('/products/purchase.invoices.md')).text()
    for (const words of [
      'Parquet and NDJSON, at least every 2 h when something changed; replaced ones are kept for 7 d',
      'what happened longer than 365 d ago, by months',
      'for at least 30 d in the change feed',
      'at most 50,000 rows',
      'at most 600 times a minute',
      'filtered by status and sorted by placed',
      'month',
    ])
      for (const said of [page, markdown]) expect(said).toContain(words)
    expect(page).toContain(
      'Grouped by status, placed_at.hour, placed_at.day, placed_at.week, placed_at.month.',
    )
    expect(await text('/products/purchase.orders')).not.toContain('Bulk files')
  })

  it('say that they do not know when a product does not answer', async () => {
    const key = await makeClient('risk.publisher', 'publisher')
    const url = 'https://away.team.example/risk/fraud/v1'
    expect((await post('/products', key, { url, contract: fraud })).status).toBe(200)
    const page = await text('/products/risk.fraud')
    expect(page).toContain('No answer')
    const { state } = await (await ask('/products/risk.fraud.json')).json<{ state: object }>()
    expect(state).toMatchObject({ verdict: 'unreachable', as_of: null, contract: 'unknown' })
  })

  it('let nothing of a contract become markup', async () => {
    for (const path of ['/', '/products/customer.accounts']) {
      const page = await text(path)
      expect(page).not.toContain('<script')
      expect(page).not.toMatch(/href="javascript:/)
      expect(page).toContain('&lt;script&gt;')
    }
    const markdown = await (await ask('/products/customer.accounts.md')).text()
    expect(markdown).not.toContain('<script>')
    expect(markdown).not.toContain('[click](')
  })

  const paths = [
    '/',
    '/products',
    '/products?q=order',
    '/products/risk.fraud',
    '/policies',
    '/problems',
    '/problems/token_expired',
    '/nothing',
  ]

  it.each(paths)('%s runs nothing and can be read', async (path) => {
    const response = await ask(path, html)
    const body = await response.text()
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(body).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/)
    expect(body).toMatch(/^<!doctype html><html lang="en">/)
    expect(body.match(/<h1/g)).toHaveLength(1)
    for (const landmark of ['<main', '<header', '<nav', '<footer']) expect(body).toContain(landmark)
    const ids = [...body.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['/products', '/products/purchase.orders', '/policies', '/problems', '/problems/policy_breach'])(
    '%s has its twins',
    async (path) => {
      const page = await text(path)
      const json = await ask(`${path}.json`)
      const markdown = await ask(`${path}.md`)
      expect([json.status, markdown.status]).toEqual([200, 200])
      expect(json.headers.get('content-type')).toContain('application/json')
      expect(markdown.headers.get('content-type')).toContain('text/markdown')
      expect(page).toContain(`href="${path}.json"`)
      expect(page).toContain(`href="${path}.md"`)
    },
  )

  it('serve the style from here', async () => {
    const style = await ask('/style.css')
    expect(style.headers.get('content-type')).toContain('text/css')
    const again = await ask('/style.css', { headers: { 'if-none-match': style.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })
})

describe('search', () => {
  const find = async (query: string) => {
    const list = await (
      await ask(`/products.json?q=${encodeURIComponent(query)}`)
    ).json<{ products: { id: string }[] }>()
    return list.products.map(({ id }) => id)
  }

  it.each([
    ['a title', 'orders', 'purchase.orders'],
    ['the beginning of a word', 'frau', 'risk.fraud'],
    ['another form of a word', 'ordering', 'purchase.orders'],
    ['an id', 'customer.accounts', 'customer.accounts'],
    ['a field', 'total_cents', 'purchase.orders'],
    ['a meaning', 'risky', 'risk.fraud'],
    ['a business name', 'risk score', 'risk.fraud'],
    ['a synonym', 'danger', 'risk.fraud'],
    ['a team', 'Risk', 'risk.fraud'],
  ])('finds %s', async (_name, query, id) => {
    expect(await find(query)).toContain(id)
  })

  it.each(['"', 'orders" OR "risk', 'NEAR(', '*', "'; DROP TABLE products --", 'title:orders^', '(', 'zzz'])(
    'takes %j as words, never as a query',
    async (query) => {
      await expect(find(query)).resolves.toBeInstanceOf(Array)
    },
  )

  it('says so when nothing is found', async () => {
    expect(await text('/products?q=zzz')).toContain('No product for “zzz”')
    expect(await text('/products?q=<b>')).not.toContain('<b>')
  })
})

describe('problems', () => {
  it('have a page for the codes of every package, and one for unknown ones', async () => {
    const { problems } = await (
      await ask('/problems.json')
    ).json<{ problems: { code: string; from: string }[] }>()
    for (const code of ['contract_differs', 'token_expired', 'record_not_found']) {
      expect(problems.map((problem) => problem.code)).toContain(code)
      expect(await text(`/problems/${code}`)).toContain('How to go on')
    }
    expect(await text('/problems/something_new')).toContain('does not know')
  })

  it('come as a document to programs and as a page to people', async () => {
    expect(await problemOf(await ask('/products/no.such'))).toEqual({ status: 404, code: 'product_unknown' })
    expect(await problemOf(await ask('/products/no.such.json', html))).toEqual({
      status: 404,
      code: 'product_unknown',
    })
    expect(await problemOf(await ask('/nowhere'))).toEqual({ status: 404, code: 'not_found' })
    expect(await problemOf(await ask('/problems/%3Cscript%3E'))).toEqual({ status: 404, code: 'not_found' })
    const page = await ask('/products/no.such', html)
    expect(page.status).toBe(404)
    expect(await page.text()).toContain('No such product')
    const wayOn = (await text('/nowhere')).split('How to go on')
    expect(wayOn).toHaveLength(2)
    expect(wayOn[1]).not.toContain('OpenAPI') // what a product would say to the same code
  })
})
