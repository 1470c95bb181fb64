import { denialsPath, denialsTyp, type Denials } from '@meshloop/access/denials'
import type { Contract } from '@meshloop/contract'
import { generatePrivateJwk, parsePrivateJwk, type PrivateJwk } from '@meshloop/access/issue'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDenials } from '../tokens/denials.ts'
import { basic, ordersUrl, shopAt, type Shop } from './buying.ts'
import { accounts, orders } from './contracts.ts'
import { deployed, env, makeClient, migrate, post, register, urlOf } from './mesh.ts'

const minuteMs = 60_000
let consumer: string
let shop: Shop

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
  consumer = await makeClient('risk.fraud', 'consumer')
})

beforeEach(() => {
  shop = shopAt(Date.now())
})

const terms = { consumer: 'risk.fraud', product: 'purchase.orders', major: 1, purpose: 'Score' }
const grant = async (change: object = {}) =>
  (await post('/grants', env.OPERATOR_KEY, { ...terms, ...change })).json<{ id: string; version: number }>()
const newKey = async () =>
  (await post('/clients/risk.fraud/keys', env.OPERATOR_KEY, {})).json<{ id: string; key: string }>()
const revoke = (keyId: string) => post(`/clients/risk.fraud/keys/${keyId}/revoke`, env.OPERATOR_KEY, {})

/** The runtime warns of `text()` on a body whose type is not one of text. */
const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer())

/** What the list says, and how it is signed; products verify it elsewhere. */
async function list(from = shop) {
  const response = await from.ask(denialsPath)
  const [header, payload] = (await textOf(response)).split('.').map((part) => {
    try {
      return JSON.parse(
        new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: 'base64url' })),
      ) as unknown
    } catch {
      return undefined
    }
  })
  return { response, header, denials: payload as Denials }
}

