import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../src/program.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'
import { terminalMemory } from './terminal-memory.ts'

const column = (name: string, more: object = {}) => ({ name, type: 'TEXT', notNull: false, pk: 0, ...more })
const key = column('k', { notNull: true, pk: 1 })

/** Files of a product that needs one table with these columns. Each has its own folder: Node keeps what it imported. */
const product = (name: string, columns: readonly object[], fills: readonly object[] = []) => ({
  [`workers/tests/${name}/contract.ts`]: '',
  [`workers/tests/${name}/index.ts`]: `export default { tables: ${JSON.stringify([{ name: 'records', columns, indexes: [] }])}, fills: ${JSON.stringify(fills)} }`,
  [`workers/tests/${name}/wrangler.toml`]: `name = "tests-${name}"
main = "index.ts"
[[d1_databases]]
binding = "DB"
migrations_dir = "../../../migrations/${name}"
`,
})

/** What the rows of an older major say of the column `action`. */
const fill = { column: 'action', version: '1.0.0', from: 'event' }

let small: SmallMesh
beforeAll(() => {
  small = makeSmallMesh({
    ...product('fresh', [key, column('a')]),
    ...product('wrong', []),
    'workers/tests/wrong/index.ts': `throw Object.assign(new Error('The contract is not valid'), { code: 'contract_invalid' })`,
    ...product('grown', [key, column('a'), column('b')]),
    'migrations/grown/0001_init.sql': 'CREATE TABLE records (k TEXT NOT NULL PRIMARY KEY, a TEXT);',
    ...product(
      'renamed',
      [key, column('action'), column('_hash', { notNull: true }), column('_deleted', { type: 'INTEGER' })],
      [{ ...fill, values: { sent: 'mailed' }, unclear: [] }],
    ),
    'migrations/renamed/0001_init.sql': `CREATE TABLE records (k TEXT NOT NULL PRIMARY KEY, event TEXT, _hash TEXT NOT NULL, _deleted INTEGER);
CREATE INDEX records_event ON records (event);`,
    ...product('unclear', [key, column('action')], [{ ...fill, values: {}, unclear: ['sent'] }]),
    'migrations/unclear/0001_init.sql': 'CREATE TABLE records (k TEXT NOT NULL PRIMARY KEY, event TEXT);',
    ...product('changed', [key, column('a', { type: 'INTEGER' })]),
    'migrations/changed/0001_init.sql': 'CREATE TABLE records (k TEXT NOT NULL PRIMARY KEY, a TEXT);',
  })
})
afterAll(() => small.remove())

const migrate = async (...args: string[]) => {
  const terminal = terminalMemory()
  const context = { root: small.root, env: {}, terminal, stop: new AbortController().signal }
  return { code: await run(['migrate', ...args], context), ...terminal.written }
}
const migrations = (name: string) => readdirSync(join(small.root, 'migrations', name))

test('what is missing is written once', async () => {
  expect(await migrate('tests.fresh', '--label', 'init')).toMatchObject({
    code: 0,
    out: 'migrations/fresh/0001_init.sql\n',
  })
  expect(await migrate('tests.fresh')).toMatchObject({ code: 0, out: 'tests.fresh: nothing is missing\n' })
  expect(migrations('fresh')).toEqual(['0001_init.sql'])
})

test('a new field becomes a column', async () => {
  expect(await migrate('tests.grown')).toMatchObject({ code: 0, out: 'migrations/grown/0002_fields.sql\n' })
  expect(readFileSync(join(small.root, 'migrations/grown/0002_fields.sql'), 'utf8')).toMatch(
    /^ALTER TABLE .+ ADD/,
  )
})

test('a field with another name takes its values along; the older column stays, without its index', async () => {
  expect(await migrate('tests.renamed')).toMatchObject({ code: 0 })
  const database = new DatabaseSync(':memory:')
  const [init = '', fields = ''] = migrations('renamed').map((name) =>
    readFileSync(join(small.root, 'migrations/renamed', name), 'utf8'),
  )
  database.exec(init)
  database.exec(
    "INSERT INTO records VALUES ('1', 'sent', 'x', 0), ('2', 'left', 'x', 0), ('3', NULL, 'x', 0), ('4', NULL, 'x', 1)",
  )
  database.exec(fields)
  expect(
    database
      .prepare('SELECT * FROM records')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([
    { k: '1', event: 'sent', _hash: '', _deleted: 0, action: 'mailed' },
    { k: '2', event: 'left', _hash: '', _deleted: 0, action: 'left' },
    { k: '3', event: null, _hash: '', _deleted: 0, action: null },
    { k: '4', event: null, _hash: 'x', _deleted: 1, action: null },
  ])
  expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'records_event'").all()).toEqual([])
  expect(await migrate('tests.renamed')).toMatchObject({ out: 'tests.renamed: nothing is missing\n' })
})

test('what nobody can say is refused, or left empty when that is asked for', async () => {
  expect(await migrate('tests.unclear')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/records\.action .+ what sent is now\. Backfill by ingest/),
  })
  expect(await migrate('tests.unclear', '--leave-empty', 'action')).toMatchObject({ code: 0 })
  expect(readFileSync(join(small.root, 'migrations/unclear/0002_fields.sql'), 'utf8')).not.toContain('event')
})

test.each([
  ['a change that no migration makes', ['tests.changed'], /records.a cannot be migrated/],
  ['an invalid contract', ['tests.wrong'], /^The contract is not valid\nMend/],
  ['an unknown product', ['tests.nothing'], /It has .*tests.fresh/],
  ['an app', ['shop.storefront'], /no product shop.storefront/],
  ['a label that is none', ['tests.fresh', '--label', '../x'], /no label/],
])('%s is refused', async (_what, args, message) => {
  expect(await migrate(...args)).toMatchObject({ code: 1, err: expect.stringMatching(message) })
  expect(migrations('changed')).toEqual(['0001_init.sql'])
})
