/** `mesh diff` against this repository's own catalog: who would break is known there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { run } from '../src/program.ts'
import { contractSource, linkContract } from './diff-checkout.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'
import { terminalMemory } from './terminal-memory.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const own = (path: string) => join(root, 'workers', path)
const registered = readFileSync(own('purchase/orders/contract.ts'), 'utf8')
const [, version = ''] = /version: '([\d.]+)'/.exec(registered) ?? []

let checkout: SmallMesh
let mesh: Mesh
beforeAll(async () => {
  checkout = makeSmallMesh({
    'workers/purchase/orders/contract.ts': registered.replace(`'returned'],`, `'returned', 'lost'],`),
    'workers/tests/fresh/wrangler.toml': 'name = "tests-fresh"\nmain = "index.ts"\n',
    'workers/tests/fresh/index.ts': 'export default {}',
    'workers/tests/fresh/contract.ts': contractSource('fresh', '1.0.0', ''),
  })
  for (const folder of ['purchase/orders', 'tests/fresh'])
    linkContract(join(checkout.root, 'workers', folder))
  mesh = await startMesh({ root, stateFolder: checkout.newState() })
}, 60_000)
afterAll(async () => {
  await mesh.stop()
  checkout.remove()
})

const diff = async (at: string, ...args: string[]) => {
  const terminal = terminalMemory()
  const env = { MESH_URL: mesh.url }
  const code = await run(['diff', ...args], { root: at, env, terminal, stop: new AbortController().signal })
  return { code, ...terminal.written }
}

test('what is registered is what this checkout has, in every major', async () => {
  const { code, out } = await diff(root, 'marketing.newsletter', '--format', 'json')
  expect(code).toBe(0)
  expect(JSON.parse(out).majors).toEqual(
    ['1.2.0', '2.1.0'].map((at) =>
      expect.objectContaining({ before: at, after: at, step: 'none', findings: [] }),
    ),
  )
})

test('a new value breaks those who read the field', async () => {
  const { code, out, err } = await diff(checkout.root, 'purchase.orders')
  expect(code).toBe(1)
  expect(out).toContain(`purchase.orders ${version} → ${version}  against what is registered at ${mesh.url}`)
  expect(out).toMatch(/\nWould break:\n(?: {2}.+\n)* {2}risk.fraud +fields.status.values\n/)
  expect(err).toContain('it takes 2.0.0')
})

test('an annotation names them', async () => {
  const { out } = await diff(checkout.root, 'purchase.orders', '--format', 'github')
  expect(out).toMatch(
    /^::error file=workers\/purchase\/orders\/contract.ts,line=\d+,.+%0AConcerns .*risk.fraud/,
  )
  const [, line] = /line=(\d+)/.exec(out) ?? []
  expect(registered.split('\n')[Number(line) - 1]).toContain('status: oneOf(')
})

test('a product that nobody registered is new', async () => {
  expect(await diff(checkout.root, 'tests.fresh')).toMatchObject({
    code: 0,
    out: expect.stringContaining('New:'),
  })
})

test('a mesh that is none is told', async () => {
  expect(await diff(checkout.root, 'tests.fresh', '--url', 'http://127.0.0.1:9')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nobody answers'),
  })
})