describe('the denial list', () => {
  it('is signed with its own key, which is published for that alone', async () => {
    const { response, header, denials } = await list()
    expect([
      response.status,
      response.headers.get('content-type'),
      response.headers.get('cache-control'),
    ]).toEqual([200, 'application/jose', 'no-store'])
    const { kid } = parsePrivateJwk(env.DENIALS_KEY, 'DENIALS_KEY')
    expect(header).toEqual({ alg: 'Ed25519', typ: denialsTyp, kid })
    expect(denials.exp - denials.iat).toBe(300)
    const { keys } = await (
      await shop.ask('/.well-known/jwks.json')
    ).json<{ keys: Record<string, unknown>[] }>()
    expect(keys.filter((key) => key['kid'] === kid)).toMatchObject([{ typ: denialsTyp }])
    expect(keys.filter((key) => key['kid'] === 'k1')).toMatchObject([{ typ: 'at+jwt' }])
    expect(keys.every((key) => !('d' in key) && typeof key['typ'] === 'string')).toBe(true)
  })

  it('names what was taken back, for as long as tokens for it may live, and where the audit log stands', async () => {
    const first = await grant()
    expect((await list(shopAt(shop.now))).denials.grants).toEqual([])
    const narrower = await grant({ view: { columns: ['order_id'], rows: [] } })
    const key = await newKey()
    await revoke(key.id)
    shop.now = Date.now()
    const { denials } = await list()
    expect(denials).toMatchObject({ grants: [{ id: first.id, below: narrower.version }], keys: [key.id] })
    expect(denials.audit).toEqual(
      await env.DB.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').first(),
    )
    shop.now += 61 * minuteMs
    expect((await list()).denials).toMatchObject({ grants: [{ id: first.id }], keys: [key.id] })
    shop.now += 10 * minuteMs
    expect((await list()).denials).toMatchObject({ grants: [], keys: [] })
  })

  it('counts at a product within a minute, for a narrowed grant, a revoked one and a revoked key', async () => {
    const held = await grant()
    const key = await newKey()
    const takeBack = [
      () => grant({ view: { columns: ['order_id', 'status'], rows: [] } }),
      () => post(`/grants/${held.id}/revoke`, env.OPERATOR_KEY, { reason: 'No longer needed' }),
      () => grant().then(() => revoke(key.id)),
    ]
    for (const act of takeBack) {
      await grant()
      const { verify } = shop.verifier(ordersUrl)
      const token = await shop.token({}, basic(key.key))
      await verify(`Bearer ${token}`, 'read')
      await act()
      shop.now += minuteMs
      await expect(verify(`Bearer ${token}`, 'read')).rejects.toMatchObject({ code: 'token_revoked' })
      shop = shopAt(Date.now())
    }
  })

  it('counts for a source that may send to fewer products', async () => {
    const id = 'purchase.both.till'
    const key = await makeClient(id, 'source', ['purchase.orders', 'customer.accounts'])
    const { verify } = shop.verifier(ordersUrl)
    const token = await shop.token({}, basic(key))
    await verify(`Bearer ${token}`, 'ingest')
    await makeClient(id, 'source', ['customer.accounts'])
    shop.now += minuteMs
    await expect(verify(`Bearer ${token}`, 'ingest')).rejects.toMatchObject({ code: 'token_revoked' })
    await makeClient(id, 'source', ['customer.accounts', 'purchase.orders'])
    shop = shopAt(Date.now())
    const again = await shop.token({}, basic(key))
    await expect(shop.verifier(ordersUrl).verify(`Bearer ${again}`, 'ingest')).resolves.toMatchObject({
      source: 'till',
    })
  })

  it('counts for what a contract takes back: a field that became personal, a product that became internal', async () => {
    const host = 'https://denials.team.example'
    const fields = { ...orders.fields, status: { ...orders.fields.status, class: 'personal' as const } }
    const told: Contract = { ...orders, id: 'purchase.told' }
    const next: readonly Contract[] = [
      { ...told, version: '1.3.0', fields },
      { ...told, version: '1.4.0', fields, visibility: 'internal' },
    ]
    await deployed(told, host)
    const excused = {
      policy: 'breaking-change-needs-major',
      product: told.id,
      owner: 'Legal',
      reason: 'A mistake',
    }
    const expires = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    expect((await post('/exceptions', env.OPERATOR_KEY, { ...excused, expires })).status).toBe(200)
    await grant({ product: told.id, view: { classes: ['internal'] } })
    const resource = urlOf(told, host)
    for (const contract of next) {
      shop = shopAt(Date.now())
      const { verify } = shop.verifier(resource)
      const token = await shop.token({ resource }, basic(consumer))
      await verify(`Bearer ${token}`, 'read')
      await deployed(contract, host)
      shop.now += minuteMs
      await expect(verify(`Bearer ${token}`, 'read')).rejects.toMatchObject({ code: 'token_revoked' })
    }
  })

  it('is remembered for five seconds', async () => {
    let reads = 0
    const DB = new Proxy(env.DB, {
      get: (db, name) => {
        if (name === 'batch') reads++
        const member = Reflect.get(db, name, db) as unknown
        return typeof member === 'function' ? (member.bind(db) as unknown) : member
      },
    })
    shop.bindings = { DB }
    const signed = await textOf(await shop.ask(denialsPath))
    shop.now += 4_999
    expect(await textOf(await shop.ask(denialsPath))).toBe(signed)
    expect(reads).toBe(1)
    shop.now += 1
    await shop.ask(denialsPath)
    expect(reads).toBe(2)
  })

  it('denies more, and never less, when more was taken back than it holds', async () => {
    const at = Date.now()
    const keys = await Promise.all([newKey(), newKey(), newKey()])
    for (const { id } of keys) await revoke(id)
    const now = Date.now()
    const all = await readDenials(env.DB, { issuer: env.ISSUER, now })
    expect(all.before).toBeUndefined()
    const max = 2
    const few = await readDenials(env.DB, { issuer: env.ISSUER, now, max })
    expect(few.keys).toEqual(all.keys.slice(0, max))
    expect(few.keys).not.toContain(keys[0]?.id)
    // Every token that the key left out bought was issued before its revocation.
    expect(few.before).toBeGreaterThan(at / 1000)
    expect(few.before).toBeLessThanOrEqual(Math.ceil(now / 1000) + 10)
  })

  it('of more than ten thousand keys is one that products still take', async () => {
    await env.DB.prepare(
      `WITH RECURSIVE many (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many WHERE n < 10199)
       INSERT INTO client_keys (id, client, kind, hash, created_by, created_at, revoked_at)
       SELECT printf('00000000-0000-4000-8000-%012d', n), 'risk.many', 'secret', '', 'operator', ?1,
         strftime('%Y-%m-%dT%H:%M:%fZ', ?1, printf('+%f seconds', n / 1000.0)) FROM many`,
    )
      .bind(new Date(shop.now - 5 * minuteMs).toISOString())
      .run()
    await grant()
    const old = await shopAt(shop.now - 6 * minuteMs).token({}, basic(consumer))
    const { verify } = shop.verifier(ordersUrl)
    await expect(verify(`Bearer ${old}`, 'read')).rejects.toMatchObject({ code: 'token_revoked' })
    await verify(`Bearer ${await shop.token({}, basic(consumer))}`, 'read')
    const { denials } = await list()
    expect(denials.keys).toHaveLength(10_000)
  })
})

