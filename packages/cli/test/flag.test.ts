import { publishHead, publishPages, createWritePace } from '@meshloop/flags/publish'
import {
  addressOf,
  deriveFlagKeys,
  encodeEntry,
  encodePage,
  importSigningKey,
  signHead,
  slotOf,
} from '@meshloop/flags/sign'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKvDoor, type KvDoor } from '../src/host/kv-door.ts'
import { startMesh, type Mesh } from '../src/host/mesh.ts'
import { run } from '../src/program.ts'
import { noteRunning } from '../src/running.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'
import { terminalMemory } from './terminal-memory.ts'

const AUD = 'local/risk.fraud/v1/checkout'
const BITS = 4

let small: SmallMesh
let mesh: Mesh
let door: KvDoor

beforeAll(async () => {
  small = makeSmallMesh()
  const stateFolder = small.newState()
  mesh = await startMesh({ root: small.root, stateFolder })
  door = await openKvDoor((worker, binding) => mesh.kv(worker, binding))
  noteRunning(small.root, {
    url: mesh.url,
    pid: process.pid,
    stateFolder,
    kvDoor: { url: door.url, key: door.key },
  })
}, 30_000)
afterAll(async () => {
  await door.close()
  await mesh.stop()
  small.remove()
})

const flag = async (...args: string[]) => {
  const terminal = terminalMemory()
  const code = await run(['flag', ...args], {
    root: small.root,
    env: {},
    terminal,
    stop: new AbortController().signal,
  })
  return { code, ...terminal.written }
}

/** Publishes one entry as risk.fraud and the steward would. */
async function publish(subject: string, entry: { score: number; reasons: string[] }, keyName = 'FLAGS_KEY') {
  const secret = await mesh.keys.of('risk.fraud', 'FLAGS_SECRET')
  const keys = await deriveFlagKeys(secret, AUD)
  const { place, tag } = await addressOf(keys, subject)
  const page = await encodePage(keys, slotOf(place, BITS), [{ tag, json: encodeEntry(entry) }])
  const pages = page === null ? [] : [page]
  const now = Date.now()
  const head = await signHead(await importSigningKey(await mesh.keys.of('risk.fraud', keyName)), {
    aud: AUD,
    sid: secret.split('.')[0] ?? '',
    epoch: now,
    bits: BITS,
    pages,
    count: 1,
    contract: { id: 'risk.fraud', version: '1.0.0', hash: 'hash' },
    watermark: now,
    watermarks: {},
    lagMs: 900_000,
    gate: { open: true, breaches: [] },
    prev: null,
    oldestPutAtMs: now,
  })
  const kv = await mesh.kv('platform.steward', 'FLAGS')
  const target = { kv, aud: AUD, pace: createWritePace(Date.now) }
  await publishPages(target, pages)
  await publishHead(target, head.value)
}

test('nothing published: unavailable, and what to do about it', async () => {
  const { code, out } = await flag('cust_000042')
  expect(code).toBe(0)
  expect(out).toMatch(/state +unavailable \(head_missing\)/)
  expect(out).toMatch(/static policy/)
})

test('a published flag is verified and shown with its age and reasons', async () => {
  await publish('cust_000042', { score: 91, reasons: ['new_address', 'far_above_usual'] })
  const { out } = await flag('cust_000042')
  expect(out).toMatch(/state +known\n/)
  expect(out).toMatch(/age of the flags +\d+ s\n/)
  expect(out).toMatch(/score +91\n/)
  expect(out).toMatch(/reasons +\["new_address","far_above_usual"\]\n/)
})

test('another customer is unknown, which is not "no risk"; --json for programs', async () => {
  expect((await flag('cust_000043')).out).toMatch(/state +unknown\n/)
  const { out } = await flag('cust_000042', '--json')
  expect(JSON.parse(out)).toMatchObject({
    customer_id: 'cust_000042',
    aud: AUD,
    state: 'known',
    entry: { score: 91 },
  })
})

test("the next key of the product is pinned already, a stranger's is not trusted", async () => {
  await publish('cust_000042', { score: 12, reasons: [] }, 'FLAGS_KEY_NEXT')
  expect((await flag('cust_000042')).out).toMatch(/state +known/)
  await publish('cust_000042', { score: 0, reasons: [] }, 'ISSUER_KEY')
  expect((await flag('cust_000042')).out).toMatch(/state +untrusted \(head_key\)/)
})

test('what is no subject is refused', async () => {
  expect(await flag('')).toMatchObject({ code: 1, err: expect.stringContaining('A subject is') })
})

test('flags of another mesh cannot be read from here', async () => {
  expect(await flag('cust_000042', '--url', 'https://mesh.example')).toMatchObject({ code: 1, err: /apps/ })
})

test.each([
  ['without its key', {}, '/shop.storefront/FLAGS/x', 'GET', 403],
  ['with another key', { authorization: 'Bearer x' }, '/shop.storefront/FLAGS/x', 'GET', 403],
  ['to write', undefined, '/shop.storefront/FLAGS/x', 'PUT', 403],
  ['for a value that is not there', undefined, '/shop.storefront/FLAGS/x', 'GET', 404],
  ['for a Worker that is not there', undefined, '/shop.nothing/FLAGS/x', 'GET', 404],
  ['for a binding that is not there', undefined, '/shop.storefront/DB/x', 'GET', 404],
  ['for nothing', undefined, '/%', 'GET', 404],
])('the door to KV stays closed %s', async (_what, headers, path, method, status) => {
  const authorization = `Bearer ${door.key}`
  const response = await fetch(door.url + path, { method, headers: headers ?? { authorization } })
  expect(response.status).toBe(status)
})
