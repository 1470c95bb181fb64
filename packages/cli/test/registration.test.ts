import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'

const field = { kind: 'id', means: 'A name', nullable: false, class: 'internal' }
const contract = (id: string, more: object = {}) => ({
  id,
  version: '1.0.0',
  title: `The title of ${id}`,
  purpose: 'Tests',
  owner: { team: 'Tests', support: 'tests@shop.example' },
  fields: { key: field, at: { ...field, kind: 'time' } },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
  ...more,
})

const growth = { domain: 'growth', team: 'Growth', support: 'growth@shop.example' }

/** Files of a product that serves `served` at its base URL. */
const product = (path: string, served: object, vars = '') => ({
  [`workers/${path}/contract.ts`]: '// what makes the folder a product',
  [`workers/${path}/index.ts`]: `export default { fetch: () => Response.json(${JSON.stringify(served)}) }`,
  [`workers/${path}/wrangler.toml`]: `name = "${path.replace('/', '-')}"
main = "index.ts"
compatibility_date = "2026-11-17"
[vars]
BASE_URL = "https://mesh.example/${path}/v1"
${vars}`,
})

let small: SmallMesh
let mesh: Mesh

beforeAll(async () => {
  small = makeSmallMesh({
    ...product(
      'purchase/orders',
      contract('purchase.orders'),
      `SOURCES = '{"file":{"over":"http"},"till":{"over":"http"},"shop":{"over":"queue"}}'`,
    ),
    ...product(
      'growth/answers',
      contract('growth.answers', { inputs: [{ product: 'purchase.orders', major: 1 }] }),
      '[secrets]\nrequired = ["CLIENT_KEY"]',
    ),
    'workers/growth/domain.ts': `export const domain = ${JSON.stringify(growth)}`,
    'workers/shop/till/index.ts': 'export default { fetch: () => new Response() }',
    'workers/shop/till/wrangler.toml': `name = "shop-till"
main = "index.ts"
compatibility_date = "2026-11-17"
[secrets]
required = ["CLIENT_KEY"]`,
    'workers/shop/reader/index.ts': 'export default { fetch: () => new Response() }',
    'workers/shop/reader/wrangler.toml': `name = "shop-reader"
main = "index.ts"
compatibility_date = "2026-11-17"
[vars]
READS = '["purchase.orders/v1"]'
FLAGS_PINS = '[{"aud":"prod/purchase.orders/v1/till"}]'
[secrets]
required = ["CLIENT_KEY", "FLAGS_SECRET"]`,
  })
  mesh = await startMesh({ root: small.root, stateFolder: small.newState() })
}, 30_000)
afterAll(async () => {
  await mesh.stop()
  small.remove()
})

const asked = async (path: string) => {
  const all = (await (await fetch(`${mesh.url}/asked`)).json()) as {
    path: string
    operator: boolean
    body: any // oxlint-disable-line typescript/no-explicit-any -- what registration sends is seen in the tests below
  }[]
  return all.filter((request) => request.path === path)
}

test('a client for each Worker with a key, each domain and its owner, each HTTP source, and the commands', async () => {
  const clients = (await asked('/clients')).map(({ operator, body }) => ({ operator, ...body }))
  const expected = [
    { id: 'growth.answers', kind: 'consumer', domain: 'growth' },
    { id: 'growth.owner', kind: 'consumer', domain: 'growth', decides: true },
    { id: 'growth.publisher', kind: 'publisher', domain: 'growth' },
    { id: 'local.commands', kind: 'consumer', domain: 'local' },
    { id: 'platform.steward', kind: 'steward', domain: 'platform' },
    { id: 'purchase.orders.file', kind: 'source', domain: 'purchase', products: ['purchase.orders'] },
    { id: 'purchase.owner', kind: 'consumer', domain: 'purchase', decides: true },
    { id: 'purchase.publisher', kind: 'publisher', domain: 'purchase' },
    { id: 'shop.reader', kind: 'consumer', domain: 'shop' },
    { id: 'shop.storefront', kind: 'consumer', domain: 'shop' },
    // The app sends with its own key: there is no purchase.orders.till beside it.
    { id: 'shop.till', kind: 'source', domain: 'shop', products: ['purchase.orders'] },
  ].map((client) => ({ ...client, operator: true, secret_hash: expect.stringMatching(/^[\w-]{43}$/) }))
  expect(clients.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(expected)
  const keys = expected.map(({ id }) => mesh.keys.find(id, 'CLIENT_KEY'))
  expect(keys).toEqual(
    expected.map(({ id }) => expect.stringMatching(new RegExp(`^ml_local_${id}_[\\w-]{43}$`))),
  )
})

test("products with what they serve, inputs first, each with its domain's key", async () => {
  const products = await asked('/products')
  expect(products.map(({ operator, body }) => [operator, body.url, body.contract.id])).toEqual([
    [false, `${mesh.url}/purchase/orders/v1`, 'purchase.orders'],
    [false, `${mesh.url}/growth/answers/v1`, 'growth.answers'],
  ])
})

test('each with what its domain says of itself, if it says anything', async () => {
  const products = await asked('/products')
  expect(products.map(({ body }) => body.domain)).toEqual([undefined, growth])
})

test('a grant for each input, for each product that an app reads, and for the commands', async () => {
  const grants = (await asked('/grants')).map(({ operator, body }) => [
    operator,
    body.consumer,
    body.product,
    body.major,
    ...(body.scopes ? [body.scopes] : []),
  ])
  expect(grants.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
    [true, 'growth.answers', 'purchase.orders', 1],
    [true, 'local.commands', 'growth.answers', 1],
    [true, 'local.commands', 'purchase.orders', 1],
    [true, 'shop.reader', 'purchase.orders', 1],
    [true, 'shop.storefront', 'risk.fraud', 1, []], // whose flags it opens
  ])
})

