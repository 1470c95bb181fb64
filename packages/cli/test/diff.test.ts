/** `mesh diff` against a revision of git. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../src/program.ts'
import { contractSource, makeChangedCheckout, type Change } from './diff-checkout.ts'
import type { SmallMesh } from './small-mesh.ts'
import { terminalMemory } from './terminal-memory.ts'

const contract = (name: string, version: string, fields: string, more = '') => ({
  'contract.ts': contractSource(name, version, fields, { more }),
})
const state = `    state: oneOf(['on', 'off'], 'State'),`
const wider = `    state: oneOf(['on', 'off', 'broken'], 'State'),`
const note = `    note: text('Remark', { nullable: true }),`

/** One contract before and after, each in the version that it says. */
const change = (name: string, before: [string, string], after: [string, string]): Record<string, Change> => ({
  [name]: { before: contract(name, ...before), after: contract(name, ...after) },
})

const hostile = String.raw`text('Remark \u001b[2J\r\n::error::x%0A\u202e', { nullable: true, unit: '\u001b]0;x\u0007::warning file=a,line=1::' })`
const older = (name: string, projects: string) =>
  contractSource(name, '1.1.0', state, {
    more: `lifecycle: { deprecated: '2026-11-01' }, ${projects}`,
    as: 'older',
  })

let small: SmallMesh
beforeAll(() => {
  small = makeChangedCheckout({
    ...change('same', ['1.0.0', state], ['1.0.0', state]),
    ...change('silent', ['1.0.0', state], ['1.0.0', `${state}\n${note}`]),
    ...change('added', ['1.0.0', state], ['1.1.0', `${state}\n${note}`]),
    ...change('broken', ['1.0.0', state], ['1.1.0', wider]),
    ...change('next', ['1.4.0', state], ['2.0.0', wider]),
    ...change('backwards', ['1.4.0', state], ['1.3.0', state]),
    ...change('hostile', ['1.0.0', state], ['1.0.1', `    value_of: ${hostile},`]),
    grown: {
      before: contract('grown', '1.0.0', state),
      after: {
        'contract.ts': `export { older } from './older.ts'\n${contractSource('grown', '2.0.0', `    mode: oneOf(['on', 'off'], 'Mode'),`)}`,
        'older.ts': older('grown', `projects: { major: 2, fields: { state: { from: 'mode' } } },`),
      },
    },
    neighbours: {
      before: {
        'contract.ts': contractSource('neighbours', '1.0.0', '    ...points,').replace(
          '\n',
          `\nimport { points } from './points.ts'\n`,
        ),
        'points.ts': `import { int } from '@meshloop/contract'\nexport const points = { points: int('Points', { max: 5 }) }\n`,
      },
      after: contract('neighbours', '2.0.0', `    points: int('Points'),`),
    },
    fresh: { before: {}, after: contract('fresh', '1.0.0', state) },
    empty: { before: contract('empty', '1.0.0', state), after: { 'contract.ts': 'export const x = 1' } },
    thrown: { before: contract('thrown', '1.0.0', state), after: { 'contract.ts': `throw new Error('no \\u001b[31m contract')` } },
    once: { before: { 'contract.ts': `throw new Error('not yet')` }, after: contract('once', '1.0.0', state) },
  }) // prettier-ignore
})
afterAll(() => small.remove())

const diff = async (args: readonly string[], width?: number, env: Record<string, string> = {}) => {
  const terminal = terminalMemory(width)
  const context = { root: small.root, env, terminal, stop: new AbortController().signal }
  const code = await run(['diff', ...args], context)
  expect(readdirSync(join(small.root, '.meshloop')).filter((name) => name.startsWith('diff-'))).toEqual([])
  return { code, ...terminal.written }
}
const against = (name: string, ...more: string[]) => diff([`tests.${name}`, '--against', 'first', ...more])

describe('the exit code says whether the version does', () => {
  test.each([
    ['nothing changed', 'same', 0, 'Nothing changed.'],
    ['an addition without a version', 'silent', 1, 'Takes 1.1.0; the contract says 1.0.0.'],
    ['an addition with a minor', 'added', 0, 'Takes 1.1.0; 1.1.0 is enough.'],
    ['a break within the major', 'broken', 1, 'Takes 2.0.0; the contract says 1.1.0.'],
    ['a break with a new major instead of the old one', 'next', 1, 'Its life has not ended.'],
    ['a version that went backwards', 'backwards', 1, 'Takes 1.4.0; the contract says 1.3.0.'],
    ['a new major beside the old one', 'grown', 0, 'Takes 2.0.0; 2.0.0 is enough.'],
    ['a product that was not there', 'fresh', 0, 'New: there is nothing to compare it with.'],
  ])('%s', async (_what, name, code, verdict) => {
    const { out, err, ...rest } = await against(name)
    expect(rest.code).toBe(code)
    expect(out).toContain(verdict)
    expect(err === '').toBe(code === 0)
  })
})

