/** A Worker that is deployed before its migrations says so: it answers no value that is not there, and keeps no promise. */
import { defineProduct, id, text, time } from '@meshloop/contract'
import { beforeAll, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { makeTables } from './make-tables.ts'

const frame = {
  id: 'a.things',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  key: ['k'],
  eventTime: 'at',
  measures: { all: { means: 'all', count: true } },
} as const
const contract = defineProduct({
  ...frame,
  version: '2.0.0',
  fields: { k: id('K'), at: time('T'), channel: text('C') },
  indexes: ['channel'],
  dimensions: ['channel'],
  quality: { told: { means: 'Everybody has a channel', nulls: 'channel' } },
})
const older = defineProduct({
  ...frame,
  version: '1.0.0',
  fields: { k: id('K'), at: time('T'), way: text('C') },
  indexes: ['way'],
  dimensions: ['way'],
  projects: { major: 2, fields: { way: { from: 'channel' } } },
})
const worker = serve({ contract, older: [older] })
const row = { k: 'a', at: '2026-01-01T00:00:00.000Z', channel: 'mail' }
let benches: readonly Bench[] = []

beforeAll(async () => {
  const newest = await setUp(worker, contract)
  benches = [newest, await setUp(worker, older, undefined, contract)]
  await makeTables(newest.env.DB, worker.tables)
  await send(newest)
  const lost = ['DROP INDEX records_channel', 'ALTER TABLE records DROP COLUMN channel']
  await newest.env.DB.batch(lost.map((sql) => newest.env.DB.prepare(sql)))
})

async function send(bench: Bench): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${await bench.token('ingest')}`,
    'content-type': 'application/json',
  }
  return (
    await bench.call('/ingest', { method: 'POST', headers, body: JSON.stringify({ rows: [row] }) })
  ).json()
}

const behind = { status: 503, code: 'database_behind' }

it.each(['/records', '/records/a', '/records?sort=channel', '/aggregate?by=channel', '/changes'])(
  'refuses %s',
  async (path) => {
    const [newest, before] = benches
    expect(await (await newest?.call(path))?.json()).toMatchObject(behind)
    expect(await (await before?.call(path.replace('channel', 'way')))?.json()).toMatchObject(behind)
  },
)

it('takes nothing in', async () => {
  const [newest] = benches
  expect(newest && (await send(newest))).toMatchObject(behind)
})

it('judges nothing as kept', async () => {
  const [newest] = benches
  const headers = { authorization: `Bearer ${await newest?.token('check')}` }
  expect(await (await newest?.call('/quality', { method: 'POST', headers }))?.json()).toMatchObject(behind)
})
