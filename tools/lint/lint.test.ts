/**
 * Each lint rule bites: a snippet that breaks it is refused, the same written well is not. A rule that is configured but
 * has no snippet here fails too, since nobody would notice when a glob or an upgrade switches it off.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Rule -> file -> a snippet that the rule refuses there. */
const refused: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'meshloop/layers': {
    'packages/contract/src/a.ts': "export * from '@meshloop/access/verify'",
    'packages/flags/src/a.ts': "import type { Field } from '@meshloop/contract'\nexport type { Field }",
    'packages/access/src/a.ts': "export * from '@meshloop/client'",
    'packages/client/src/a.ts': "export * from '@meshloop/access/verify'",
    'packages/client/src/b.ts': "export * from '../../contract/src/index.ts'",
    'packages/product/src/a.ts': "export * from '@meshloop/flags/read'",
    'packages/product/src/b.ts': "void import('@meshloop/purchase-orders')",
    'packages/product/src/c.ts': "export * from '../../../workers/purchase/orders/contract.ts'",
    'packages/product/src/d.ts': "const f = (x: import('@meshloop/cli').X) => x\nvoid f",
    'packages/cli/src/a.ts': "export * from '@meshloop/purchase-orders'",
    'packages/new/src/a.ts': "export * from '@meshloop/contract'",
    'workers/risk/fraud/a.ts': "export * from '@meshloop/purchase-orders/derive'",
    'workers/risk/fraud/b.ts': "export * from '../../purchase/orders/contract.ts'",
    'workers/risk/fraud/c.ts': "export * from '@meshloop/cli'",
  },
  'meshloop/file-names': {
    'packages/access/src/utils.ts': 'export {}',
    'packages/access/src/date-helpers.ts': 'export {}',
  },
  'meshloop/whole-zod': { 'packages/access/src/zod.ts': "import { z } from 'zod'\nexport { z }" },
  'meshloop/docstrings': {
    'packages/access/src/silent-export.ts': '/** This file. */\nimport "node:fs"\nexport const x = 1',
    'packages/access/src/silent-file.ts': '// no sentence\nexport {}',
  },
  'unicorn/filename-case': { 'packages/access/src/aToken.ts': 'export {}' },
  'eslint/max-lines': {
    'packages/access/src/long.ts': 'void 0\n'.repeat(301),
    'packages/access/test/long.test.ts': 'void 0\n'.repeat(501),
  },
  'import/no-default-export': { 'packages/access/src/default.ts': 'export default {}' },
  'import/no-cycle': {
    'packages/access/src/ring-a.ts': "export * from './ring-b.ts'",
    'packages/access/src/ring-b.ts': "export * from './ring-a.ts'",
  },
  'typescript/no-explicit-any': { 'packages/access/src/any.ts': 'const x: any = 1\nvoid x' },
  'typescript/no-unsafe-argument': { 'packages/access/src/argument.ts': "[1].push(JSON.parse('1'))" },
  'typescript/no-unsafe-assignment': {
    'packages/access/src/assign.ts': "const x: 1 = JSON.parse('1')\nvoid x",
  },
  'typescript/no-unsafe-call': { 'packages/access/src/call.ts': "JSON.parse('1')()" },
  'typescript/no-unsafe-member-access': { 'packages/access/src/member.ts': "void JSON.parse('1').x" },
  'typescript/no-unsafe-return': {
    'packages/access/src/return.ts': "const f = (): 1 => JSON.parse('1')\nvoid f",
  },
  'typescript/no-non-null-assertion': { 'packages/access/src/bang.ts': 'const x = [1][0]!\nvoid x' },
  'typescript/no-floating-promises': {
    'packages/access/src/floating.ts': 'Promise.resolve(1)',
    'packages/cli/src/floating.ts': 'Promise.resolve(1)',
    'tools/floating.ts': 'Promise.resolve(1)',
  },
  'typescript/no-misused-promises': { 'packages/access/src/misused.ts': 'if (Promise.resolve(true)) void 0' },
  'typescript/only-throw-error': { 'packages/access/src/throw.ts': "throw 'no'" },
  'typescript/switch-exhaustiveness-check': {
    'packages/access/src/switch.ts': "const f = (x: 'a' | 'b') => { switch (x) { case 'a': } }\nvoid f",
  },
  'typescript/consistent-type-imports': {
    'packages/access/src/type.ts':
      "import { SourceMap } from 'node:module'\nconst f = (x: SourceMap) => x\nvoid f",
  },
  'typescript/ban-ts-comment': {
    'packages/access/src/silenced.ts': "// @ts-ignore\nconst x: 1 = '1'\nvoid x",
  },
  'typescript/no-unnecessary-type-assertion': {
    'packages/access/src/cast.ts': 'const x = 1 as 1\nvoid (x as 1)',
  },
  'eslint/eqeqeq': { 'packages/access/src/equal.ts': 'const f = (x: 1 | 2) => x == 1\nvoid f' },
  'eslint/no-console': { 'packages/access/src/console.ts': 'console.log(1)' },
  'eslint/no-var': { 'packages/access/src/var.ts': 'var x = 1\nvoid x' },
  'eslint/prefer-const': { 'packages/access/src/let.ts': 'let x = 1\nvoid x' },
  'eslint/no-param-reassign': {
    'packages/access/src/mutate.ts': 'const f = (x: { y: 1 | 2 }) => { x.y = 2 }\nvoid f',
  },
  'eslint/preserve-caught-error': {
    'packages/access/src/cause.ts': "try { f() } catch (error) { throw new Error('lost') }\nfunction f() {}",
  },
  'unicorn/prefer-node-protocol': { 'packages/access/src/node.ts': "import 'fs'" },
  'eslint/no-restricted-properties': { 'packages/access/src/random.ts': 'void Math.random()' },
  'unused directive': { 'packages/access/src/exempt.ts': '// oxlint-disable-next-line no-var\nvoid 0' },
  'vitest/no-focused-tests': { 'packages/access/test/only.test.ts': "test.only('x', () => {})" },
  'vitest/no-restricted-vi-methods': { 'packages/access/test/mock.test.ts': "vi.mock('../src/verify.ts')" },
  'vitest/valid-expect': {
    'packages/access/test/expect.test.ts': "import { expect } from 'vitest'\nexpect(1)",
  },
  'eslint/no-restricted-globals': {
    'packages/product/src/testing/sleep.ts': 'setTimeout(() => {}, 100)',
    'packages/access/test/sleep.test.ts': 'await new Promise((done) => setTimeout(done, 100))',
  },
}

