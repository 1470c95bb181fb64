/** `mesh check` over checkouts of its own, alone and beside this repository's own mesh. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { run } from '../src/program.ts'
import { noteRunning } from '../src/running.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'
import { terminalMemory } from './terminal-memory.ts'

const field = (kind: string, more: object = {}) => ({
  kind,
  means: 'A field of the tests',
  nullable: false,
  class: 'internal',
  ...more,
})
const email = field('text', { means: 'E-mail address' })
const contract = (id: string, more: object = {}) => ({
  id,
  version: '1.0.0',
  title: 'For the tests',
  purpose: 'For the tests.',
  owner: { team: 'Growth', support: 'growth@shop.example' },
  fields: { key: field('id'), at: field('time') },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
  ...more,
})
const withEmail = (means: string, more: object = {}) => ({
  fields: { key: field('id'), at: field('time'), email: { ...email, means } },
  ...more,
})

/** Files of a product. Each test has a folder of its own: Node keeps what it imported. */
const product = (path: string, ...contracts: object[]) => ({
  [`workers/${path}/contract.ts`]: contracts
    .map((one, n) => `export const c${n} = ${JSON.stringify(one)}\n`)
    .join(''),
  [`workers/${path}/index.ts`]: 'export default {}',
  [`workers/${path}/wrangler.toml`]: `name = "${path.replace('/', '-')}"
main = "index.ts"`,
})
const domain = (more: object = {}) =>
  `export const domain = ${JSON.stringify({ domain: 'growth', team: 'Growth', support: 'growth@shop.example', ...more })}\n`

const meshes: SmallMesh[] = []
afterAll(() => meshes.forEach((small) => small.remove()))

const checkout = (files: Readonly<Record<string, string>>): SmallMesh => {
  const small = makeSmallMesh(files)
  meshes.push(small)
  return small
}
const command = async (root: string, args: readonly string[], env: Record<string, string> = {}) => {
  const terminal = terminalMemory()
  const code = await run(args, { root, env, terminal, stop: new AbortController().signal })
  return { code, ...terminal.written }
}
const check = (small: SmallMesh, ...args: string[]) => command(small.root, ['check', ...args])

describe('a checkout alone', () => {
  it('that keeps everything says so', async () => {
    const small = checkout(product('growth/a', contract('growth.a')))
    expect(await check(small)).toEqual({
      code: 0,
      out: 'growth.a 1.0.0: nothing found\n1 contract: 0 errors, 0 warnings, 0 excused\n',
      err: 'No mesh is named or runs here: only this checkout is looked at, without what is registered.\n',
    })
    expect(await check(small, '--offline')).toMatchObject({ code: 0, err: '' })
  })

  it('that breaks a policy fails, and says what, where and how to mend it', async () => {
    const small = checkout(product('growth/b', contract('growth.b', withEmail('Where mails go'))))
    expect(await check(small, '--offline')).toEqual({
      code: 1,
      out: `growth.b 1.0.0
  error personal-data-classified at fields.email.class: email looks personal, but is classed internal
    Give the field the class that its values need; if it holds nothing of the kind, give it another name, or have an exception recorded.
1 contract: 1 error, 0 warnings, 0 excused
`,
      err: `The catalog would refuse this.
Mend what is said above, or ask the operator of the mesh for an exception.
`,
    })
  })

  it('is judged by its domains’ rules, of which only warnings let it pass', async () => {
    const rule = { id: 'terms', severity: 'warning', reason: 'Why.', remedy: 'Say them.', require: ['terms'] }
    const small = checkout({
      ...product('growth/c', contract('growth.c')),
      'workers/growth/domain.ts': domain({ rules: [rule] }),
    })
    expect(await check(small, '--offline')).toMatchObject({
      code: 0,
      out: expect.stringContaining('warning growth/terms at terms: is not said\n    Say them.'),
    })
  })

  it('is told what stops it first, and a remedy once', async () => {
    const rules = (['warning', 'error'] as const).map((severity) => ({
      id: `examples-${severity}`,
      severity,
      reason: 'Why.',
      remedy: 'Give one.',
      fields: { kinds: ['id', 'time'] },
      require: ['examples'],
    }))
    const small = checkout({
      ...product('growth/h', contract('growth.h')),
      'workers/growth/domain.ts': domain({ rules }),
    })
    const { out } = await check(small, '--offline')
    expect(out.split('\n').map((line) => line.trim().split(' ').slice(0, 2).join(' '))).toEqual([
      'growth.h 1.0.0',
      ...['error', 'warning'].flatMap((severity) => [
        `${severity} growth/examples-${severity}`,
        `${severity} growth/examples-${severity}`,
        'Give one.',
      ]),
      '1 contract:',
      '',
    ])
  })

  it('can be asked about some products; the others are there to be compared with', async () => {
    const small = checkout({
      ...product('growth/d', contract('growth.d', { inputs: [{ product: 'growth.e', major: 1 }] })),
      ...product('growth/e', contract('growth.e', withEmail('Where mails go'))),
    })
    const { out } = await check(small, 'growth.d', '--offline')
    expect(out).toMatch(/derived-fields-say-from/)
    expect(out).not.toMatch(/not registered|personal-data/)
  })

  it('is told to programs as JSON, with older majors', async () => {
    const lifecycle = { deprecated: '2026-01-01', endOfLife: '9999-12-31' }
    const second = contract('growth.f', { version: '2.0.0' })
    const first = contract('growth.f', { lifecycle, projects: { major: 2, fields: {} } })
    const small = checkout(product('growth/f', first, second))
    const { code, out } = await check(small, '--offline', '--format', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      checked: ['2.0.0', '1.0.0'].map((version) => ({
        product: 'growth.f',
        version,
        findings: [],
      })),
    })
  })

  it('is told to GitHub as annotations that no contract can break out of', async () => {
    const means = 'One\n::error file=x::forged, really: yes%'
    const small = checkout({
      ...product(
        'growth/g',
        contract('growth.g', withEmail(means, { owner: { team: means, support: 'x' } })),
      ),
    })
    const { code, out } = await check(small, '--offline', '--format', 'github')
    const lines = out.trimEnd().split('\n')
    expect(code).toBe(1)
    expect(lines).toHaveLength(2)
    for (const line of lines)
      expect(line).toMatch(/^::error file=workers\/growth\/g\/contract\.ts,line=1,title=/)
  })

  it.each([
    ['an unknown product', {}, ['growth.x'], /no product growth.x[^]*It has growth.h/],
    ['an unknown format', {}, ['--format', 'xml'], /xml/],
    ['rules that are none', { 'workers/growth/domain.ts': domain({ team: '' }) }, [], /team/],
    ['rules of another domain', { 'workers/growth/domain.ts': domain({ domain: 'risk' }) }, [], /is risk/],
    ['a file without rules', { 'workers/growth/domain.ts': '' }, [], /domain\.ts/],
    ['a mesh that does not answer', {}, ['--url', 'http://127.0.0.1:9'], /Nobody answers/],
  ])('with %s is told', async (_what, files, args, message) => {
    const small = checkout({ ...product('growth/h', contract('growth.h')), ...files })
    const { code, err } = await check(small, ...args)
    expect(code).toBeGreaterThan(0)
    expect(err).toMatch(message)
  })
})

