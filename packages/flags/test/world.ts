/** A publishing product, its steward and its readers, on a real KV namespace and a clock that tests set. */
import { env } from 'cloudflare:workers'
import { peekHead } from '../src/peek-head.ts'
import type { PlacedPage } from '../src/block.ts'
import type { HeadClaims } from '../src/claims.ts'
import { concat, utf8, type Bytes } from '../src/bytes.ts'
import { encodeE64 } from '../src/e64.ts'
import { headerSegment, splitHead } from '../src/envelope.ts'
import { headKey, pageKey } from '../src/names.ts'
import { createWritePace, publishHead, publishPages } from '../src/publish.ts'
import {
  createFlagReader,
  type FlagKv,
  type FlagEntry,
  type FlagEvent,
  type FlagReaderOptions,
  type FlagReading,
} from '../src/read.ts'
import {
  addressOf,
  deriveFlagKeys,
  encodeEntry,
  encodePage,
  importSigningKey,
  signHead,
  slotOf,
  type FlagSigningKey,
  type HeadContent,
  type Page,
  type PageLine,
  type SignedHead,
} from '../src/sign.ts'

/** The namespace of this Worker; the configuration names it, generated types do not. */
export const FLAGS = (env as unknown as { readonly FLAGS: KVNamespace }).FLAGS

/** When each world begins, Unix ms. */
export const NOW = Date.UTC(2026, 10, 20, 12)
/** The reader secret of all worlds. */
export const SECRET = `s1.${encodeE64(new Uint8Array(32).fill(7))}`
/** The one that follows it. */
export const OTHER_SECRET = `s2.${encodeE64(new Uint8Array(32).fill(9))}`
const CONTRACT = { id: 'risk.fraud', version: '1.0.0', hash: 'contract-hash' }

/** Entries by subject. */
export type Entries = Readonly<Record<string, FlagEntry>>
/** See `createWorld`. */
export type World = Awaited<ReturnType<typeof createWorld>>
/** A signing key and its public half, e64. */
export interface KeyPair extends FlagSigningKey {
  readonly x: string
}

/** What a published moment is made of; the rest is the world's. */
export type Moment = Partial<Omit<HeadContent, 'pages' | 'count' | 'aud' | 'epoch'>> & {
  readonly secret?: string
  readonly key?: FlagSigningKey
}

/** A fresh Ed25519 pair. */
async function createKeyPair(kid: string): Promise<KeyPair> {
  // The platform's type covers symmetric keys too; Ed25519 always gives a pair.
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const jwk = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey
  const key = await importSigningKey(JSON.stringify({ ...jwk, kid }))
  return { ...key, x: jwk.x ?? '' }
}

