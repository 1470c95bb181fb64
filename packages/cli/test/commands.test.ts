/** The commands against this repository's own catalog and orders. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { run } from '../src/program.ts'
import { noteRunning } from '../src/running.ts'
import { terminalMemory } from './terminal-memory.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
let checkout: string // stands for a checkout from which the mesh was started
let mesh: Mesh

beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), 'mesh-commands-'))
  const stateFolder = join(checkout, 'state')
  mesh = await startMesh({ root, stateFolder })
  const kvDoor = { url: 'http://127.0.0.1:9', key: 'none' } // no command here reads flags
  noteRunning(checkout, { url: mesh.url, pid: process.pid, stateFolder, kvDoor })
}, 60_000)
afterAll(async () => {
  await mesh.stop()
  rmSync(checkout, { recursive: true })
})

const command = async (args: readonly string[], env: Record<string, string> = {}, width?: number) => {
  const terminal = terminalMemory(width)
  const code = await run(args, { root: checkout, env, terminal, stop: new AbortController().signal })
  return { code, ...terminal.written }
}

const file = (name: string, lines: readonly string[]) => {
  const path = join(checkout, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const order = (n: number, more: object = {}) => ({
  order_id: `ord_${n}`,
  customer_id: `cust_${n % 7}`,
  placed_at: '2026-01-31T09:30:00.000Z',
  updated_at: '2026-01-31T09:30:00.000Z',
  status: 'paid',
  total_cents: n * 100,
  currency: 'EUR',
  shipping_address_id: null,
  payment_method_id: null,
  item_count: 1,
  campaign_id: null,
  session_id: null,
  ...more,
})

describe('mesh token', () => {
  const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

  test.each([
    [[], { scope: 'read', client_id: 'local.commands' }],
    [['--scope', 'ingest'], { scope: 'ingest', client_id: 'purchase.orders.file', source: 'file' }],
    [['--scope', 'ingest', '--as', 'shop.simulator'], { scope: 'ingest', source: 'simulator' }],
  ])('%j', async (options, expected) => {
    const { code, out } = await command(['token', 'purchase.orders', ...options])
    expect(code).toBe(0)
    expect(claims(out)).toMatchObject({
      ...expected,
      aud: `${mesh.url}/purchase/orders/v1`,
      product: 'purchase.orders',
    })
  })

  test('a source that signs for itself: a pair, its public half, an assertion', async () => {
    const { out: pair } = await command(['key', 'pair'])
    const keyFile = file('till.json', [pair.trim()])
    const source = 'purchase.orders.till'
    const make = ['client', 'make', source, '--kind', 'source', '--products', 'purchase.orders']
    expect(await command(make)).toMatchObject({ code: 0 })
    expect(await command(['key', 'make', source, '--public-key', keyFile])).toMatchObject({ code: 0 })
    const args = ['token', 'purchase.orders', '--scope', 'ingest', '--as', 'till', '--key-file', keyFile]
    const { out } = await command(args)
    expect(claims(out)).toMatchObject({ client_id: source, source: 'till', scope: 'ingest' })
    expect(await command(args.with(5, 'file'))).toMatchObject({ code: 1 })
    const wrong = await command(args.with(7, file('wrong.json', ['{}'])))
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/holds no Ed25519 private key/) })
  })

  test('with a key of another place, and a mesh by its URL', async () => {
    const key = await mesh.keys.of('local.commands', 'CLIENT_KEY')
    const env = { MESH_URL: `${mesh.url}/`, MESH_KEY: key }
    expect(claims((await command(['token', 'purchase.orders'], env)).out)).toMatchObject({
      client_id: 'local.commands',
    })
  })
})

describe('mesh ingest and mesh query', () => {
  test('CSV: what is wrong is told by its line, its neighbours arrive; again changes nothing', async () => {
    const fields = Object.keys(order(1))
    const line = (row: object) => Object.values(row).join(',')
    const path = file('orders.csv', [
      fields.join(','),
      line(order(1)),
      line(order(2, { total_cents: -5 })),
      line(order(3, { placed_at: '2026-02-30T09:30:00.000Z' })),
      line(order(4, { session_id: 'ses_1' })),
    ])
    const first = await command(['ingest', 'purchase.orders', path])
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/^4 rows in [\d.]+ s: 2 accepted, 0 repeated, 2 quarantined\n/)
    expect(first.out).toMatch(/\n {2}line 3: total_cents: .+\n {2}line 4: placed_at: .+\n/)
    const again = await command(['ingest', 'purchase.orders', path])
    expect(again.out).toMatch(/: 0 accepted, 2 repeated, 2 quarantined\n/)

    const { out, err } = await command([
      'query',
      'purchase.orders',
      '--json',
      'order_id[in]=ord_1,ord_2,ord_3,ord_4',
    ])
    expect(JSON.parse(out)).toEqual({
      as_of: null,
      records: [order(1), order(4, { session_id: 'ses_1' })],
      next_cursor: null,
    })
    expect(err).toBe('')
  })

  test('what was not taken is listed, judged again, and given up', async () => {
    const { err } = await command(['ingest', 'purchase.orders', file('wrong.ndjson', [JSON.stringify(order(8, { colour: 1 }))])]) // prettier-ignore
    expect(err).toBe('')
    const list = await command(['quarantine', 'list', 'purchase.orders', '--code', 'unknown_field', '--json'])
    const { entries, total } = JSON.parse(list.out)
    expect([entries, total]).toMatchObject([[{ row: { order_id: 'ord_8' }, whole: true }], 1])
    const shown = await command(['quarantine', 'list', 'purchase.orders', '--code', 'unknown_field'])
    expect(shown.out).toMatch(/colour: unknown_field/)
    const replayed = await command(['quarantine', 'replay', 'purchase.orders', entries[0].id])
    expect(replayed.out).toMatch(/^0 accepted, 0 repeated; \d+ are left in quarantine\n$/)
    const all = await command(['quarantine', 'replay', 'purchase.orders'])
    expect(all.out).toMatch(/^0 accepted, 0 repeated; \d+ are left in quarantine\n$/)
    const letters = await command(['quarantine', 'letters', 'purchase.orders'])
    expect(letters.out).toBe('0 batches taken up: 0 rows accepted, 0 quarantined; 0 batches are left\n')
    const none = await command(['quarantine', 'list', 'purchase.orders', '--letters'])
    expect(none.out).toBe('nothing is quarantined\n')
    const discarded = await command(['quarantine', 'discard', 'purchase.orders', entries[0].id])
    expect(discarded.out).toMatch(/^1 given up; \d+ are left in quarantine\n$/)
  })

  test('NDJSON of more rows than a batch holds', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) =>
      JSON.stringify(order(1_000 + i, { campaign_id: 'cmp_many' })),
    )
    const { out } = await command(['ingest', 'purchase.orders', file('many.ndjson', rows)])
    expect(out).toMatch(/^12,000 rows in [\d.]+ s: 12,000 accepted, 0 repeated, 0 quarantined\n/)
    const counted = await command([
      'query',
      'purchase.orders',
      'campaign_id=cmp_many',
      '--aggregate',
      'orders,customers',
      '--json',
    ])
    expect(JSON.parse(counted.out)).toMatchObject({ groups: [{ orders: 12_000, customers: 7 }] })

    const all = await command(['query', 'purchase.orders', 'campaign_id=cmp_many', '--format', 'ndjson'])
    expect([all.out.split('\n').length - 1, all.err]).toEqual([12_000, 'complete up to: unknown\n'])
    const some = ['--limit', '2', '--fields', 'order_id,campaign_id', '--sort', 'order_id']
    const csv = await command([
      'query',
      'purchase.orders',
      'campaign_id=cmp_many',
      '--format',
      'csv',
      ...some,
    ])
    const totals = [
      '--aggregate',
      'orders',
      '--format',
      'csv',
      '--by',
      'customer_id',
      '--sort',
      'customer_id',
    ]
    const groups = await command(['query', 'purchase.orders', 'campaign_id=cmp_many', ...totals, '--limit', '2']) // prettier-ignore
    expect(groups.out).toMatch(/^customer_id,orders\r\n\w+,\d+\r\n\w+,\d+\r\n$/)
    expect(groups.err).toBe('complete up to: unknown · there are more: see --limit\n')
    expect(csv.out).toBe(
      'order_id,campaign_id\r\n' + [1_000, 10_000].map((n) => `ord_${n},cmp_many\r\n`).join(''),
    )
  }, 30_000)

  test('a line that is not JSON: those before it may have arrived, and the way on is said', async () => {
    const path = file('cut.ndjson', [JSON.stringify(order(1)), '{"order_id":'])
    const { code, err } = await command(['ingest', 'purchase.orders', path])
    expect(code).toBe(1)
    expect(err).toMatch(/^Line 2 of .+ is not JSON/)
    expect(err).toMatch(/run the same command again/)
  })

  test('a claim comes with the last rows and is shown with what is read', async () => {
    // The watermark waits for every source: the storefront's is not here to claim.
    const path = file('claim.ndjson', [JSON.stringify(order(5))])
    const args = [
      'ingest',
      'purchase.orders',
      path,
      '--as',
      'shop.simulator',
      '--complete-up-to',
      '2026-02-01T00:00:00Z',
    ]
    expect(await command(args)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/complete up to: unknown\n$/),
    })
    const backfill = await command([
      'ingest',
      'purchase.orders',
      path,
      '--complete-up-to',
      '2026-02-01T00:00:00Z',
    ])
    expect(backfill).toMatchObject({ code: 1, err: expect.stringMatching(/403/) })
  })

  test('a table within the width of the terminal, with how complete it is and whether there is more', async () => {
    const args = [
      'query',
      'purchase.orders',
      'campaign_id=cmp_many',
      '--limit',
      '2',
      '--fields',
      'order_id,total_cents',
    ]
    const { out, err } = await command(args, {}, 40)
    expect(out).toBe('order_id   total_cents\nord_1000        100000\nord_10000      1000000\n')
    expect(err).toBe('complete up to: unknown · there are more: see --limit\n')
    expect((await command(['query', 'purchase.orders', 'order_id=none'])).out).toBe('nothing found\n')
  })
})

describe('mesh export', () => {
  const odd = {
    currency: 'Ä€ß',
    total_cents: 2 ** 40 + 1,
    campaign_id: 'cmp_1',
    placed_at: '2026-02-01T00:00:00.001Z',
  }
  const rows = [order(9_001, odd), order(9_002, { placed_at: '2026-02-28T23:59:59.999Z' })]

  test('the files that a product wrote are read by DuckDB as they are', async () => {
    await command([
      'ingest',
      'purchase.orders',
      file(
        'bulk.ndjson',
        rows.map((row) => JSON.stringify(row)),
      ),
    ])
    expect(await mesh.scheduled('purchase.orders')).toBe('ok')
    const out = join(checkout, 'bulk')
    const done = await command(['export', 'purchase.orders', '--out', out])
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ records in \d+ files/) })
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const found = await connection.runAndReadAll(
      `SELECT order_id, currency, total_cents, campaign_id, epoch_ms(placed_at) AS placed, item_count
       FROM read_parquet('${out}/2026-02.*.parquet') WHERE order_id IN ('ord_9001', 'ord_9002') ORDER BY total_cents DESC`,
    )
    expect(found.getRowObjectsJson()).toEqual([
      { order_id: 'ord_9001', currency: 'Ä€ß', total_cents: '1099511627777', campaign_id: 'cmp_1', placed: String(Date.UTC(2026, 1) + 1), item_count: '1' },
      { order_id: 'ord_9002', currency: 'EUR', total_cents: '900200', campaign_id: null, placed: String(Date.UTC(2026, 2) - 1), item_count: '1' },
    ]) // prettier-ignore
  })

  test.each([
    [['purchase.orders', '--format', 'csv'], '"csv" is no format'],
    [['marketing.campaigns'], 'has written no export yet'],
    [['marketing.newsletter'], 'answered 404'],
  ])('%j is refused: %s', async (args, why) => {
    expect(await command(['export', ...args])).toMatchObject({ code: 1, err: expect.stringContaining(why) })
  })
})

describe('mesh audit verify', () => {
  test('proves the log of a mesh, against its signatures and what others remember', async () => {
    const first = await command(['audit', 'verify'])
    expect(first).toMatchObject({ code: 0, err: '' })
    const [, entries = ''] = /contents {2}(\d+) of \1 entries/.exec(first.out) ?? []
    expect(Number(entries)).toBeGreaterThan(10)
    expect(first.out).toContain('UNANCHORED')
    expect(await mesh.scheduled('platform.catalog')).toBe('ok')
    expect(await mesh.scheduled('platform.steward')).toBe('ok')
    const { out } = await command(['audit', 'verify'])
    expect(out).toMatch(/signed {4}1 checkpoints, up to entry \d+/)
    expect(out).toMatch(/this machine remembers up to \d+; the steward remembers up to \d+/)
  })
})

describe('a product with two majors', () => {
  const event = { event_id: 'nws_1', customer_id: 'cust_1', happened_at: '2026-11-03T08:12:00.000Z', campaign_id: 'cmp_1' } // prettier-ignore

  test('rows go to the newest, and are read from either', async () => {
    const path = file('events.ndjson', [JSON.stringify({ ...event, action: 'mailed', channel: null })])
    const { out } = await command(['ingest', 'marketing.newsletter', path])
    expect(out).toMatch(/: 1 accepted/)
    const [newest, older] = [
      await command(['query', 'marketing.newsletter', '--json', 'action=mailed']),
      await command(['query', 'marketing.newsletter', '--major', '1', '--json', 'event=sent']),
    ]
    expect(JSON.parse(newest.out)).toMatchObject({ records: [{ ...event, action: 'mailed' }] })
    expect(JSON.parse(older.out)).toMatchObject({ records: [{ ...event, event: 'sent' }] })
    expect(newest.err).toBe('')
    expect(older.err).toBe(
      `version 1 is deprecated since 2026-11-15 and answers until 2027-11-15: move to ${mesh.url}/marketing/newsletter/v2\n`,
    )
  })

  test('a token is for one of them', async () => {
    const { out } = await command(['token', 'marketing.newsletter', '--major', '1'])
    const url = `${mesh.url}/marketing/newsletter`
    const read = async (major: number) =>
      (await fetch(`${url}/v${major}/records`, { headers: { authorization: `Bearer ${out.trim()}` } })).status
    expect([await read(1), await read(2)]).toEqual([200, 401])
  })
})

test.each([
  [
    'an unknown major',
    ['query', 'purchase.orders', '--major', '7'],
    {},
    /no major 7 of purchase.orders.\nIt has 1/,
  ],
  ['no major', ['token', 'purchase.orders', '--major', 'v1'], {}, /"v1" is no major/],
  [
    'an unknown product',
    ['query', 'purchase.ordes'],
    {},
    /no product purchase.ordes.\nIt has .*purchase.orders/,
  ],
  [
    'an unknown parameter',
    ['query', 'purchase.orders', 'colour=red'],
    {},
    /400.*\n {2}colour: .*allowed.*\nHow to go on: http\S+\/problems\/parameter_unknown/,
  ],
  ['no filter', ['query', 'purchase.orders', 'status'], {}, /field=value/],
  ['no format', ['query', 'purchase.orders', '--format', 'xml'], {}, /ndjson or csv/],
  ['two formats', ['query', 'purchase.orders', '--format', 'csv', '--json'], {}, /leave --json/],
  ['--by alone', ['query', 'purchase.orders', '--by', 'status'], {}, /--aggregate/],
  ['an unknown measure', ['query', 'purchase.orders', '--aggregate', 'size'], {}, /size.*\n?.*orders/],
  ['an unknown scope', ['token', 'purchase.orders', '--scope', 'write'], {}, /write/],
  ['an unknown source', ['ingest', 'purchase.orders', 'x.csv', '--as', 'shop'], {}, /Its sources are .*file/],
  ['a source of the queue', ['ingest', 'purchase.orders', 'x.csv', '--as', 'storefront'], {}, /over HTTP/],
  ['no such file', ['ingest', 'purchase.orders', 'no-such.csv'], {}, /no file no-such.csv/],
  ['no key for another mesh', ['query', 'purchase.orders', '--url', 'http://localhost:PORT'], {}, /MESH_KEY/],
  ['a key that is none', ['query', 'purchase.orders'], { MESH_KEY: 'secret' }, /no client key/],
  [
    'a key that the catalog does not know',
    ['query', 'purchase.orders'],
    { MESH_KEY: `ml_local_a.b_${'x'.repeat(43)}` },
    /401[^]*\nHow to go on: http\S+\/problems\/client_unknown\n/,
  ],
])('%s', async (_what, args, env, message) => {
  const port = new URL(mesh.url).port
  const { code, err } = await command(
    args.map((arg) => arg.replace('PORT', port)),
    env,
  )
  expect(err).toMatch(message)
  expect(code).toBe(1)
})
