/** Every kind of page in a real browser: quiet under its policy, accessible, readable without scripts; and the README's walk by hand. */
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { openWholeMesh, until, type WholeMesh } from './whole-mesh.ts'

let whole: WholeMesh
let browser: Browser
beforeAll(async () => {
  ;[whole, browser] = await Promise.all([openWholeMesh(), launchBrowser()])
}, 300_000)
afterAll(async () => {
  await browser.close()
  await whole.end()
})

const customer = 'cust_000048'

const pages = [
  '/',
  '/products',
  '/products?q=order',
  '/products/purchase.orders',
  '/products/risk.fraud',
  '/products/marketing.newsletter',
  '/products/marketing.newsletter?major=1',
  '/policies',
  '/problems',
  '/problems/token_missing',
  '/problems/parameter_unknown',
  '/purchase/orders/v1/docs',
  '/risk/fraud/v1/docs',
  '/shop/storefront/',
  `/shop/storefront/customers/${customer}`,
  `/shop/storefront/inbox/${customer}`,
  '/shop/storefront/alarms',
]

describe('every page', () => {
  it.each(pages)(
    '%s',
    async (path) => {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('request', (request) => {
        if (!request.url().startsWith(whole.mesh().url)) complaints.push(`asks ${request.url()}`)
      })
      const response = await page.goto(`${whole.mesh().url}${path}`)
      expect(response?.status()).toBe(200)
      expect(response?.headers()['content-security-policy']).toContain("default-src 'none'")
      expect(complaints).toEqual([])
      expect(await violations(page)).toEqual([])
      await page.close()
    },
    30_000,
  )

  it.each(pages)(
    '%s on a phone without scripts',
    async (path) => {
      const page = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } })
      await page.goto(`${whole.mesh().url}${path}`)
      expect((await page.locator('h1').innerText()).length).toBeGreaterThan(2)
      expect((await page.locator('main').innerText()).length).toBeGreaterThan(20)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
      await page.close()
    },
    30_000,
  )
})

/** What axe finds; its script comes in beside the page's policy, as a browser's extension does. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}

it('the console sends a request and shows the answer', async () => {
  const page = await browser.newPage()
  await page.goto(`${whole.mesh().url}/purchase/orders/v1/docs`)
  const token = await tokenFor('purchase.orders')
  await page.getByLabel('Access token').fill(token)
  const form = page.locator('details', { has: page.locator('code', { hasText: 'GET /records' }) }).first()
  await form.locator('summary').first().click()
  await form.locator('input[name="limit"]').fill('1')
  await form.getByRole('button', { name: 'Send' }).click()
  await form.locator('.response:not(:empty)').waitFor()
  expect(await form.locator('.status').innerText()).toMatch(/^200 OK in \d+ ms/)
  expect(await form.locator('.headers').innerText()).toContain('meshloop-version: ')
  expect(await form.locator('.response').innerText()).toContain('"order_id"')
  expect(await form.locator('.request').innerText()).toContain('curl -H "authorization: Bearer $TOKEN"')
  await page.close()
}, 30_000)

it('the walk by hand, without scripts', async () => {
  const page = await browser.newPage({ javaScriptEnabled: false })
  await page.goto(`${whole.mesh().url}/shop/storefront/`)
  await page.getByLabel('Or another customer').fill(customer)
  await page.getByRole('button', { name: 'Come in' }).click()
  await page.getByRole('button', { name: 'I have moved' }).click()
  await page.getByText('A brand-new address').click()
  await page.getByLabel('Anything else, by its price').fill('4000.00')
  await page.getByRole('button', { name: 'Order and pay' }).click()
  const order = page.url()
  expect(await page.locator('main').innerText()).toMatch(/4,012\.00/)
  expect(await page.locator('main').innerText()).toMatch(/no order older than two weeks went/)

  await until(whole, async () => {
    await page.goto(order)
    return (await page.locator('.loop').innerText()).includes('until a flag was signed')
  })

  await page.goto(`${whole.mesh().url}/shop/storefront/customers/${customer}`)
  await page.getByText('I pick it up').click()
  await page.getByRole('button', { name: 'Order and pay' }).click()
  expect(await page.locator('main').innerText()).toMatch(/Waits for your confirmation[^]*AMOUNT_ABOVE_NORMAL/)

  await page.goto(`${whole.mesh().url}/shop/storefront/inbox/${customer}`)
  expect(await page.locator('main').innerText()).toMatch(/4,012\.00/)
  await page.close()
}, 120_000)

async function tokenFor(product: string): Promise<string> {
  const mesh = whole.mesh()
  const key = await mesh.keys.of('local.commands', 'CLIENT_KEY')
  const response = await fetch(`${mesh.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'local.commands',
      client_secret: key,
      resource: `${mesh.url}/${product.replace('.', '/')}/v1`,
    }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}
