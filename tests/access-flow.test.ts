/** Access from the first request to the last refusal, as people do it in a browser and programs over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMesh, type Mesh } from '@meshloop/cli/host'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { root } from './stranger.ts'

const stateFolder = mkdtempSync(join(tmpdir(), 'meshloop-access-'))
const consumer = 'marketing.weekly-report'
const fields = ['order_id', 'customer_id', 'placed_at', 'updated_at', 'status', 'total_cents', 'currency']

let mesh: Mesh
let browser: Browser
beforeAll(async () => {
  // The product asks each time what was taken back: nothing here waits for half a minute to pass.
  const vars = { 'purchase.orders': { DENIALS_SECONDS: '0' }, 'shop.simulator': { LIVE: 'off' } }
  ;[mesh, browser] = await Promise.all([startMesh({ root, stateFolder, vars }), launchBrowser()])
}, 120_000)
afterAll(async () => {
  await browser.close()
  await mesh.stop()
  rmSync(stateFolder, { recursive: true })
})

it('asked, approved, read, narrowed, revoked, refused', async () => {
  await sendOrders()
  const marketing = await signIn('Owner of marketing')
  const purchase = await signIn('Owner of purchase')

  // The domain's consumer, and its key, which is shown once.
  await marketing.getByLabel('Its name').fill(consumer)
  await marketing.getByRole('button', { name: 'Make it' }).click()
  await marketing.getByRole('button', { name: 'Make a key' }).click()
  const key = await marketing.getByLabel('Client key').inputValue()
  expect(key).toMatch(/^ml_local_marketing\.weekly-report_/)
  await checkPage(marketing)
  await marketing.getByRole('link', { name: 'I have copied it' }).click()
  expect(await marketing.content()).not.toContain(key)
  expect(await buy(key)).toMatchObject({ status: 400, code: 'right_missing' })

  // The request, from the product's page.
  await marketing.goto(`${mesh.url}/products/purchase.orders`)
  await marketing.getByRole('link', { name: 'Ask for access' }).click()
  await marketing.getByLabel('For which consumer').selectOption(consumer)
  await marketing.getByRole('button', { name: 'Send the request' }).click()
  expect(await marketing.getByRole('alert').innerText()).toMatch(
    /Say what it is for[^]*Choose at least one field/,
  )
  expect(await marketing.getByLabel('For which consumer').inputValue()).toBe(consumer)
  await checkPage(marketing)
  await marketing.getByLabel('What for').fill('Which campaigns lead to orders that are paid')
  for (const field of fields) await marketing.locator(`#column-${field}`).check()
  await marketing.getByRole('button', { name: 'Send the request' }).click()
  await marketing.getByText('waits for the owner').waitFor()
  await checkPage(marketing)
  expect(await buy(key)).toMatchObject({ status: 400, code: 'right_missing' })

  // The owner finds it, and approves it.
  await purchase.goto(`${mesh.url}/access`)
  await checkPage(purchase)
  await purchase.getByRole('link', { name: `${consumer} asks for purchase.orders v1` }).click()
  await checkPage(purchase)
  await purchase.getByRole('button', { name: 'Approve as asked' }).click()
  expect(await purchase.getByRole('status').innerText()).toContain('Approved')

  // What was asked for can be read, and no more.
  const first = await token(key)
  const asked = await read(first)
  expect(asked.status).toBe(200)
  expect(asked.rows.map(({ order_id }) => String(order_id)).toSorted()).toEqual(['ord_1', 'ord_2'])
  expect(Object.keys(asked.rows[0] ?? {}).toSorted()).toEqual(fields.toSorted())

  // The owner narrows it: no customer, paid orders alone, and few rows a day.
  await purchase.getByRole('link', { name: 'the grant' }).click()
  await purchase.getByText('Narrow it').click()
  await purchase.locator('#column-customer_id').uncheck()
  await purchase.getByLabel('Field', { exact: true }).first().selectOption('status')
  await purchase.getByLabel('Value').first().fill('paid')
  await purchase.locator('#rows_per_day').fill('100000')
  await purchase.locator('#reason').fill('Campaigns are counted without customers')
  await checkPage(purchase)
  await purchase.getByRole('button', { name: 'Narrow the grant' }).click()
  expect(await purchase.getByRole('status').innerText()).toContain('Changed')
  await refusal(first)
  const second = await token(key)
  const narrowed = await read(second)
  expect(narrowed.rows.map(({ order_id }) => order_id)).toEqual(['ord_2'])
  expect(Object.keys(narrowed.rows[0] ?? {})).not.toContain('customer_id')
  expect(await read(second, '?customer_id=cust_000001')).toMatchObject({ status: 400 })

  // A day has fewer rows than were read already: each request through a grant that hides something counts for a hundred. More is given from the next token on.
  await setQuota(100)
  expect(await read(await token(key))).toMatchObject({ status: 429, code: 'quota_exceeded' })
  await setQuota(1_000_000)
  const third = await token(key)
  expect((await read(third)).rows).toHaveLength(1)

  // The consumer's people see what happened, and why.
  await marketing.reload()
  await marketing.getByRole('link', { name: 'the grant' }).click()
  expect(await marketing.locator('main').innerText()).toMatch(
    /Only where status is paid[^]*Campaigns are counted without customers/,
  )
  expect(await marketing.getByText('Narrow it').count()).toBe(0)
  await checkPage(marketing)

  // The owner takes it back.
  await purchase.getByText('Revoke it').click()
  await purchase.locator('#revoke_reason').fill('The report has ended')
  await purchase.getByRole('button', { name: 'Revoke the grant' }).click()
  expect(await purchase.getByRole('status').innerText()).toContain('Revoked')
  await checkPage(purchase)
  await refusal(third)
  expect(await buy(key)).toMatchObject({ status: 400, code: 'right_missing' })
}, 120_000)

it('a program without a token is led to where they are sold (RFC 9728, RFC 8414)', async () => {
  const challenge = (await fetch(`${product()}/records`)).headers.get('www-authenticate')
  const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(challenge ?? '') ?? []
  const { resource, authorization_servers: sellers } = (await (await fetch(metadata)).json()) as {
    resource: string
    authorization_servers: readonly string[]
  }
  expect(resource).toBe(product())
  const server = await fetch(`${sellers[0]}/.well-known/oauth-authorization-server`)
  expect(await server.json()).toMatchObject({ token_endpoint: `${mesh.url}/oauth/token` })
})

/** Two orders of two customers, as the shop's source sends them. */
async function sendOrders(): Promise<void> {
  const sourceKey = await mesh.keys.of('purchase.orders.file', 'CLIENT_KEY')
  const now = new Date().toISOString()
  const order = (n: number, status: string) => ({
    order_id: `ord_${n}`,
    customer_id: `cust_00000${n}`,
    placed_at: now,
    updated_at: now,
    status,
    total_cents: 1_000 * n,
    currency: 'EUR',
    item_count: 1,
    campaign_id: null,
    session_id: null,
    shipping_address_id: null,
    payment_method_id: null,
  })
  const response = await fetch(`${product()}/ingest`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token(sourceKey, 'purchase.orders.file')}`,
      'content-type': 'application/json',
      'idempotency-key': 'access-flow',
    },
    body: JSON.stringify({ rows: [order(1, 'placed'), order(2, 'paid')] }),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}

/** The owner's own program gives the consumer so many rows a day. */
async function setQuota(rows_per_day: number): Promise<void> {
  const headers = {
    authorization: `Bearer ${await mesh.keys.of('purchase.owner', 'CLIENT_KEY')}`,
    'content-type': 'application/json',
  }
  const list = await fetch(`${mesh.url}/grants.json?consumer=${consumer}`, { headers })
  const { grants } = (await list.json()) as {
    grants: { id: string; scopes: string[]; view: object; ends_at: string }[]
  }
  const [{ id, scopes, view, ends_at } = expect.fail('a grant')] = grants
  const body = JSON.stringify({
    terms: { scopes, view, ends_at, rows_per_day },
    reason: 'Enough for a day',
  })
  const changed = await fetch(`${mesh.url}/grants/${id}/change`, { method: 'POST', headers, body })
  expect(changed.status).toBe(200)
}

const product = (): string => `${mesh.url}/purchase/orders/v1`

/** A page of somebody in a browser of their own, led to the sign-in and back to their page of access. */
async function signIn(as: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${mesh.url}/access`)
  await page.getByRole('button', { name: as, exact: true }).click()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Access')
  return page
}

