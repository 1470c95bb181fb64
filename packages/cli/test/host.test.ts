import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { findPort } from '../src/host/port.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'

let small: SmallMesh
let mesh: Mesh

beforeAll(async () => {
  small = makeSmallMesh()
  mesh = await startMesh({ root: small.root, stateFolder: small.newState() })
}, 30_000)
afterAll(async () => {
  await mesh.stop()
  small.remove()
})

// oxlint-disable-next-line typescript/no-explicit-any -- what the small Workers answer is seen in small-mesh.ts
const get = async (path: string, from = mesh): Promise<any> => (await fetch(from.url + path)).json()

describe('one port', () => {
  test.each([
    ['/', 'catalog'],
    ['/products.json', 'catalog'],
    ['/purchase', 'catalog'],
    ['/purchase/orders/v1/records', 'orders'],
    ['/shop/storefront/', 'storefront'],
    ['/.well-known/oauth-protected-resource/purchase/orders/v1', 'orders'],
    ['/.well-known/oauth-protected-resource', 'catalog'],
  ])('%s goes to the %s', async (path, worker) => {
    expect(await get(path)).toMatchObject({ worker })
  })

  test('a Worker reaches another by its URL', async () => {
    const answer = await get('/shop/storefront/?fetch=/purchase/orders/v1/status')
    expect(answer.fetched).toMatchObject({ worker: 'orders', pathname: '/purchase/orders/v1/status' })
  })
})

describe('bindings', () => {
  test('a scheduled run writes what another Worker reads in the KV namespace that they share', async () => {
    expect(await mesh.scheduled('platform.steward')).toBe('ok')
    expect(await get('/shop/storefront/')).toMatchObject({ flag: 'set by * * * * *' })
    const kv = await mesh.kv('shop.storefront', 'FLAGS')
    expect(await kv.get('head')).toBe('set by * * * * *')
  })

  test('a scheduled run that fails says so', async () => {
    expect(await mesh.scheduled('platform.steward', 'fails')).toBe('exception')
  })

  test('a queue delivers, and what fails arrives through the dead-letter queue', async () => {
    await get('/shop/storefront/?send=fine')
    await get('/shop/storefront/?send=poison')
    const arrived = async () => (await get('/purchase/orders/v1/records')).arrived
    await expect.poll(arrived, { timeout: 10_000 }).toEqual(
      expect.arrayContaining([
        { queue: 'migration', body: 'a;b' },
        { queue: 'purchase-orders-ingest', body: 'fine' },
        { queue: 'purchase-orders-ingest-dlq', body: 'poison' },
      ]),
    )
  })

  test('a Worker that is not there is refused with those that are', async () => {
    await expect(mesh.scheduled('platform.stewart')).rejects.toMatchObject({
      code: 'no_such_worker',
      message: expect.stringContaining('platform.steward'),
    })
  })
})

describe('addresses and keys', () => {
  test('a Worker has its own local addresses', async () => {
    const { env } = await get('/purchase/orders/v1/records')
    expect(env).toMatchObject({ ISSUER: mesh.url, BASE_URL: `${mesh.url}/purchase/orders/v1` })
  })

  test('a source that signs is known by the public half of the key that its Worker holds', async () => {
    const sources = JSON.parse((await get('/purchase/orders/v1/records')).env.SOURCES)
    const { kid, x, d } = JSON.parse((await get('/shop/storefront/')).env.SOURCE_KEY)
    expect(sources).toEqual({
      shop: { over: 'queue', keys: [{ kid, x }] },
      file: { over: 'http', backfill: true },
    })
    expect(d).toHaveLength(43)
  })

  test('a reader of flags pins the current and the next key of the product that signs them', async () => {
    const { env } = await get('/shop/storefront/')
    const key = JSON.parse(await mesh.keys.of('risk.fraud', 'FLAGS_KEY'))
    const next = JSON.parse(await mesh.keys.of('risk.fraud', 'FLAGS_KEY_NEXT'))
    const pin = { aud: 'local/risk.fraud/v1/checkout', from: 0, until: expect.any(Number) }
    expect(JSON.parse(env.FLAGS_PINS)).toEqual([
      { ...pin, kid: key.kid, x: key.x },
      { ...pin, kid: next.kid, x: next.x },
    ])
    expect(env.ENVIRONMENT).toBe('local')
    expect(env.FLAGS_SECRET).toBe(await mesh.keys.of('risk.fraud', 'FLAGS_SECRET'))
  })

  test("any other secret is its Worker's own", async () => {
    const { env } = await get('/shop/storefront/')
    expect(env.SESSION_SECRET).toMatch(/^[\w-]{43}$/)
    expect(mesh.keys.find('shop.storefront', 'SESSION_SECRET')).toBe(env.SESSION_SECRET)
  })
})

