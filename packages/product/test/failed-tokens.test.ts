/** Tokens that do not hold, sent without end: they are refused unread, and nobody beside who sends them is shut out. */
import { beforeEach, expect, it } from 'vitest'
import { MOST_FAILED } from '../src/quota/failed-tokens.ts'
import type { Bench } from '../src/testing/index.ts'
import { openThings } from './ingest-things.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openThings()
})

const ask = async (address: string | undefined, token: string, path = '/records', method = 'GET') => {
  const from = address === undefined ? {} : { 'cf-connecting-ip': address }
  const headers = { authorization: `Bearer ${token}`, ...from }
  return bench.call(path, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) })
}
const wearOut = async (address: string | undefined, bad: string) => {
  const statuses = new Set<number>()
  for (let n = 0; n < MOST_FAILED; n++) statuses.add((await ask(address, bad)).status)
  return [...statuses]
}

it('are refused without a look beyond so many a minute, from there alone', async () => {
  const good = await bench.token('read')
  const bad = `${good.slice(0, -6)}AAAAAA`
  expect((await ask('192.0.2.1', good)).status).toBe(200)
  expect(await wearOut('192.0.2.1', bad)).toEqual([401])
  const refused = await ask('192.0.2.1', bad)
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'rate_limited' }])
  const wait = Number(refused.headers.get('retry-after'))
  expect(wait > 0 && wait <= 60).toBe(true)
  expect((await ask('192.0.2.1', bad, '/ingest', 'POST')).status).toBe(429)
  // Who was verified before shares the address, and is not shut out; nor is who needs no token, or asks from elsewhere.
  expect((await ask('192.0.2.1', good)).status).toBe(200)
  expect((await ask('192.0.2.1', bad, '/contract')).status).toBe(200)
  expect((await ask('192.0.2.2', bad)).status).toBe(401)
  expect((await ask(undefined, bad)).status).toBe(401)
})

it('are counted by the network of an IPv6 address', async () => {
  expect(await wearOut('2001:db8::1', 'bad')).toEqual([401])
  const statuses = ['2001:db8:0:0:ffff::2', '2001:db8:0:1::1', '2001:db8:1::1', '::1'].map(
    async (address) => (await ask(address, 'bad')).status,
  )
  expect(await Promise.all(statuses)).toEqual([429, 401, 401, 401])
})

it('are not requests without a token, which are told where tokens come from', async () => {
  const asked = { headers: { authorization: '', 'cf-connecting-ip': '192.0.2.1' } }
  for (let n = 0; n < MOST_FAILED; n++) await bench.call('/records', asked)
  expect((await ask('192.0.2.1', await bench.token('read'))).status).toBe(200)
  expect(await wearOut('192.0.2.1', 'bad')).toEqual([401])
  const challenged = await bench.call('/records', asked)
  expect([challenged.status, challenged.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('resource_metadata'),
  ])
})

it('of other Workers of the mesh are not counted', async () => {
  expect(await wearOut(undefined, 'bad')).toEqual([401])
  expect((await ask(undefined, 'bad')).status).toBe(401)
})
