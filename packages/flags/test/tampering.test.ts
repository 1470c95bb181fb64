/** Every tampering by name: what was done to KV, and the cause that a reader gives. */
import { describe, expect, test } from 'vitest'
import { concat, sha256, utf8, type Bytes } from '../src/bytes.ts'
import { encodeE64 } from '../src/e64.ts'
import { splitHead } from '../src/envelope.ts'
import { addressOf, deriveFlagKeys, encodePage } from '../src/sign.ts'
import { createWorld, flip, NOW, only, resign, SECRET, short, signRaw, type World } from './world.ts'

type Tampering = [what: string, outcome: string, tamper: (world: World) => Promise<unknown>]

const ENTRIES = { cust_1: { score: 912 } }

const withHeads: Tampering[] = [
  ['empty value', 'untrusted/head_malformed', (w) => w.putHead('')],
  ['text', 'untrusted/head_malformed', (w) => w.putHead('{"score":0}')],
  ['no block', 'untrusted/head_malformed', async (w) => w.putHead(jwsOf(await w.getHead()))],
  [
    'two segments',
    'untrusted/head_malformed',
    async (w) => w.putHead(change(await w.getHead(), 1, () => '')),
  ],
  [
    'a value above 300,000 bytes',
    'untrusted/head_malformed',
    async (w) => w.putHead(concat(await w.getHead(), new Uint8Array(300_000))),
  ],
  [
    'a signed part above 12,000 bytes',
    'untrusted/head_malformed',
    async (w) =>
      w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, note: 'x'.repeat(9_000) }))),
  ],
  [
    'payload of another type',
    'untrusted/head_malformed',
    async (w) =>
      w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, expires: String(c.expires) }))),
  ],
  [
    'version 2',
    'untrusted/head_malformed',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, v: 2 }))),
  ],
  [
    'payload that is no JSON',
    'untrusted/head_malformed',
    async (w) => w.putHead(await signRaw(w.key, 'yes', blockOf(await w.getHead()))),
  ],
  [
    'alg none',
    'untrusted/head_key',
    async (w) =>
      w.putHead(
        change(await w.getHead(), 0, () =>
          encodeE64(utf8('{"alg":"none","kid":"k1","typ":"meshloop-flags+jws"}')),
        ),
      ),
  ],
  [
    'alg EdDSA, the deprecated name',
    'untrusted/head_key',
    async (w) =>
      w.putHead(
        change(await w.getHead(), 0, () =>
          encodeE64(utf8('{"alg":"EdDSA","kid":"k1","typ":"meshloop-flags+jws"}')),
        ),
      ),
  ],
  [
    'typ of an access token',
    'untrusted/head_key',
    async (w) =>
      w.putHead(
        change(await w.getHead(), 0, () => encodeE64(utf8('{"alg":"Ed25519","kid":"k1","typ":"at+jwt"}'))),
      ),
  ],
  [
    'unknown key id',
    'untrusted/head_key',
    async (w) => w.putHead(await resign(await w.getHead(), { ...w.key, kid: 'k9' }, (c) => c)),
  ],
  [
    'signed with a foreign key under our id',
    'untrusted/head_signature',
    async (w) => w.putHead(await resign(await w.getHead(), w.foreign, (c) => c)),
  ],
  [
    'signed with our other key under this id',
    'untrusted/head_signature',
    async (w) => w.putHead(await resign(await w.getHead(), { ...w.next, kid: 'k1' }, (c) => c)),
  ],
  [
    'a later end written into the payload',
    'untrusted/head_signature',
    async (w) =>
      w.putHead(
        change(await w.getHead(), 1, (payload) =>
          respell(payload, String(NOW + 300_000), String(NOW + 599_999)),
        ),
      ),
  ],
  [
    'no signature',
    'untrusted/head_signature',
    async (w) => w.putHead(change(await w.getHead(), 2, () => '')),
  ],
  [
    'signature of 63 bytes',
    'untrusted/head_signature',
    async (w) => w.putHead(change(await w.getHead(), 2, (s) => s.slice(0, 84))),
  ],
  [
    'signature of 32 bytes',
    'untrusted/head_signature',
    async (w) => w.putHead(change(await w.getHead(), 2, (s) => s.slice(0, 43))),
  ],
  [
    'signature of 65 bytes',
    'untrusted/head_signature',
    async (w) => w.putHead(change(await w.getHead(), 2, (s) => `${s.slice(0, 84)}AAA`)),
  ],
  [
    'signature of zeros',
    'untrusted/head_signature',
    async (w) => w.putHead(change(await w.getHead(), 2, () => 'A'.repeat(86))),
  ],
  [
    'signature spelt with spare bits',
    'untrusted/head_signature',
    async (w) => w.putHead(change(await w.getHead(), 2, spareBits)),
  ],
  [
    'the head of another flag set',
    'untrusted/head_audience',
    async (w) =>
      w.putHead(
        await resign(await w.getHead(), w.key, (c) => ({ ...c, aud: c.aud.replace('test/', 'prod/') })),
      ),
  ],
  [
    'an epoch before the key’s time',
    'untrusted/head_key_window',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, epoch: 5 }))),
  ],
  [
    'an epoch after the key’s time',
    'untrusted/head_key_window',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, epoch: NOW * 3 }))),
  ],
  [
    'an epoch in the future',
    'untrusted/head_future',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, epoch: NOW + 7_200_000 }))),
  ],
  [
    'fresh for too long',
    'untrusted/head_lifetime',
    async (w) =>
      w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, fresh_until: NOW + 600_001 }))),
  ],
  [
    'alive for too long',
    'untrusted/head_lifetime',
    async (w) =>
      w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, expires: NOW + 3_600_001 }))),
  ],
  [
    'fresh beyond its end',
    'untrusted/head_lifetime',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, expires: NOW + 1_000 }))),
  ],
  [
    'never fresh',
    'untrusted/head_lifetime',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, fresh_until: NOW }))),
  ],
  [
    'unknown secret',
    'unavailable/secret_unknown',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, sid: 's9' }))),
  ],
  [
    'a byte of the index',
    'untrusted/index_hash',
    async (w) => w.putHead(flip(await w.getHead(), (await w.getHead()).length - 1)),
  ],
  ['a torn block', 'untrusted/index_hash', async (w) => w.putHead((await w.getHead()).slice(0, -1))],
  [
    'a block with a record more',
    'untrusted/index_hash',
    async (w) => w.putHead(concat(await w.getHead(), new Uint8Array(34))),
  ],
  [
    'another head’s block',
    'untrusted/index_hash',
    async (w) => {
      const other = await w.sign({ cust_1: { score: 1 } })
      const head = await w.getHead()
      await w.putHead(concat(utf8(`${jwsOf(head)}\n`), blockOf(other.head.value)))
    },
  ],
  [
    'other bits than the block has',
    'untrusted/index_hash',
    async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, bits: 5 }))),
  ],
  ['deleted', 'unavailable/head_missing', (w) => w.deleteHead()],
  [
    'an old one put back after its end',
    'unavailable/head_expired',
    async (w) => void (w.clock.nowMs += 3_600_000),
  ],
]