/** What is shown is accessible, and no wider than a phone when it is looked at there. */
async function checkPage(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect(found, page.url()).toEqual([])
  const size = page.viewportSize() ?? { width: 1280, height: 720 }
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await page.evaluate('document.documentElement.scrollWidth'), page.url()).toBe(390)
  await page.setViewportSize(size)
}

interface Answer {
  readonly status: number
  readonly code?: string
  readonly access_token?: string
}

async function buy(key: string, id = consumer): Promise<Answer> {
  const response = await fetch(`${mesh.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: key,
      resource: product(),
    }),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

async function token(key: string, id = consumer): Promise<string> {
  const { access_token, ...refusal } = await buy(key, id)
  if (access_token === undefined) throw new Error(JSON.stringify(refusal))
  return access_token
}

/** Reads until the token is refused: the catalog shows a list of what was taken back for five seconds. */
const refusal = (bearer: string) =>
  expect
    .poll(() => read(bearer), { timeout: 30_000, interval: 100 })
    .toMatchObject({
      status: 401,
      code: 'token_revoked',
    })

async function read(bearer: string, query = '') {
  const response = await fetch(`${product()}/records${query}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  const { records = [], code } = (await response.json()) as {
    records?: Record<string, unknown>[]
    code?: string
  }
  return { status: response.status, code, rows: records }
}