/** A world of its own: each has its own audience, so that tests share the namespace without meeting. */
export async function createWorld(kv: KVNamespace = FLAGS) {
  const aud = `test/risk.fraud/v1/${crypto.randomUUID()}`
  const [key, next, foreign] = await Promise.all([
    createKeyPair('k1'),
    createKeyPair('k2'),
    createKeyPair('k1'),
  ])
  const clock = { nowMs: NOW }
  const now = () => clock.nowMs
  const pins = [key, next].map(({ kid, x }) => ({ kid, x, aud, from: 1_000, until: NOW * 2 }))
  const log: SignedHead[] = []
  const events: FlagEvent[] = []

  async function pagesOf(entries: Entries, bits: number, secret: string): Promise<Page[]> {
    const keys = await deriveFlagKeys(secret, aud)
    const slots = new Map<number, PageLine[]>()
    for (const [subject, entry] of Object.entries(entries)) {
      const { place, tag } = await addressOf(keys, subject)
      const slot = slotOf(place, bits)
      slots.set(slot, [...(slots.get(slot) ?? []), { tag, json: encodeEntry(entry) }])
    }
    const pages = await Promise.all([...slots].map(([slot, lines]) => encodePage(keys, slot, lines)))
    return pages.filter((page) => page !== null)
  }

  /** Steps 1, 2 and 4: pages and a signed head in the log, nothing in KV. */
  async function sign(entries: Entries, moment: Moment = {}): Promise<{ head: SignedHead; pages: Page[] }> {
    const pages = await pagesOf(entries, moment.bits ?? 4, moment.secret ?? SECRET)
    return { head: await signNaming(pages, moment), pages }
  }

  async function signNaming(pages: readonly PlacedPage[], moment: Moment): Promise<SignedHead> {
    const { secret = SECRET, key: signer = key, bits = 4, ...rest } = moment
    const head = await signHead(signer, {
      aud,
      bits,
      pages,
      sid: secret.split('.')[0] ?? '',
      epoch: now(),
      count: pages.length,
      contract: CONTRACT,
      watermark: now(),
      watermarks: { 'purchase.orders': now() },
      lagMs: 900_000,
      gate: { open: true, breaches: [] },
      prev: null,
      oldestPutAtMs: now(),
      ...rest,
    })
    log.push(head)
    return head
  }

  /** All steps. */
  async function publish(entries: Entries, moment: Moment = {}) {
    const signed = await sign(entries, moment)
    const target = { kv, aud, pace: createWritePace(now) }
    const { refused, left } = await publishPages(target, signed.pages)
    const refusal = await publishHead(target, signed.head.value)
    if (refused.length + left.length > 0 || refusal !== null) throw new Error('not everything was put')
    return signed
  }

  function reader(options: Partial<FlagReaderOptions> = {}) {
    const onEvent = (event: FlagEvent) => events.push(event)
    // Time passes only where a test lets it pass: nothing depends on a busy machine.
    return createFlagReader({
      kv,
      aud,
      pins,
      secrets: [SECRET],
      now,
      onEvent,
      getTimeoutMs: 20_000,
      ...options,
    })
  }

  const putHead = (value: string | Bytes) => kv.put(headKey(aud), value)
  return {
    aud,
    key,
    next,
    foreign,
    clock,
    pins,
    log,
    events,
    kv,
    now,
    sign,
    signNaming,
    publish,
    reader,
    putHead,
    getHead: async () => new Uint8Array((await kv.get(headKey(aud), 'arrayBuffer')) ?? new ArrayBuffer()),
    deleteHead: () => kv.delete(headKey(aud)),
    publishNaming: async (pages: readonly PlacedPage[]) => putHead((await signNaming(pages, {})).value),
    putPage: (name: string, value: Bytes) => kv.put(pageKey(aud, name), value),
    deletePage: (name: string) => kv.delete(pageKey(aud, name)),
  }
}

/** The same head with other claims, signed by whoever: what `signHead` itself would refuse to make. */
export async function resign(
  value: Bytes,
  key: FlagSigningKey,
  change: (claims: HeadClaims) => object,
  block?: Bytes,
): Promise<Bytes> {
  const peeked = peekHead(value)
  const envelope = splitHead(value)
  if (peeked === null || envelope === null) throw new Error('not a head')
  return signRaw(key, JSON.stringify(change(peeked.claims)), block ?? envelope.block)
}

/** A head around any payload. */
export async function signRaw(key: FlagSigningKey, payload: string, block: Bytes): Promise<Bytes> {
  const signed = `${headerSegment(key.kid)}.${encodeE64(utf8(payload))}`
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, key.privateKey, utf8(signed))
  return concat(utf8(`${signed}.${encodeE64(new Uint8Array(signature))}\n`), block)
}

/** The value with one byte changed. */
export function flip(value: Bytes, at: number, by = 1): Bytes {
  if (at >= value.length) throw new Error('no such byte')
  const flipped = value.slice()
  flipped[at] = (flipped[at] ?? 0) ^ by
  return flipped
}

/** The page of a list that there must be. */
export function only<T>(items: readonly T[]): T {
  const [item] = items
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`)
  return item
}

/** `state` or `state/cause`. */
export function short(reading: FlagReading): string {
  return 'cause' in reading ? `${reading.state}/${reading.cause}` : reading.state
}

/** KV that does not answer for the keys it holds; a reader that asks for one of them finds its time over. */
export function createHangingKv(kv: FlagKv) {
  const waiting = new Set<() => void>()
  let gate = Promise.withResolvers<void>()
  let isHeld: (key: string) => boolean = () => false
  let asked = 0
  return {
    timer: (_afterMs: number, act: () => void) => {
      waiting.add(act)
      return () => void waiting.delete(act)
    },
    hold(held: (key: string) => boolean) {
      isHeld = held
      gate = Promise.withResolvers<void>()
    },
    release() {
      isHeld = () => false
      gate.resolve()
    },
    asked: () => asked,
    kv: {
      async get(key: string, how: Parameters<FlagKv['get']>[1]) {
        if (isHeld(key)) {
          asked++
          // A reader sets its timer in the same turn in which it asks.
          queueMicrotask(() => waiting.forEach((act) => act()))
          await gate.promise
        }
        return kv.get(key, how)
      },
    },
  }
}