const withPages: Tampering[] = [
  ['a byte changed', 'untrusted/page_hash', async (w) => onPage(w, (value) => flip(value, value.length - 1))],
  ['truncated', 'untrusted/page_hash', async (w) => onPage(w, (value) => value.slice(0, 40))],
  ['emptied', 'untrusted/page_hash', async (w) => onPage(w, () => new Uint8Array())],
  ['too large', 'untrusted/page_malformed', async (w) => onPage(w, () => new Uint8Array(262_145))],
  ['deleted', 'unavailable/page_missing', async (w) => w.deletePage((await pageOf(w)).name)],
  [
    'swapped with an older one of its slot',
    'untrusted/page_hash',
    async (w) => {
      const older = only((await w.sign({ cust_1: { score: 1 } })).pages)
      await onPage(w, () => older.value)
    },
  ],
  [
    'swapped with another slot’s',
    'untrusted/page_hash',
    async (w) => {
      const keys = await deriveFlagKeys(SECRET, w.aud)
      const { tag } = await addressOf(keys, 'cust_1')
      const other = await encodePage(keys, (await pageOf(w)).slot ^ 1, [{ tag, json: '{"score":0}' }])
      await onPage(w, () => other?.value ?? new Uint8Array())
    },
  ],
]

/** Faults that only the signing product can make: the hash is signed, the page is not what it should be. */
const withSignedPages: Tampering[] = [
  [
    'another slot’s page named at this slot',
    'untrusted/page_decrypt',
    async (w) => {
      const keys = await deriveFlagKeys(SECRET, w.aud)
      const { slot } = await pageOf(w)
      const other = await encodePage(keys, slot ^ 1, [{ tag: 'A'.repeat(22), json: '{}' }])
      await nameValue(w, slot, other?.value ?? new Uint8Array())
    },
  ],
  [
    'a page of another secret',
    'untrusted/page_decrypt',
    async (w) => {
      const keys = await deriveFlagKeys(`s1.${encodeE64(new Uint8Array(32))}`, w.aud)
      const { slot } = await pageOf(w)
      const other = await encodePage(keys, slot, [{ tag: 'A'.repeat(22), json: '{}' }])
      await nameValue(w, slot, other?.value ?? new Uint8Array())
    },
  ],
  [
    'something that is no page',
    'untrusted/page_malformed',
    async (w) => nameValue(w, (await pageOf(w)).slot, utf8('a page')),
  ],
  [
    'a page cut within its nonce',
    'untrusted/page_decrypt',
    async (w) => nameValue(w, (await pageOf(w)).slot, utf8('meshloop-flags/1 page\nabc')),
  ],
  [
    'another slot in the text',
    'untrusted/page_malformed',
    async (w) => sealed(w, (slot) => `${slot + 1} 1\n${'A'.repeat(22)} {}\n`),
  ],
  ['no count', 'untrusted/page_malformed', async (w) => sealed(w, (slot) => `${slot}\n`)],
  [
    'a torn last line',
    'untrusted/page_malformed',
    async (w) => sealed(w, (slot, tag) => `${slot} 1\n${tag} {"score":1}`),
  ],
  [
    'a line that is no JSON',
    'untrusted/page_malformed',
    async (w) => sealed(w, (slot, tag) => `${slot} 1\n${tag} score=1\n`),
  ],
  [
    'a line that is no object',
    'untrusted/page_malformed',
    async (w) => sealed(w, (slot, tag) => `${slot} 1\n${tag} [1]\n`),
  ],
]

