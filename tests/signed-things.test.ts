/**
 * Everything that the mesh signs, presented to everybody who verifies something: each takes its own alone, and what names a mesh
 * is taken by that mesh alone. One key signs all of it here, and all trust it: what keeps things apart is what they say they are.
 */
import { createHmac } from 'node:crypto'
import { signBatch, verifyBatch } from '@meshloop/access/batch'
import { createCheckpointVerifier, signCheckpoint } from '@meshloop/access/checkpoint'
import { wholeView } from '@meshloop/access/claims'
import { denialsPath } from '@meshloop/access/denials'
import {
  generatePrivateJwk,
  jwksDocument,
  meshScope,
  signAccessToken,
  signAssertion,
  signDenials,
  signMeshToken,
  verifyAssertion,
  verifyMeshToken,
  type PrivateJwk,
} from '@meshloop/access/issue'
import { createVerifier } from '@meshloop/access/verify'
import { createFlagReader } from '@meshloop/flags/read'
import { importSigningKey, signHead } from '@meshloop/flags/sign'
import { beforeAll, describe, expect, it } from 'vitest'

const nowMs = Date.parse('2026-11-20T12:00:00.000Z')
const at = nowMs / 1000
const now = () => nowMs

/** What tells one mesh from another. */
interface Place {
  readonly issuer: string
  readonly environment: string
}
const production: Place = { issuer: 'https://mesh.example', environment: 'prod' }
const local: Place = { issuer: 'http://127.0.0.1:8787', environment: 'local' }

const kinds = [
  'access token',
  'mesh token',
  'client assertion',
  'denial list',
  'audit checkpoint',
  'queue batch',
  'flag head',
  'webhook',
] as const
type Kind = (typeof kinds)[number]

/** One thing of each kind, as text. */
async function sign(key: PrivateJwk, place: Place): Promise<Readonly<Record<Kind, string>>> {
  const { issuer } = place
  return {
    'access token': await accessToken(key, issuer, audienceAt(place)),
    'mesh token': await signMeshToken(key, {
      ...asConsumer(issuer),
      aud: issuer,
      scope: meshScope,
      may_act: { sub: 'agents.helper' },
      keys: ['k'],
    }),
    'client assertion': await signAssertion(key, { clientId: 'risk.fraud', issuer, id: 'a', now: nowMs }),
    'denial list': await signDenials(key, {
      iss: issuer,
      iat: at,
      exp: at + 600,
      grants: [],
      keys: [],
      audit: null,
    }),
    'audit checkpoint': await signCheckpoint(key, { iss: issuer, iat: at, seq: 1, hash: 'h' }),
    'queue batch': await signBatch(key, {
      aud: 'purchase.orders/v1',
      source: 'till',
      n: 1,
      sent_at: new Date(nowMs).toISOString(),
      complete_up_to: null,
      rows: [],
    }),
    'flag head': await signedHead(key, place),
    webhook: `v1,${webhookMac(key)}`,
  }
}

/** Whether those who verify each kind at `place` take a thing; `own` is what the place signed. */
function verifiers(
  key: PrivateJwk,
  place: Place,
  own: Readonly<Record<Kind, string>>,
): Readonly<Record<Kind, (thing: string) => Promise<boolean>>> {
  const { issuer } = place
  const jwks = jwksDocument([key], key, [key])
  const catalog = (list: string) => async (url: string) =>
    url === issuer + denialsPath ? new Response(list) : Response.json(jwks)
  const product = (list: string) =>
    createVerifier({ issuer, audience: audienceAt(place), fetch: catalog(list), now })
  return {
    'access token': (thing) => taken(product(own['denial list']).verify(`Bearer ${thing}`, 'read')),
    'mesh token': (thing) => taken(verifyMeshToken(thing, { keys: [key], issuer, now: nowMs })),
    'client assertion': async (thing) =>
      (await verifyAssertion(thing, {
        clientId: 'risk.fraud',
        publicKey: key.x,
        audiences: [issuer, `${issuer}/oauth/token`],
        now: nowMs,
      })) !== undefined,
    async 'denial list'(thing) {
      const verifier = product(thing)
      await verifier.verify(`Bearer ${own['access token']}`, 'read')
      return verifier.knowsRevocations()
    },
    async 'audit checkpoint'(thing) {
      const verify = createCheckpointVerifier({ issuer, fetch: catalog(''), now, timeoutMs: 1_000 })
      return typeof (await verify(thing)) === 'object'
    },
    'queue batch': (thing) =>
      taken(
        verifyBatch(thing, {
          aud: 'purchase.orders/v1',
          sources: { till: { over: 'queue', keys: [{ kid: key.kid, x: key.x }] } },
          now,
        }),
      ),
    async 'flag head'(thing) {
      const [, block = ''] = own['flag head'].split('\n')
      const value = new Uint8Array(Buffer.from(thing.includes('\n') ? thing : `${thing}\n${block}`, 'latin1'))
      const reader = createFlagReader({
        kv: { get: async () => value.buffer },
        aud: flagsAt(place),
        pins: [{ kid: key.kid, x: key.x, aud: flagsAt(place), from: 0, until: nowMs * 2 }],
        secrets: [readerSecret],
        now,
      })
      return (await reader.read('cust_1')).state === 'unknown' // proved by a head that has no pages
    },
    // Standard Webhooks, as a receiver's own code checks it.
    webhook: async (thing) => thing.split(' ').includes(`v1,${webhookMac(key)}`),
  }
}