describe('the issuer’s keys', () => {
  const kidOf = (token: string): unknown =>
    (JSON.parse(atob(token.split('.')[0] ?? '')) as { kid: unknown }).kid
  const [k1, k2] = [generatePrivateJwk('r1'), generatePrivateJwk('r2')] as const
  const use = async (...keys: readonly Promise<PrivateJwk>[]) => {
    shop.bindings = { ISSUER_KEY: JSON.stringify({ keys: await Promise.all(keys) }) }
  }
  const published = async () => {
    const { keys } = await (
      await shop.ask('/.well-known/jwks.json')
    ).json<{
      keys: { kid: string; typ: string }[]
    }>()
    return keys.filter(({ typ }) => typ === 'at+jwt').map(({ kid }) => kid)
  }

  it('are rotated with an overlap: the next is published before it signs, the last until its tokens have ended', async () => {
    await grant()
    const { verify } = shop.verifier(ordersUrl)
    const buyWith = async () => {
      const token = await shop.token({}, basic(consumer))
      await verify(`Bearer ${token}`, 'read')
      return token
    }
    await use(k1)
    expect(kidOf(await buyWith())).toBe('r1')
    await use(k1, k2)
    expect(await published()).toEqual(['r1', 'r2'])
    const old = await buyWith()
    expect(kidOf(old)).toBe('r1')
    await use(k2, k1)
    shop.now += minuteMs
    expect(kidOf(await buyWith())).toBe('r2')
    await verify(`Bearer ${old}`, 'read')
    await shop.verifier(ordersUrl).verify(`Bearer ${old}`, 'read')
    await use(k2)
    await expect(shop.verifier(ordersUrl).verify(`Bearer ${old}`, 'read')).rejects.toMatchObject({
      code: 'token_invalid',
    })
  })
})

describe('the metadata', () => {
  it('says everything that a client needs (RFC 8414), at the issuer’s own host', async () => {
    const metadata = await (
      await shop.ask('/.well-known/oauth-authorization-server')
    ).json<Record<string, unknown>>()
    expect(metadata).toEqual({
      issuer: env.ISSUER,
      token_endpoint: `${env.ISSUER}/oauth/token`,
      jwks_uri: `${env.ISSUER}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['Ed25519'],
      scopes_supported: ['read', 'aggregate', 'ingest', 'run', 'check', 'flags', 'exchange'],
      service_documentation: `${env.ISSUER}/problems`,
    })
  })
})
