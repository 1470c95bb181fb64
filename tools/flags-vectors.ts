/**
 * Writes the test vectors of docs/flags-format.md to packages/flags/test/vectors.json.
 *
 * It follows the specification with node:crypto alone and shares no code with packages/flags, so that the
 * package is compared with a second implementation and not with itself. `--check` fails on a difference.
 */
import { createCipheriv, createHash, createHmac, createPrivateKey, hkdfSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const TARGET = new URL('../packages/flags/test/vectors.json', import.meta.url)
const AUD = 'prod/risk.fraud/v1/checkout'
const SID = 's1'
const BITS = 8
const EPOCH = Date.UTC(2026, 10, 20, 12)
const bytes0to31 = Buffer.from(Array.from({ length: 32 }, (_, at) => at))

const text = `${JSON.stringify(vectors(), null, 2)}\n`
if (!process.argv.includes('--check')) writeFileSync(TARGET, text)
else if (readFileSync(TARGET, 'utf8') !== text) {
  console.error('packages/flags/test/vectors.json differs: run node tools/flags-vectors.ts')
  process.exitCode = 1
}

function vectors() {
  const subjects = ['cust_000042', 'cust_000043', 'Ünïcode ☂ 🙂', 'x'.repeat(256)].map((subject) => ({
    subject,
    ...address(subject),
  }))
  const given = page(134, [['6yAJv9J_PHSmPQitlV-1rQ', '{"score":912}']])
  const many = page(7, [
    ['AAAAAAAAAAAAAAAAAAAAAA', '{"note":"ü, \\" and \\n","score":1}'],
    ['zzzzzzzzzzzzzzzzzzzzzz', '{}'],
  ])
  return {
    secret: `${SID}.${e64(bytes0to31)}`,
    aud: AUD,
    bits: BITS,
    keys: Object.fromEntries(
      ['subject', 'page', 'nonce', 'value/address'].map((label) => [label, derive(label).toString('hex')]),
    ),
    subjects,
    keyed_hash: {
      label: 'address',
      value: 'addr_17',
      hash: e64(hmac(derive('value/address'), 'addr_17').subarray(0, 16)),
    },
    pages: [given, many],
    head: head(given.slot, given.name),
  }
}

function address(subject: string) {
  const digest = hmac(derive('subject'), subject)
  return {
    slot: digest.readUInt16BE(0) >> (16 - BITS),
    place: digest.readUInt16BE(0) >> 4,
    tag: e64(digest.subarray(16)),
  }
}

function page(slot: number, lines: [tag: string, json: string][]) {
  const plaintext = Buffer.from(
    `${slot} ${lines.length}\n${lines.map(([tag, json]) => `${tag} ${json}\n`).join('')}`,
  )
  const context = Buffer.concat([Buffer.from(`${AUD}\0${SID}\0`), Buffer.from([slot >> 8, slot & 255])])
  const nonce = hmac(derive('nonce'), Buffer.concat([context, plaintext])).subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', derive('page'), nonce).setAAD(context)
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  const value = Buffer.concat([Buffer.from('meshloop-flags/1 page\n'), nonce, sealed])
  return {
    slot,
    lines: lines.map(([tag, json]) => ({ tag, json })),
    nonce: nonce.toString('hex'),
    name: e64(sha256(value)),
    value: e64(value),
  }
}

/** One page, and a `prev` under which its slot was empty. The key's seed is 00..1f too. */
function head(slot: number, name: string) {
  const index = Buffer.alloc(32 * 2 ** BITS)
  Buffer.from(name, 'base64url').copy(index, slot * 32)
  const diff = Buffer.concat([Buffer.from([slot >> 8, slot & 255]), Buffer.alloc(32)])
  const block = Buffer.concat([Buffer.from('meshloop-flags/1 index\n'), index, diff])
  const claims = {
    aud: AUD,
    bits: BITS,
    contract: { hash: e64(sha256(Buffer.from('contract'))), id: 'risk.fraud', version: '1.0.0' },
    count: 1,
    epoch: EPOCH,
    expires: EPOCH + 3_600_000,
    fresh_until: EPOCH + 300_000,
    gate: {
      breaches: [{ product: 'customer.accounts', rule: 'volume', since: EPOCH - 600_000 }],
      open: true,
    },
    lag_ms: 900_000,
    model: { id: 'points-1', sha256: e64(sha256(Buffer.from('model'))) },
    prev: { epoch: EPOCH - 60_000, fresh_until: EPOCH + 240_000, gate_open: true, watermark: EPOCH - 70_000 },
    root: e64(sha256(block)),
    sid: SID,
    v: 1,
    watermark: EPOCH - 10_000,
    watermarks: { 'customer.accounts': EPOCH - 10_000, 'purchase.orders': EPOCH - 5_000 },
  }
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes0to31])
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const signed = `${e64(Buffer.from('{"alg":"Ed25519","kid":"k1","typ":"meshloop-flags+jws"}'))}.${e64(Buffer.from(JSON.stringify(claims)))}`
  const jws = `${signed}.${e64(sign(null, Buffer.from(signed), key))}`
  const value = Buffer.concat([Buffer.from(`${jws}\n`), block])
  const { d, x } = key.export({ format: 'jwk' })
  return {
    private_jwk: { kty: 'OKP', crv: 'Ed25519', kid: 'k1', d, x },
    claims,
    jws,
    block_sha256: e64(sha256(block)),
    value_sha256: e64(sha256(value)),
    fingerprint: e64(sha256(Buffer.from(jws))),
  }
}

function derive(label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes0to31, 'meshloop-flags/1', `${AUD}\0${SID}\0${label}`, 32))
}

function hmac(key: Buffer, data: string | Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

function e64(data: Buffer): string {
  return data.toString('base64url')
}
