/** The package against vectors of a second implementation (tools/flags-vectors.ts). */
import { expect, test } from 'vitest'
import { sha256, utf8 } from '../src/bytes.ts'
import { canonicalJson } from '../src/canonical-json.ts'
import { decodeE64, encodeE64 } from '../src/e64.ts'
import { splitHead } from '../src/envelope.ts'
import { claimsToJson, parseClaims } from '../src/parse-claims.ts'
import { openPage, findEntry } from '../src/page-open.ts'
import { peekHead } from '../src/peek-head.ts'
import { createFlagReader } from '../src/read.ts'
import {
  addressOf,
  deriveFlagKeys,
  encodePage,
  importSigningKey,
  keyedHash,
  placesOf,
  signHead,
  slotOf,
} from '../src/sign.ts'
import vectors from './vectors.json'

const bytesOf = (text: string) => decodeE64(text) ?? new Uint8Array()
const keys = () => deriveFlagKeys(vectors.secret, vectors.aud)

test('the vector of the specification', async () => {
  const address = await addressOf(await keys(), 'cust_000042')
  expect(slotOf(address.place, 8)).toBe(134)
  expect(address.tag).toBe('6yAJv9J_PHSmPQitlV-1rQ')
  const page = await encodePage(await keys(), 134, [{ tag: address.tag, json: '{"score":912}' }])
  expect(page?.name).toBe('jjqF21eELQyJVecLj9VaoYc84eCPewxgZ4IYmLL28xo')
  expect(page?.value.subarray(22, 34).toHex()).toBe('8049f53e04ab3eab1c313f69')
})

test.each(vectors.subjects)('subject %#', async ({ subject, slot, place, tag }) => {
  expect(await addressOf(await keys(), subject)).toEqual({ place, tag })
  expect(slotOf(place, vectors.bits)).toBe(slot)
  const { first, last } = placesOf(slot, vectors.bits)
  expect(place).toBeGreaterThanOrEqual(first)
  expect(place).toBeLessThanOrEqual(last)
})

test('keyed hash', async () => {
  const { label, value, hash } = vectors.keyed_hash
  expect(await keyedHash(await keys(), label, value)).toBe(hash)
})

test.each(vectors.pages)(
  'page of slot $slot, written and read',
  async ({ slot, lines, name, value, nonce }) => {
    const page = await encodePage(await keys(), slot, lines.toReversed())
    expect(page).toEqual({ slot, name, value: bytesOf(value) })
    expect(page?.value.subarray(22, 34).toHex()).toBe(nonce)
    const opened = await openPage(await keys(), slot, bytesOf(name), bytesOf(value))
    for (const { tag, json } of lines)
      expect(opened.ok && findEntry(opened.text, tag)).toEqual({ ok: true, entry: JSON.parse(json) })
  },
)

test('head, signed and read', async () => {
  const { claims, jws, value_sha256, fingerprint, private_jwk } = vectors.head
  const [page] = vectors.pages
  const key = await importSigningKey(JSON.stringify(private_jwk))
  const shared = {
    aud: claims.aud,
    sid: claims.sid,
    bits: claims.bits,
    contract: claims.contract,
    model: claims.model,
    lagMs: claims.lag_ms,
    oldestPutAtMs: claims.epoch,
  }
  const prev = await signHead(key, {
    ...shared,
    epoch: claims.prev.epoch,
    pages: [],
    count: 0,
    prev: null,
    watermark: claims.prev.watermark,
    watermarks: {},
    gate: { open: true, breaches: [] },
  })
  const head = await signHead(key, {
    ...shared,
    epoch: claims.epoch,
    pages: page ? [page] : [],
    count: 1,
    prev: prev.value,
    watermark: claims.watermark,
    watermarks: claims.watermarks,
    gate: claims.gate,
  })
  expect(peekHead(head.value)?.claims).toEqual(claims)
  expect(splitHead(head.value)?.jws).toBe(jws)
  expect(head.fingerprint).toBe(fingerprint)
  expect(encodeE64(await sha256(head.value))).toBe(value_sha256)
  const parsed = parseClaims(JSON.stringify(claims))
  expect(parsed && canonicalJson(claimsToJson(parsed))).toBe(JSON.stringify(claims))

  const stored: Record<string, Uint8Array> = {
    [`mf1/${claims.aud}/head`]: head.value,
    [`mf1/${claims.aud}/p/${page?.name}`]: bytesOf(page?.value ?? ''),
  }
  const reader = createFlagReader({
    kv: { get: async (name) => asBuffer(stored[name]) },
    aud: claims.aud,
    pins: [{ kid: private_jwk.kid, x: private_jwk.x, aud: claims.aud, from: 0, until: claims.epoch }],
    secrets: [vectors.secret],
    now: () => claims.epoch + 1_000,
  })
  expect(await reader.read('cust_000042')).toMatchObject({
    state: 'known',
    entry: { score: 912 },
    evidence: { epoch: claims.epoch, kid: 'k1', ageMs: 1_000, page: page?.name, model: claims.model },
  })
  expect(await reader.read('cust_000043')).toMatchObject({ state: 'unknown', evidence: { page: null } })
})

test('e64 has one spelling', () => {
  expect(encodeE64(utf8('?>ü'))).toBe('Pz7DvA')
  for (const other of ['Pz7DvA==', 'Pz7Dv', 'Pz7DvB', 'Pz7D vA', 'Pz7D+A', 'Pz7D/A', 'P\n'])
    expect([other, decodeE64(other)]).toEqual([other, null])
})

function asBuffer(value: Uint8Array | undefined): ArrayBuffer | null {
  return value === undefined ? null : new Uint8Array(value).buffer
}