describe.each([
  ['head', withHeads],
  ['page', withPages],
  ['signed page', withSignedPages],
])('%s', (_what, table) => {
  test.each(table)('%s: %s', async (_name, outcome, tamper) => {
    const world = await createWorld()
    await world.publish(ENTRIES)
    const before = await world.reader().read('cust_1')
    expect(before).toMatchObject({ state: 'known', entry: { score: 912 } })
    await tamper(world)
    const reading = await world.reader().read('cust_1')
    expect(short(reading)).toBe(outcome)
    expect(reading).not.toHaveProperty('entry')
    const code = outcome.split('/')[1]
    expect(world.events.at(-1)).toMatchObject({
      code,
      severity: outcome.startsWith('untrusted') ? 'alarm' : 'warning',
    })
    expect(reading.evidence.events).toContain(code)
  })
})

describe.each([
  ['head', withHeads],
  ['page', withPages],
])('%s, seen by a reader that remembers the true ones', (what, table) => {
  test.each(table)('%s', async (_name, outcome, tamper) => {
    const world = await createWorld()
    await world.publish(ENTRIES, { lagMs: 7_200_000 })
    const warm = world.reader()
    await warm.read('cust_1')
    await tamper(world)
    // What is in memory serves until fresh_until, whatever KV shows meanwhile.
    if (world.clock.nowMs === NOW) {
      world.clock.nowMs = NOW + 31_000
      expect(await warm.read('cust_1')).toMatchObject({ state: 'known', entry: { score: 912 } })
      world.clock.nowMs = NOW + 300_000
    }
    const late = short(await warm.read('cust_1'))
    if (what === 'head' && outcome.startsWith('untrusted')) expect(late).toMatch(/^untrusted\//)
    else expect(['stale/head_old', 'unavailable/head_expired']).toContain(late)
  })
})

function jwsOf(head: Bytes): string {
  return splitHead(head)?.jws ?? ''
}

function blockOf(head: Bytes): Bytes {
  return splitHead(head)?.block ?? new Uint8Array()
}

/** The head with one segment of its signature rewritten; an empty payload loses its dot too. */
function change(head: Bytes, at: number, write: (segment: string) => string): Bytes {
  const segments = jwsOf(head)
    .split('.')
    .map((segment, index) => (index === at ? write(segment) : segment))
  return concat(
    utf8(`${segments.filter((segment, index) => segment !== '' || index === 2).join('.')}\n`),
    blockOf(head),
  )
}

function respell(segment: string, from: string, to: string): string {
  const text = atob(segment.replaceAll('-', '+').replaceAll('_', '/'))
  if (!text.includes(from)) throw new Error('nothing to rewrite')
  return encodeE64(utf8(text.replace(from, to)))
}

/** The same 64 bytes, spelt with other unused bits at the end. */
function spareBits(signature: string): string {
  const last = { A: 'B', Q: 'R', g: 'h', w: 'x' }[signature.slice(-1)] ?? ''
  return `${signature.slice(0, -1)}${last}`
}

async function pageOf(world: World) {
  return only((await world.sign(ENTRIES)).pages)
}

async function onPage(world: World, write: (value: Bytes) => Bytes): Promise<void> {
  const page = await pageOf(world)
  await world.putPage(page.name, write(page.value))
}

/** Puts a value under its own name and a head that names it at a slot. */
async function nameValue(world: World, slot: number, value: Bytes): Promise<void> {
  const name = encodeE64(await sha256(value))
  await world.putPage(name, value)
  await world.publishNaming([{ slot, name }])
}

/** A page with any text, encrypted as it should be. */
async function sealed(world: World, text: (slot: number, tag: string) => string): Promise<void> {
  const keys = await deriveFlagKeys(SECRET, world.aud)
  const { slot } = await pageOf(world)
  const { tag } = await addressOf(keys, 'cust_1')
  const iv = new Uint8Array(12)
  const additionalData = concat(utf8(`${world.aud}\0s1\0`), new Uint8Array([0, slot]))
  const body = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    keys.page,
    utf8(text(slot, tag)),
  )
  await nameValue(world, slot, concat(utf8('meshloop-flags/1 page\n'), iv, new Uint8Array(body)))
}
