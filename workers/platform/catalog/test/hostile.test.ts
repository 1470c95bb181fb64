import { beforeAll, describe, expect, it } from 'vitest'
import { enormous, hostile } from './hostile.ts'
import { answer, ask, deploy, deployed, env, migrate, post, urlOf } from './mesh.ts'

const host = 'https://hostile.team.example'
const id = 'evil.everything'
/** Controls, direction overrides, tags: what cannot be seen and changes what is seen. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u

beforeAll(async () => {
  await migrate()
  await answer(`${urlOf(hostile, host)}/status`, {
    as_of: new Date().toISOString(),
    contract: '"><script>alert(1)</script>\u202e',
    counts: { changes: 7, quarantined: 0 },
    progress: [{ name: '<script>alert(2)</script>', as_of: null, waiting: 0 }],
    quality: [{ rule: 'rule_one', count: 3, of: 4, kept: false, judged_at: '2026-11-22T11:59:00.000Z' }],
  })
  await answer(`${urlOf(hostile, host)}/usage`, {
    since: '2026-10-24',
    consumers: [
      {
        consumer: 'shop.storefront',
        requests: 1,
        last_day: '2026-11-22',
        fields: ['<script>alert(3)</script>', '|'],
      },
    ],
  })
  await deployed(hostile, host)
  await post('/grants', env.OPERATOR_KEY, {
    consumer: 'shop.storefront',
    product: id,
    major: 1,
    purpose: '<script>alert(4)</script> | [x](javascript:alert(1))',
  })
  await post('/exceptions', env.OPERATOR_KEY, {
    policy: 'joins-fit',
    product: id,
    owner: 'Somebody <script>alert(5)</script>',
    reason: '| [x](javascript:alert(1))',
    expires: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
  })
  await deployed({ ...hostile, version: '1.0.1', title: `${hostile.title} again` }, host)
})

describe('a contract that is hostile everywhere', () => {
  const pages = [`/products/${id}`, '/', '/products', '/products?q=alert', '/policies']

  it.each(pages)('does nothing on %s', async (path) => {
    const page = await (await ask(path, { headers: { accept: 'text/html' } })).text()
    if (path !== '/policies') expect(page).toContain('alert(1)')
    expect(page).not.toMatch(/<script|<img|<b>|\sstyle=|javascript:alert\(1\)"/i)
    // The only attributes that speak of events would be somebody's: all quotes of texts are escaped.
    expect(page.replace(/>[^<]*</g, '><')).not.toMatch(/\son[a-z]+=/i)
    expect(page).not.toMatch(/href="(?!\/|#|https:\/\/|mailto:)/)
    expect(page).not.toMatch(unseen)
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, name]) => name)
    expect(new Set(ids).size).toBe(ids.length)
    // Parts of a page are told apart by their names, also by who hears them only.
    const headings = [...page.matchAll(/<h2 id="[^"]+">([^<]+)</g)].map(([, name]) => name)
    const labels = [...page.matchAll(/<(?:section|nav|div)[^>]* aria-label="([^"]+)"/g)].map(
      ([, name]) => name,
    )
    const names = [...headings, ...labels]
    expect(new Set(names).size).toBe(names.length)
  })

  it.each([`/products/${id}.md`, '/products.md', '/policies.md'])('is text in %s', async (path) => {
    const markdown = await (await ask(path)).text()
    const outside = markdown.replace(/```sh\n[^`]*```/g, '')
    expect(outside).not.toMatch(unseen)
    expect(outside).not.toMatch(/(?<!\\)<(?:script|img|b>)/)
    expect(outside).not.toMatch(/(?<!\\)\]\(/)
    expect(outside).not.toMatch(/(?<!\\)```/)
    const known =
      /^#{1,3} (?:Can I trust|Fields|Promises|Measures|Quality rules|Who reads it|Policies|History|Read it|Joins|Data products|Exceptions|"'|evil)/
    for (const line of outside.split('\n').filter((each) => each.startsWith('#'))) expect(line).toMatch(known)
  })

  it('keeps every row of a Markdown table a row of as many cells', async () => {
    const markdown = await (await ask(`/products/${id}.md`)).text()
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(10)
    for (const [at, row] of rows.entries()) {
      const cells = row.replace(/\\\|/g, '').split('|').length
      const before = rows[at - 1]
      if (row.startsWith('|---')) expect(cells).toBe(before?.split('|').length)
    }
    const fields = rows.slice(2, 2 + Object.keys(hostile.fields).length)
    for (const row of fields) expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(6)
  })

  it.each([`/products/${id}.json`, '/products.json'])(
    'is the same in %s, in visible characters',
    async (path) => {
      const response = await ask(path)
      expect(response.headers.get('content-type')).toBe('application/json')
      const json = await response.text()
      expect(json).not.toMatch(unseen)
      expect(json).toContain('\\u202e')
      if (path.includes('evil'))
        expect(JSON.parse(json)).toMatchObject({
          contract: { ...hostile, version: '1.0.1', title: `${hostile.title} again` },
        })
    },
  )

  it('is found by its words', async () => {
    const { products } = await (await ask('/products.json?q=onerror')).json<{ products: { id: string }[] }>()
    expect(products.map((product) => product.id)).toEqual([id])
  })
})

describe('a contract as large as a registration can be', () => {
  it('is registered, judged against its predecessor, and shown', async () => {
    const first = enormous('1.0.0', 'a')
    expect(JSON.stringify(first).length).toBeGreaterThan(900_000)
    const registered = await deploy(first, host)
    expect(await registered.json()).toMatchObject({ id: 'evil.enormous' })
    const response = await deploy(enormous('1.1.0', 'b'), host)
    const problem = await response.text()
    expect(JSON.parse(problem)).toMatchObject({ code: 'step_too_small' })
    expect(problem.length).toBeLessThan(2_000_000)
    expect((await ask('/products/evil.enormous')).status).toBe(200)
  })
})
