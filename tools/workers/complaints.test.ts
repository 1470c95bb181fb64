/** Each mistake in a Worker's folder is named, and a good folder passes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { complaintsAbout } from './complaints.ts'
import { workerFolders } from './folders.ts'

const toml = `
name = "risk-fraud"
main = "index.ts"
compatibility_date = "2026-11-17"
compatibility_flags = ["global_fetch_strictly_public"]
[vars]
ISSUER = "https://mesh.example"
[[d1_databases]]
binding = "DB"
database_name = "risk-fraud"
preview_database_id = "risk-fraud"
migrations_dir = "../../../migrations/risk/fraud"
[[kv_namespaces]]
binding = "FLAGS"
id = "flags"
[[queues.consumers]]
queue = "risk-fraud-ingest"
dead_letter_queue = "risk-fraud-ingest-dlq"
[[queues.consumers]]
queue = "risk-fraud-ingest-dlq"
`
const good: Readonly<Record<string, string>> = {
  'workers/risk/fraud/wrangler.toml': toml,
  'workers/risk/fraud/package.json': '{"name":"@meshloop/risk-fraud","exports":{".":"./contract.ts"}}',
  'workers/risk/fraud/contract.ts': '',
  'workers/risk/fraud/index.ts': `/** A\n * comment. */\n${'void 0\n'.repeat(40)}// why\n`,
  'workers/risk/fraud/fraud.test.ts': '',
  'workers/risk/fraud/README.md': '',
  'migrations/risk/fraud/0001_records.sql': '',
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'meshloop-workers-'))
  for (const [path, text] of Object.entries(good)) write(path, text)
})
afterEach(() => rmSync(root, { recursive: true }))

test('a good product folder', () => {
  expect(complaints()).toEqual([])
})

test('a product on a host that it shares, found in both places', () => {
  const routes =
    '["mesh.example/risk/fraud/*", "mesh.example/.well-known/oauth-protected-resource/risk/fraud/*"]'
  write('workers/risk/fraud/wrangler.toml', `routes = ${routes}\n${toml}`)
  expect(complaints()).toEqual([])
})

test.each([
  ['name = "risk-fraud"', 'name = "platform-catalog"', 'name is platform-catalog'],
  [
    'main = "index.ts"',
    'main = "index.ts"\nroutes = [{ pattern = "mesh.example/risk/fraud/*", zone_name = "mesh.example" }]',
    'add the route mesh.example/.well-known/oauth-protected-resource/risk/fraud/*',
  ],
  ['main = "index.ts"', 'main = "../../purchase/orders/index.ts"', 'main is'],
  ['2026-11-17', '2025-01-01', 'compatibility_date is 2025-01-01'],
  ['global_fetch_strictly_public', 'nodejs_compat', 'global_fetch_strictly_public'],
  ['database_name = "risk-fraud"', '', 'database_name is undefined'],
  ['preview_database_id = "risk-fraud"', 'preview_database_id = "DB"', 'preview_database_id is DB'],
  [
    '../../../migrations/risk/fraud',
    '../../../migrations/risk/other',
    'it must lead to migrations/risk/fraud',
  ],
  ['id = "flags"', '', 'give KV FLAGS an id'],
  ['dead_letter_queue = "risk-fraud-ingest-dlq"', '', 'give queue risk-fraud-ingest a dead_letter_queue'],
  ['ISSUER = "https://mesh.example"', 'SOURCE_KEY = "x"', 'SOURCE_KEY is a secret'],
  ['ISSUER = "https://mesh.example"', 'OTHER = "ml_live_risk.fraud_x"', 'OTHER is a secret'],
  ['ISSUER = "https://mesh.example"', `JWK = '{"kty":"OKP","d":"x"}'`, 'JWK is a secret'],
])('wrangler.toml with %j -> %j', (good, bad, complaint) => {
  write('workers/risk/fraud/wrangler.toml', toml.replace(good, bad))
  expect(complaints()).toEqual([expect.stringContaining(complaint)])
})

test.each([
  ['workers/risk/fraud/wrangler.toml', 'wrangler would climb'],
  ['workers/risk/fraud/README.md', 'README.md is missing'],
  ['workers/risk/fraud/index.ts', 'index.ts is missing'],
  ['workers/risk/fraud/fraud.test.ts', 'has no test'],
  ['migrations/risk/fraud/0001_records.sql', 'has no *.sql'],
])('without %s', (path, complaint) => {
  rmSync(join(root, path))
  expect(complaints()).toEqual([expect.stringContaining(complaint)])
})

test.each([
  ['wrangler.jsonc', '{}', 'wrangler.jsonc beats or shadows'],
  ['workers/risk/fraud/wrangler.json', '{}', 'wrangler.json beats or shadows'],
  ['workers/risk/fraud/index.ts', 'void 0\n'.repeat(41), 'has 41 lines of code'],
  ['workers/risk/fraud/package.json', '{"name":"@meshloop/risk-fraud"}', 'exports undefined'],
  ['workers/risk/fraud/package.json', '{"exports":{".":"./contract.ts"}}', 'is named undefined'],
])('with %s saying %.20j', (path, text, complaint) => {
  write(path, text)
  expect(complaints()).toEqual([expect.stringContaining(complaint)])
})

test('the catalog is deployed from the root and has no toml of its own', () => {
  write('workers/platform/catalog/package.json', '{"name":"@meshloop/platform-catalog"}')
  write('workers/platform/catalog/catalog.test.ts', '')
  write('workers/platform/catalog/wrangler.toml', '')
  write('migrations/platform/catalog/0001_products.sql', '')
  const main = toml
    .replaceAll('risk-fraud', 'platform-catalog')
    .replace('index.ts', 'workers/platform/catalog/index.ts')
  write('wrangler.toml', main.replace('../../../migrations/risk/fraud', 'migrations/platform/catalog'))
  expect(complaints()).toEqual([
    expect.stringContaining('workers/platform/catalog/wrangler.toml beats or shadows'),
  ])
})

function complaints(): string[] {
  return workerFolders(root).flatMap((worker) => complaintsAbout(worker, root))
}

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