const asConsumer = (iss: string) => ({
  iss,
  sub: 'risk.fraud',
  client_id: 'risk.fraud',
  jti: 'j',
  iat: at,
  exp: at + 60,
})
const accessToken = (key: PrivateJwk, iss: string, aud: string): Promise<string> =>
  signAccessToken(key, {
    ...asConsumer(iss),
    aud,
    scope: 'read',
    product: 'purchase.orders',
    major: 1,
    grant: { id: 'g', version: 1 },
    view: wholeView,
  })
const taken = (verification: Promise<unknown>): Promise<boolean> =>
  verification.then(
    () => true,
    () => false,
  )
const audienceAt = ({ issuer }: Place): string => `${issuer}/purchase/orders/v1`
const flagsAt = ({ environment }: Place): string => `${environment}/risk.fraud/v1/checkout`
const readerSecret = `s1.${Buffer.alloc(32, 7).toString('base64url')}`
const webhookMac = ({ d }: PrivateJwk): string =>
  createHmac('sha256', Buffer.from(d, 'base64url')).update(`msg_1.${at}.{}`).digest('base64')

/** A head of no pages: its signed part, a line feed, its bytes. */
async function signedHead(key: PrivateJwk, place: Place): Promise<string> {
  const { value } = await signHead(await importSigningKey(JSON.stringify(key)), {
    aud: flagsAt(place),
    sid: 's1',
    epoch: nowMs,
    bits: 4,
    pages: [],
    count: 0,
    contract: { id: 'risk.fraud', version: '1.0.0', hash: 'h' },
    watermark: nowMs,
    watermarks: {},
    lagMs: 60_000,
    gate: { open: true, breaches: [] },
    prev: null,
    oldestPutAtMs: null,
  })
  return Buffer.from(value).toString('latin1')
}

let key: PrivateJwk
let ours: Readonly<Record<Kind, string>>
let theirs: Readonly<Record<Kind, string>>
beforeAll(async () => {
  key = await generatePrivateJwk('k1')
  ours = await sign(key, production)
  theirs = await sign(key, local)
})

describe.each(kinds)('who verifies a thing of the kind %s', (kind) => {
  it('takes its own', async () => {
    expect(await verifiers(key, production, ours)[kind](ours[kind])).toBe(true)
    expect(await verifiers(key, local, theirs)[kind](theirs[kind])).toBe(true)
  })

  it.each(kinds.filter((other) => other !== kind))('refuses a thing of the kind %s', async (other) => {
    const [signed = ''] = ours[other].split('\n')
    expect(await verifiers(key, production, ours)[kind](signed)).toBe(false)
  })
})

describe('production and a mesh on somebody’s machine, with the same key', () => {
  // A batch names no mesh, nor does a webhook: a source has a key for each, a receiver a secret. An audit log goes on where its
  // catalog moves to: the key alone tells whose it is.
  const byKey: readonly Kind[] = ['queue batch', 'webhook', 'audit checkpoint']
  it.each(kinds.filter((kind) => !byKey.includes(kind)))('refuse each other’s %s', async (kind) => {
    expect(await verifiers(key, production, ours)[kind](theirs[kind])).toBe(false)
    expect(await verifiers(key, local, theirs)[kind](ours[kind])).toBe(false)
  })

  it.each([
    [production, local],
    [local, production],
  ])('refuse a token that is by the one and for the other', async (by, other) => {
    const token = await accessToken(key, by.issuer, audienceAt(other))
    for (const [place, own] of [
      [production, ours],
      [local, theirs],
    ] as const)
      expect(await verifiers(key, place, own)['access token'](token)).toBe(false)
  })
})