describe('over restarts', () => {
  test("state and keys stay, migrations apply once, the key file is the owner's alone", async () => {
    const stateFolder = small.newState()
    const keysFile = join(stateFolder, 'keys.json')
    const first = await startMesh({ root: small.root, stateFolder })
    await first.scheduled('platform.steward')
    const keys = readFileSync(keysFile, 'utf8')
    await first.stop()
    await first.stop() // a second time does no harm

    small.write(
      'migrations/purchase/orders/0002_more.sql',
      "INSERT INTO arrived VALUES ('migration', 'later');",
    )
    const second = await startMesh({ root: small.root, stateFolder })
    try {
      expect(readFileSync(keysFile, 'utf8')).toBe(keys)
      expect(statSync(keysFile).mode & 0o777).toBe(0o600)
      expect(await get('/shop/storefront/', second)).toMatchObject({ flag: 'set by * * * * *' })
      expect((await get('/purchase/orders/v1/records', second)).arrived).toEqual([
        { queue: 'migration', body: 'a;b' },
        { queue: 'migration', body: 'later' },
      ])
    } finally {
      await second.stop()
    }
  }, 30_000)

  test('a state folder serves one mesh at a time', async () => {
    const stateFolder = small.newState()
    const first = await startMesh({ root: small.root, stateFolder })
    try {
      await expect(startMesh({ root: small.root, stateFolder })).rejects.toMatchObject({
        code: 'already_running',
      })
    } finally {
      await first.stop()
    }
  }, 30_000)

  test('a runtime whose parent was killed is ended at the next start, on the same port', async () => {
    const stateFolder = small.newState()
    small.write(
      'start.mjs',
      `import { startMesh } from ${JSON.stringify(new URL('../src/host/mesh.ts', import.meta.url).href)}
      const mesh = await startMesh(${JSON.stringify({ root: small.root, stateFolder })})
      console.log(mesh.url)`,
    )
    const parent = spawn(process.execPath, [join(small.root, 'start.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (data) => resolve(String(data).trim())),
    )
    const ended = new Promise((resolve) => parent.once('exit', resolve))
    parent.kill('SIGKILL')
    await ended
    const port = Number(new URL(url).port)
    await expect(findPort(port)).rejects.toMatchObject({ code: 'port_taken' }) // it outlived its parent

    const next = await startMesh({ root: small.root, stateFolder, port })
    expect(next.url).toBe(url)
    await next.stop()
  }, 30_000)
})

describe('what cannot start', () => {
  test('a port that is taken, with one that is free', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
    const start = startMesh({ root: small.root, stateFolder: small.newState(), port })
    await expect(start).rejects.toMatchObject({
      code: 'port_taken',
      fix: expect.stringMatching(/--port \d+/),
    })
    server.close()
  })

  test.each([
    ['no mesh', { 'wrangler.toml': undefined }, 'no_mesh_here', /no wrangler.toml/],
    ['TOML with an error', { 'wrangler.toml': 'name = ' }, 'worker_invalid', /wrangler.toml/],
    [
      'another name',
      { 'workers/shop/storefront/wrangler.toml': 'name = "shop"\nmain = "index.ts"' },
      'worker_invalid',
      /shop-storefront/,
    ],
    [
      'no entry',
      { 'workers/shop/storefront/wrangler.toml': 'name = "shop-storefront"\nmain = "main.ts"' },
      'worker_invalid',
      /main.ts/,
    ],
    [
      'a cron',
      {
        'workers/shop/storefront/wrangler.toml':
          'name = "shop-storefront"\nmain = "index.ts"\n[triggers]\ncrons = ["* * L * *"]',
      },
      'worker_invalid',
      /\* \* L/,
    ],
    [
      'sources',
      {
        'workers/shop/storefront/wrangler.toml':
          'name = "shop-storefront"\nmain = "index.ts"\n[vars]\nSOURCES = "{]"',
      },
      'worker_invalid',
      /SOURCES/,
    ],
    [
      'what an app reads',
      {
        'workers/shop/storefront/wrangler.toml':
          'name = "shop-storefront"\nmain = "index.ts"\n[vars]\nREADS = \'["orders"]\'',
      },
      'worker_invalid',
      /READS/,
    ],
    [
      'source code',
      { 'workers/shop/storefront/index.ts': 'export default {' },
      'build_failed',
      /storefront\/index.ts:1/,
    ],
    [
      'a migration',
      { 'migrations/purchase/orders/0001_arrived.sql': 'CREATE TABEL x' },
      'migration_failed',
      /0001_arrived.sql/,
    ],
  ])(
    'a checkout with a mistake: %s',
    async (_what, files, code, message) => {
      const broken = makeSmallMesh(
        Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined)) as Record<
          string,
          string
        >,
      )
      const root =
        'wrangler.toml' in files && files['wrangler.toml'] === undefined
          ? join(broken.root, 'workers')
          : broken.root
      const start = startMesh({ root, stateFolder: broken.newState() })
      await expect(start).rejects.toMatchObject({
        name: 'MeshError',
        code,
        message: expect.stringMatching(message),
      })
      broken.remove()
    },
    20_000,
  )
})