/** File -> code that no rule may refuse there. */
const accepted: Readonly<Record<string, string>> = {
  'packages/access/src/ok.ts': "export * from '@meshloop/contract'",
  'packages/product/src/ok.ts': "export * from '@meshloop/flags/sign'",
  'packages/product/test/ok.test.ts': "export * from '@meshloop/flags/read'\nvoid JSON.parse('1').x",
  'packages/cli/src/ok.ts': "export * from '@meshloop/flags/read'\nconsole.log(1)",
  'packages/access/vitest.config.ts': "export { rule as default } from '../../tools/ok.ts'",
  'tests/docs.test.ts': "export * from '../tools/ok.ts'",
  'tools/ok.ts': '/** A rule. */\nexport const rule = 1',
  'workers/risk/fraud/ok.ts': "export * from '@meshloop/purchase-orders'",
  'workers/risk/fraud/test.ts': "export * from '@meshloop/product/testing'",
  'workers/risk/fraud/index.ts': 'export default {}',
  'packages/access/src/whole.ts': "import * as z from 'zod'\nvoid z",
  'packages/access/src/overload.ts':
    '/** Two ways in. */\nexport function f(x: 1): 1\nexport function f(x: 2): 2\nexport function f(x: 1 | 2) { return x }',
  'packages/access/src/lines.ts': `${'void 0\n'.repeat(299)}${'// why\n\n'.repeat(50)}`,
}

describe('the linter', () => {
  let checkout: string
  let reports: ReadonlyMap<string, ReadonlySet<string>>

  beforeAll(() => {
    checkout = checkoutOf({ ...Object.assign({}, ...Object.values(refused)), ...accepted })
    reports = lint(checkout)
  })
  afterAll(() => rmSync(checkout, { recursive: true }))

  const cases = Object.entries(refused).flatMap(([rule, snippets]) =>
    Object.keys(snippets).map((file) => ({ rule, file })),
  )
  test.each(cases)('$rule refuses $file', ({ rule, file }) => {
    expect([...(reports.get(file) ?? [])]).toContain(rule)
  })

  test.each(Object.keys(accepted))('%s is accepted', (file) => {
    expect([...(reports.get(file) ?? [])]).toEqual([])
  })

  test('every configured rule is shown to bite', () => {
    expect(configuredRules().filter((rule) => !(rule in refused))).toEqual([])
  })
})

/** A folder with our configuration and the given files, as if it were the repository. */
function checkoutOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshloop-lint-'))
  for (const path of ['.oxlintrc.json', 'tsconfig.base.json', 'tools/lint']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const tsconfig = JSON.stringify({ extends: './tsconfig.base.json', compilerOptions: { types: ['node'] } })
  for (const [file, code] of Object.entries({ 'tsconfig.json': tsconfig, ...files })) {
    const sentence = file.endsWith('.json') || code.startsWith('/') ? '' : '/** What this file is. */\n'
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `${sentence}${code}\n`)
  }
  return folder
}

/** What oxlint says about each file of a folder. */
function lint(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const oxlint = join(root, 'node_modules/.bin/oxlint')
  const { stdout } = spawnSync(oxlint, ['-f', 'json'], { cwd: folder, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code?: string }[] }
  const found = new Map<string, Set<string>>()
  for (const { filename, code = 'unused directive' } of diagnostics) {
    const rule = code.replace('(', '/').replace(')', '')
    found.set(filename, (found.get(filename) ?? new Set()).add(rule))
  }
  return found
}

type RuleSettings = Readonly<Record<string, unknown>>

function configuredRules(): string[] {
  const json = readFileSync(join(root, '.oxlintrc.json'), 'utf8').replace(/^\s*\/\/.*$/gm, '')
  const config = JSON.parse(json) as { rules: RuleSettings; overrides: { rules: RuleSettings }[] }
  const settings = [config, ...config.overrides].flatMap(({ rules }) => Object.entries(rules))
  const on = settings.filter(([, setting]) => setting !== 'off').map(([rule]) => rule)
  return [...new Set(on)].map((rule) => (rule.includes('/') ? rule : `eslint/${rule}`))
}