test('a reload registers what changed and nothing else', async () => {
  small.write(
    'workers/growth/answers/index.ts',
    `export default { fetch: () => Response.json(${JSON.stringify(
      contract('growth.answers', { version: '1.1.0' }),
    )}) }`,
  )
  expect(await mesh.reload()).toBe(true) // the catalog of this test forgets at a restart, so only what is new is there
  expect((await asked('/products')).map(({ body }) => body.contract.version)).toEqual(['1.1.0'])
  expect(await asked('/clients')).toEqual([])
})

test('what a domain says anew of itself is registered with its products', async () => {
  const said = { ...growth, limits: { personalRetention: 'P30D' } }
  small.write('workers/growth/domain.ts', `export const domain = ${JSON.stringify(said)}`)
  expect(await mesh.reload()).toBe(true)
  expect((await asked('/products')).map(({ body }) => [body.contract.id, body.domain.limits])).toEqual([
    ['growth.answers', said.limits],
  ])
})

test('every major that a Worker serves, the oldest first', async () => {
  const older = contract('growth.answers', { version: '1.2.0' })
  const newest = contract('growth.answers', { version: '3.0.0' })
  const served = JSON.stringify({ v1: older, v3: newest })
  small.write(
    'workers/growth/answers/index.ts',
    `const served = ${served}
export default {
  fetch: (request) => {
    const found = served[new URL(request.url).pathname.split('/')[3]]
    return Response.json(found ?? {}, { status: found ? 200 : 410 })
  },
}`,
  )
  const toml = 'workers/growth/answers/wrangler.toml'
  const before = readFileSync(join(small.root, toml), 'utf8')
  small.write(toml, before.replace('answers/v1', 'answers/v3'))
  await mesh.reload()
  expect((await asked('/products')).map(({ body }) => [body.url, body.contract.version])).toEqual([
    [`${mesh.url}/growth/answers/v1`, '1.2.0'],
    [`${mesh.url}/growth/answers/v3`, '3.0.0'],
  ])
  expect((await asked('/grants')).map(({ body }) => [body.consumer, body.product, body.major])).toEqual([
    ['local.commands', 'growth.answers', 3],
  ])
  small.write(toml, before)
})

test('a product whose database lacks what its contract needs is not registered, and nothing else either', async () => {
  const toml = 'workers/growth/answers/wrangler.toml'
  const before = readFileSync(join(small.root, toml), 'utf8')
  small.write(
    'workers/growth/answers/index.ts',
    `export default { fetch: () => Response.json(${JSON.stringify(contract('growth.answers', { version: '1.3.0' }))}) }`,
  )
  small.write(
    toml,
    `${before}
[[d1_databases]]
binding = "DB"
database_name = "growth-answers"
preview_database_id = "growth-answers"
migrations_dir = "../../../migrations/growth/answers"`,
  )
  const records = ['at', '_seq', '_version', '_hash', '_deleted', '_source']
  small.write('migrations/growth/answers/0001_fields.sql', `CREATE TABLE records (${records.join(', ')});`)
  await expect(mesh.reload()).rejects.toMatchObject({
    code: 'migration_missing',
    message: expect.stringMatching(
      /^growth.answers 1.3.0 is not registered: its database lacks records.key, the table _state/,
    ),
    fix: 'Write the migration: npx pnpm mesh migrate growth.answers',
  })
  expect(await asked('/products')).toEqual([])
  small.write(toml, before)
})

test.each([
  ['serves something else', 200, '{"id":"growth.answers"}', /growth.answers does not serve its contract/],
  ['serves an error', 500, '', /answers 500/],
  ['has a newer major than its address', 410, '{}', /growth.answers serves no contract at .*BASE_URL/],
])('a product that %s is named', async (_what, status, body, message) => {
  small.write(
    'workers/growth/answers/index.ts',
    `export default { fetch: () => new Response(${JSON.stringify(body)}, { status: ${status} }) }`,
  )
  await expect(mesh.reload()).rejects.toMatchObject({
    code: 'registration_failed',
    message: expect.stringMatching(message),
  })
})