test('text is aligned, the heaviest finding first', async () => {
  const { out, err } = await against('grown')
  expect(out.replaceAll(/revision \w{12}/g, 'revision …')).toMatchInlineSnapshot(`
    "tests.grown 1.0.0 → 1.1.0  against revision …

    minor  lifecycle.deprecated  worth telling
           it is 2026-11-01, was not set
    patch  projects              worth telling
           it is read from the records of major 2, was from its own records, and rows are sent there

    Takes 1.1.0; 1.1.0 is enough.

    tests.grown 1.0.0 → 2.0.0  against revision …

    major  fields.state        readers and sources break
           state is now called mode
           Instead: Keep state beside mode within this major. Or rename it in a new major, and serve this one from it with a projection: state: { from: 'mode' }.
    patch  fields.state.means  worth telling
           it is "Mode", was "State"

    Who reads it is known where it is registered: see --url.

    Takes 2.0.0; 2.0.0 is enough.
    "
  `)
  expect(err).toBe('')
})

test('colours are for terminals only, and for who wants them', async () => {
  const args = ['tests.broken', '--against', 'first']
  const plain = await diff(args)
  const coloured = await diff(args, 200)
  expect(coloured.out).toContain('\u001B[31m')
  expect(stripVTControlCharacters(coloured.out)).toBe(plain.out)
  expect(await diff(args, 200, { NO_COLOR: '1' })).toEqual(plain)
})

test('JSON for programs', async () => {
  const { out } = await against('broken', '--format', 'json')
  expect(JSON.parse(out)).toMatchObject({
    product: 'tests.broken',
    against: expect.stringMatching(/^revision [0-9a-f]{12}$/),
    enough: false,
    majors: [
      {
        before: '1.0.0',
        after: '1.1.0',
        step: 'major',
        step_taken: 'minor',
        needed_version: '2.0.0',
        readers: 'breaks',
        sources: 'compatible',
        enough: false,
        findings: [{ code: 'enum_value_added', path: 'fields.state.values', fields: ['state'] }],
        would_break: null,
      },
    ],
  })
})

describe('annotations for GitHub', () => {
  test('stand at the line of the field', async () => {
    const { out, code } = await against('broken', '--format', 'github')
    expect(code).toBe(1)
    expect(out).toMatch(
      /^::error file=workers\/tests\/broken\/contract.ts,line=12,title=enum_value_added%3A fields.state.values::it may now be "broken", .+%0A.+%0AFrom 1.0.0 this takes a major step.\n$/,
    )
  })

  test('stand in the file that defines the major; what its version says is no error', async () => {
    const { out } = await against('grown', '--format', 'github')
    expect(out.split('\n').map((line) => /^::(\w+) file=([^,]+),/.exec(line)?.slice(1).join(' '))).toEqual([
      'notice workers/tests/grown/older.ts',
      'notice workers/tests/grown/older.ts',
      'warning workers/tests/grown/contract.ts',
      'notice workers/tests/grown/contract.ts',
      undefined,
    ])
  })
})

test.each(['text', 'json', 'github'])('what a contract says is harmless as %s', async (format) => {
  const { out, err } = await against('hostile', '--format', format)
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(out + err).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/)
  if (format !== 'github') return
  const lines = out.split('\n').slice(0, -1)
  expect(lines.map((line) => /^::(\w+) file=workers\/tests\/hostile\/contract\.ts,line=\d+,title=[\w%. ]+::/.exec(line)?.[1])).toEqual(['error', 'error']) // prettier-ignore
  expect(out).not.toMatch(/%(?!25|0A|3A|2C)/)
})

test('a contract of then may import its neighbours of then', async () => {
  const { out } = await against('neighbours')
  expect(out).toContain('its highest value was 5')
})

describe('refused', () => {
  test.each([
    'nowhere',
    '',
    '--output=pwned',
    '-h',
    'first; touch pwned',
    '$(touch pwned)',
    'first:wrangler.toml',
    'first\n--all',
  ])('revision %j', async (revision) => {
    const { code, err, out } = await diff(['tests.same', `--against=${revision}`])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^git knows no revision /)
    expect(readdirSync(small.root)).not.toContain('pwned')
  })

  test.each([
    ['an unknown product', ['tests.nothing', '--against', 'first'], 1, /has no product tests.nothing/],
    ['an app', ['shop.storefront', '--against', 'first'], 1, /has no product shop.storefront/],
    ['no contract exported', ['tests.empty', '--against', 'first'], 1, /exports no contract of that id/],
    ['a contract that throws', ['tests.thrown', '--against', 'first'], 1, /tests.thrown cannot be read: no ·\[31m contract/],
    ['a contract that threw then', ['tests.once', '--against', 'first'], 1, /tests.once cannot be read: not yet/],
    ['no mesh to ask', ['tests.same'], 1, /No mesh was started/],
    ['a format that is none', ['tests.same', '--format', 'xml'], 2, /Allowed choices are text, json, github/],
    ['a mesh and a revision', ['tests.same', '--against', 'first', '--url', 'http://127.0.0.1:9'], 2, /cannot be used with/],
    ['no product', [], 2, /missing required argument/],
  ])('%s', async (_what, args, code, message) => {
    expect(await diff(args)).toMatchObject({ code, out: '', err: expect.stringMatching(message) })
  }) // prettier-ignore
})
