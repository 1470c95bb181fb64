import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'

let small: SmallMesh
let mesh: Mesh
const lines: string[] = []

beforeAll(async () => {
  small = makeSmallMesh()
  mesh = await startMesh({
    root: small.root,
    stateFolder: small.newState(),
    watch: true,
    log: (_level, text) => lines.push(text),
  })
}, 30_000)
afterAll(async () => {
  await mesh.stop()
  small.remove()
})

const greeting = async () => {
  try {
    const answer = (await (await fetch(`${mesh.url}/shop/storefront/`)).json()) as { greeting: string }
    return answer.greeting
  } catch {
    return undefined // between two runtimes
  }
}
const soon = { timeout: 10_000 }

test('a change of a source is served without a restart by hand, with the state kept', async () => {
  await mesh.scheduled('platform.steward')
  small.write('workers/shop/storefront/greeting.ts', `export const greeting = 'good day'\n`)
  await expect.poll(greeting, soon).toBe('good day')
  expect(await (await mesh.kv('shop.storefront', 'FLAGS')).get('head')).toBe('set by * * * * *')
}, 20_000)

test('a mistake is told and the Workers go on; mended, they are replaced', async () => {
  small.write('workers/shop/storefront/greeting.ts', `export const greeting = `)
  await expect.poll(() => lines.join('\n'), soon).toMatch(/greeting.ts:\d+/)
  expect(await greeting()).toBe('good day')
  small.write('workers/shop/storefront/greeting.ts', `export const greeting = 'good evening'\n`)
  await expect.poll(greeting, soon).toBe('good evening')
}, 20_000)

test('a Worker that fails at its start is told, and the old ones go on', async () => {
  const before = await greeting()
  small.write(
    'workers/shop/storefront/greeting.ts',
    `throw new Error('fails at its start')\nexport const greeting = ''\n`,
  )
  await expect.poll(() => lines.join('\n'), soon).toMatch(/fails at its start[^]*The old Workers go on/)
  await expect.poll(greeting, soon).toBe(before)
  small.write('workers/shop/storefront/greeting.ts', `export const greeting = 'good night'\n`)
  await expect.poll(greeting, soon).toBe('good night')
}, 30_000)

test('a new Worker and a new migration are taken in', async () => {
  small.write(
    'workers/growth/experiments/index.ts',
    `export default { fetch: () => Response.json({ greeting: 'new' }) }`,
  )
  small.write(
    'workers/growth/experiments/wrangler.toml',
    'name = "growth-experiments"\nmain = "index.ts"\ncompatibility_date = "2026-11-17"\n',
  )
  small.write(
    'migrations/purchase/orders/0002_more.sql',
    "INSERT INTO arrived VALUES ('migration', 'later');",
  )
  await mesh.reload()
  expect(await (await fetch(`${mesh.url}/growth/experiments/v1`)).json()).toEqual({ greeting: 'new' })
  const database = await mesh.d1('purchase.orders')
  const { results } = await database.prepare('SELECT body FROM arrived').all()
  expect(results).toContainEqual({ body: 'later' })
}, 20_000)

test('a new Worker that does not build, and is taken away again, leaves nothing behind', async () => {
  const folder = 'workers/growth/mistake'
  small.write(`${folder}/index.ts`, 'export default {')
  small.write(
    `${folder}/wrangler.toml`,
    'name = "growth-mistake"\nmain = "index.ts"\ncompatibility_date = "2026-11-17"\n',
  )
  await expect(mesh.reload()).rejects.toMatchObject({ code: 'build_failed' })
  rmSync(join(small.root, folder), { recursive: true })
  expect(await mesh.reload()).toBe(false)
}, 20_000)

test('nothing changed: nothing restarts', async () => {
  expect(await mesh.reload()).toBe(false)
})

test('scheduled runs and reloads that are asked for at once take turns', async () => {
  small.write('workers/shop/storefront/greeting.ts', `export const greeting = 'at once'\n`)
  const answers = await Promise.all([
    mesh.scheduled('platform.steward'),
    mesh.reload(),
    mesh.scheduled('platform.steward'),
  ])
  expect(answers).toEqual(['ok', true, 'ok'])
}, 20_000)