describe('beside what is registered', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  let stateFolder: string
  let mesh: Mesh
  let orders: Readonly<Record<string, unknown>>
  beforeAll(async () => {
    stateFolder = mkdtempSync(join(tmpdir(), 'mesh-check-'))
    mesh = await startMesh({ root, stateFolder })
    const answer = await fetch(`${mesh.url}/purchase/orders/v1/contract?format=definition`)
    orders = (await answer.json()) as Readonly<Record<string, unknown>>
  }, 120_000)
  afterAll(async () => {
    await mesh.stop()
    rmSync(stateFolder, { recursive: true })
  })

  /** The version after the one that is registered. */
  const after = (step: 'patch' | 'minor'): string => {
    const [major, minor, patch] = String(orders['version']).split('.').map(Number)
    return step === 'patch' ? `${major}.${minor}.${Number(patch) + 1}` : `${major}.${Number(minor) + 1}.0`
  }
  const changed = (more: object) => checkout(product('purchase/orders', { ...orders, ...more }))
  const beside = (small: SmallMesh) => check(small, '--url', mesh.url)

  it('the same is no change, and joins lead to registered products', async () => {
    expect(await beside(changed({}))).toMatchObject({ code: 0, out: expect.stringMatching(/0 errors/) })
  })

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['other content in the same version', { title: 'Sales' }, /is registered with other content[^]*Make it PATCH/],
    ['an older version', { version: '1.0.0' }, /which is newer/],
    ['too small a step', { step: 'patch', frequency: 'PT1H' }, /is a patch step, but it takes more[^]*MINOR/],
    ['a breaking change', { step: 'minor', freshness: 'PT1H' }, /breaking-change-needs-major at freshness/],
    ['a new major before the older one ends', { version: '2.0.0' }, /older-major-has-an-end/],
    ['a step too far back', { step: 'minor', lifecycle: { deprecated: '2020-01-01', endOfLife: '2020-12-31' } }, /notice-before-end/],
  ])('%s is refused', async (_what, { step, ...more }, message) => {
    const version = step === 'patch' || step === 'minor' ? { version: after(step) } : {}
    const told = message.source.replace('PATCH', after('patch')).replace('MINOR', after('minor'))
    const refusal = { code: 1, out: expect.stringMatching(new RegExp(told)) }
    expect(await beside(changed({ ...more, ...version }))).toMatchObject(refusal)
  }) // prettier-ignore

  it('a large enough step passes', async () => {
    expect(await beside(changed({ version: after('minor'), title: 'Sales' }))).toMatchObject({ code: 0 })
  })

  it('an exception that the operator records excuses it, and only that', async () => {
    const none = { ...email, nullable: true }
    const fields = { ...(orders['fields'] as object), email: none, phone: none } // of the contract as it is served
    const small = changed({ version: after('minor'), fields })
    expect(await beside(small)).toMatchObject({ out: expect.stringMatching(/2 errors.*0 excused/) })
    const expires = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    const args = ['exception', 'personal-data-classified', 'purchase.orders', '--path', 'fields.email']
    const who = ['--owner', 'Purchase', '--reason', 'Of shops', '--expires', expires, '--url', mesh.url]
    expect(await command(small.root, [...args, ...who])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/operator/),
    })
    const kvDoor = { url: 'http://127.0.0.1:9', key: 'none' } // no command here reads flags
    noteRunning(small.root, { url: mesh.url, pid: process.pid, stateFolder, kvDoor })
    expect(await command(small.root, [...args, ...who])).toMatchObject({ code: 0 })
    expect(await check(small)).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /excused personal-data-classified at fields.email[^]*by Purchase: Of shops[^]*1 error.*1 excused/,
      ),
    })
  })
})
