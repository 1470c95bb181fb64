/** Each way in which a document can lie is named with its line, and a true one passes. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandsOf, documents, shellBlocks } from './documents.ts'
import { exampleComplaints } from './examples.ts'
import { linkComplaints } from './links.ts'
import { shellComplaints } from './shell.ts'

const repository = join(import.meta.dirname, '../..')

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'meshloop-documents-'))
  for (const file of ['tsconfig.json', 'tsconfig.base.json']) cpSync(join(repository, file), join(root, file))
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  write('.ci/run', 'check lint npx pnpm lint\n')
  write('tests/readme.test.ts', "shellBlocks(root, 'run')")
  write('packages/clock/package.json', '{"name":"@meshloop/clock","exports":{"./now":"./src/now.ts"}}')
  write('packages/clock/src/now.ts', 'export const now = (): number => 0')
})
afterEach(() => rmSync(root, { recursive: true }))

test.each([
  ['nothing to say', '# Title'],
  ['an example', "```ts\nimport { now } from '@meshloop/clock/now'\nconst at: number = now()\n```"],
  [
    'files of the reader that know each other',
    "```ts a/b.ts\nexport const b = 1\n```\n```ts a/c.ts\nimport { b } from './b.ts'\nexport const c: number = b\n```",
  ],
  ['a command that CI runs', '```sh ci\nnpx pnpm lint  # the linter\n```'],
  ['a command that the docs test runs', '```sh run\nanything at all\n```'],
  [
    'a command for an account',
    '```sh account\ncd docs && npx wrangler d1 create orders --location weur\n```',
  ],
  ['another language', '```json\n{…}\n```'],
  [
    'links',
    '[a](docs/a.md#two-words-1) [b](#read-me) [c](https://example.com/x) `[d](nowhere)`\n# Read *me*',
  ],
])('true: %s', (_name, markdown) => {
  write('README.md', markdown)
  write('docs/a.md', '## Two words\n## Two words\n')
  expect(complaints()).toEqual([])
})

test.each([
  ['a type error', '\n```ts\nconst fine = 1\nconst x: string = 1\n```', 'README.md:4: error TS2322'],
  ['an import that is not exported', "```ts\nimport '@meshloop/clock'\n```", 'README.md:2: error TS2882'],
  [
    'a block that needs the one before',
    '```ts\nconst x = 1\n```\n```ts\nx + 1\n```',
    'README.md:5: error TS2304',
  ],
  ['an any', '```ts\nfunction f(x) {}\n```', 'README.md:2: error TS7006'],
  ['a block that nobody runs', '```sh\nrm -rf /\n```', 'README.md:1: say who runs this block'],
  [
    'a block whose runner is not there',
    '```sh start\nnpx pnpm start\n```',
    'tests/readme.test.ts does not run it',
  ],
  ['a block in another shell', '```bash run\nls\n```', 'call the block `sh`'],
  [
    'a command that CI has not',
    '```sh ci\nnpx pnpm lint\nnpx pnpm proof\n```',
    '.ci/run has no `npx pnpm proof`',
  ],
  [
    'a command that wrangler has not',
    '```sh account\nnpx wrangler d1 creat x\n```',
    'wrangler has no command `d1 creat x`',
  ],
  [
    'a flag that wrangler has not',
    '```sh account\nnpx wrangler deploy --drily\n```',
    '`wrangler deploy` has no flag --drily',
  ],
  ['a program that we do not know', '```sh account\ncurl example.com\n```', 'is neither wrangler nor mesh'],
  ['a folder that is not there', '```sh account\ncd nowhere\n```', 'there is no folder nowhere'],
  ['a dead link', '\n[x](docs/b.md)', 'README.md:2: docs/b.md does not exist'],
  ['a dead picture', '<img src="docs/x.png">', 'README.md:1: docs/x.png does not exist'],
  ['a dead anchor', '[x](#elsewhere)\n# Here', 'README.md:1: #elsewhere names no heading'],
  ['a dead anchor elsewhere', '[x](docs/a.md#b)', 'docs/a.md#b names no heading of docs/a.md'],
  ['a link out of the repository', '[x](../shared/x.md)', '../shared/x.md leaves the repository'],
])('false: %s', (_name, markdown, complaint) => {
  write('README.md', markdown)
  write('docs/a.md', '# A')
  expect(complaints()).toEqual([expect.stringContaining(complaint)])
})

test('the docs test gets each command as a reader would type it', () => {
  write(
    'README.md',
    '```sh run\n# look\nnpx pnpm mesh query a.b \\\n  limit=1 # one\n```\n```sh ci\nnpx pnpm lint\n```',
  )
  expect(shellBlocks(root, 'run').flatMap(commandsOf)).toEqual(['npx pnpm mesh query a.b limit=1'])
})

function complaints(): string[] {
  const all = documents(root)
  return [...exampleComplaints(all, root), ...shellComplaints(all, root), ...linkComplaints(all, root)]
}

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
