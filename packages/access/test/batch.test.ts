import { CompactSign } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { signBatch, verifyBatch, type Batch, type PrivateJwk, type Sources } from '../src/batch.ts'
import { generatePrivateJwk, signAccessToken } from '../src/issue.ts'
import { readClaims, t0 } from './issuer.ts'

const aud = 'purchase.orders/v1'
const batch: Batch = {
  aud,
  source: 'storefront',
  n: 1,
  sent_at: '2026-11-20T12:00:00.000Z',
  complete_up_to: '2026-11-20T11:59:59.000Z',
  rows: [{ order_id: 'o-1' }, 'nonsense'],
}
const at = (moment: number) => new Date(moment).toISOString()

let key: PrivateJwk
let next: PrivateJwk
let other: PrivateJwk
let web: PrivateJwk
let sources: Sources

beforeAll(async () => {
  key = await generatePrivateJwk('s1')
  next = await generatePrivateJwk('s2')
  other = await generatePrivateJwk('o1')
  web = await generatePrivateJwk('w1')
  sources = {
    storefront: {
      over: 'queue',
      keys: [
        { kid: 's1', x: key.x, until: at(t0 + 60_000) },
        { kid: 's2', x: next.x, from: at(t0 + 60_000) },
      ],
    },
    returns: { over: 'queue', keys: [{ kid: 'o1', x: other.x }] },
    desk: { over: 'http', keys: [{ kid: 'w1', x: web.x }] },
  }
})

const verify = (message: unknown, now = t0) => verifyBatch(message, { aud, sources, now: () => now })

describe('verifyBatch', () => {
  it('gives the batch and the key that signed it', async () => {
    await expect(verify(await signBatch(key, batch))).resolves.toEqual({ batch, kid: 's1' })
  })

  it('judges the key by the time of sending: a batch may wait past the key’s end', async () => {
    const message = await signBatch(key, batch)
    await expect(verify(message, t0 + 86_400_000)).resolves.toMatchObject({ kid: 's1' })
  })

  it('hands over from one key to the next without a gap', async () => {
    const turn = { ...batch, sent_at: at(t0 + 60_000) }
    await expect(verify(await signBatch(next, turn), t0 + 60_000)).resolves.toMatchObject({ kid: 's2' })
    await expect(verify(await signBatch(key, turn), t0 + 60_000)).rejects.toMatchObject({
      code: 'batch_key_window',
    })
  })
})

describe('verifyBatch refuses', () => {
  const raw = (payload: string, header: object = {}, by = key) =>
    new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: 'Ed25519', typ: 'meshloop-batch+jws', kid: 's1', ...header })
      .sign(by)
  const json = (change: object) => raw(JSON.stringify({ ...batch, ...change }))

  const cases: readonly (readonly [string, string, () => unknown])[] = [
    ['no text', 'batch_malformed', () => ({ rows: [] })],
    ['nothing', 'batch_malformed', () => undefined],
    ['text that is no JWS', 'batch_malformed', () => 'hello'],
    ['a huge message', 'batch_malformed', () => json({ rows: ['x'.repeat(140_000)] })],
    ['an access token', 'batch_malformed', () => signAccessToken(key, readClaims)],
    [
      'alg none',
      'batch_malformed',
      async () => {
        const [, body] = (await signBatch(key, batch)).split('.')
        return `${btoa(JSON.stringify({ alg: 'none', typ: 'meshloop-batch+jws', kid: 's1' })).replaceAll('=', '')}.${body}.`
      },
    ],
    [
      'HS256 keyed with the public key',
      'batch_malformed',
      async () =>
        new CompactSign(new TextEncoder().encode(JSON.stringify(batch)))
          .setProtectedHeader({ alg: 'HS256', typ: 'meshloop-batch+jws', kid: 's1' })
          .sign(new TextEncoder().encode(key.x)),
    ],
    ['typ JWT', 'batch_malformed', () => raw(JSON.stringify(batch), { typ: 'JWT' })],
    ['an unknown kid', 'batch_source', () => raw(JSON.stringify(batch), { kid: 'x' })],
    ['no kid', 'batch_source', () => raw(JSON.stringify(batch), { kid: undefined })],
    [
      'a kid of a source that sends over HTTP',
      'batch_source',
      () => raw(JSON.stringify({ ...batch, source: 'desk' }), { kid: 'w1' }, web),
    ],
    [
      'another source’s name, own key',
      'batch_source',
      () => raw(JSON.stringify(batch), { kid: 'o1' }, other),
    ],
    ['another source’s kid, own key', 'batch_signature', () => raw(JSON.stringify(batch), {}, other)],
    [
      'a changed payload',
      'batch_signature',
      async () => {
        const [head, , signature] = (await signBatch(key, batch)).split('.')
        const [, body] = (await signBatch(key, { ...batch, n: 2 })).split('.')
        return `${head}.${body}.${signature}`
      },
    ],
    ['a message cut short', 'batch_signature', async () => (await signBatch(key, batch)).slice(0, -4)],
    ['another product', 'batch_audience', () => json({ aud: 'customer.accounts/v1' })],
    ['another major', 'batch_audience', () => json({ aud: 'purchase.orders/v2' })],
    ['a payload that is no JSON', 'batch_malformed', () => raw('hi')],
    ['number zero', 'batch_malformed', () => json({ n: 0 })],
    ['half a number', 'batch_malformed', () => json({ n: 1.5 })],
    ['an unknown member', 'batch_malformed', () => json({ admin: true })],
    ['a time in another zone', 'batch_malformed', () => json({ sent_at: '2026-11-20T13:00:00.000+01:00' })],
    ['rows that are no list', 'batch_malformed', () => json({ rows: {} })],
    ['the future', 'batch_time', () => json({ sent_at: at(t0 + 300_001) })],
    [
      'the far past, signed with a key that has ended',
      'batch_time',
      () => json({ sent_at: at(t0 - 15 * 86_400_000) }),
    ],
    ['a moment after the key’s end', 'batch_key_window', () => json({ sent_at: at(t0 + 60_000) })],
    [
      'a moment before the key’s begin',
      'batch_key_window',
      () => raw(JSON.stringify(batch), { kid: 's2' }, next),
    ],
  ]

  it.each(cases)('%s: %s', async (_name, code, message) => {
    await expect(verify(await message())).rejects.toMatchObject({ code })
  })
})
