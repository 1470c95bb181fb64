import {
  createClientKey,
  generatePrivateJwk,
  hashClientKey,
  signAssertion,
  thumbprintOf,
  type PrivateJwk,
} from '@meshloop/access/issue'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Chore } from '../env.ts'
import { forgetAssertions } from '../clients/authenticate-assertion.ts'
import { auditKeyUses } from '../clients/key-uses.ts'
import { basic, ordersUrl, shopAt, type Shop } from './buying.ts'
import { accounts, orders, origin } from './contracts.ts'
import { env, makeClient, migrate, post, register } from './mesh.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const till = 'purchase.orders.till'
const terms = { consumer: 'risk.fraud', product: 'purchase.orders', major: 1, purpose: 'Score' }
const start = Date.now()
const nobodysKey = (id: string) => `ml_local_${id}_${'A'.repeat(43)}`

let shop: Shop
let consumer: string
/** Keys of the source and of another one, as their holders have them; `kid` is what the catalog calls them. */
let sourceKey: PrivateJwk
let otherKey: PrivateJwk

async function registerKey(client: string): Promise<PrivateJwk> {
  const jwk = await generatePrivateJwk()
  const { kty, crv, x } = jwk
  const made = await post(`/clients/${client}/keys`, env.OPERATOR_KEY, { public_key: { kty, crv, x } })
  return { ...jwk, kid: (await made.json<{ id: string }>()).id }
}

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
  consumer = await makeClient('risk.fraud', 'consumer')
  await makeClient(till, 'source', ['purchase.orders'])
  await makeClient('customer.accounts.crm', 'source', ['customer.accounts'])
  sourceKey = await registerKey(till)
  otherKey = await registerKey('customer.accounts.crm')
  const granted = await post('/grants', env.OPERATOR_KEY, terms)
  if (!granted.ok) throw new Error(await granted.text())
})

beforeEach(() => {
  shop = shopAt(start)
})

const keyFor = async (id: string, body: object = {}) =>
  (await post(`/clients/${id}/keys`, env.OPERATOR_KEY, body)).json<{ id: string; key: string }>()
const bytesOf = async (response: Promise<Response>) => {
  const { status, headers } = await response
  return [status, ...headers, await (await response).text()]
}
const assertion = (key = sourceKey, clientId = till, id: string = crypto.randomUUID(), now = shop.now) =>
  signAssertion(key, { clientId, issuer: env.ISSUER, id, now })
const signed = (client_assertion: string, more: object = {}) => ({
  client_assertion_type: assertionType,
  client_assertion,
  ...more,
})

describe('a client key', () => {
  it('that does not count is answered alike, whatever is the matter with it', async () => {
    const revoked = await keyFor('risk.fraud')
    await post(`/clients/risk.fraud/keys/${revoked.id}/revoke`, env.OPERATOR_KEY, {})
    const ended = await keyFor('risk.fraud', { ends_at: new Date(start + 60_000).toISOString() })
    shop.now = start + 60_000
    const foreign = createClientKey('prod', 'risk.fraud', crypto.getRandomValues(new Uint8Array(32)))
    const secret_hash = await hashClientKey(foreign)
    const client = { id: 'risk.fraud', kind: 'consumer', domain: 'risk', secret_hash }
    expect((await post('/clients', env.OPERATOR_KEY, client)).status).toBe(200)

    const answers = await Promise.all(
      [
        basic(nobodysKey('risk.nobody')),
        basic(nobodysKey('risk.fraud')),
        basic(revoked.key),
        basic(ended.key),
        basic(foreign),
        { authorization: `Basic ${btoa(`risk.other:${consumer}`)}` },
      ].map((header) => bytesOf(shop.buy({}, header))),
    )
    expect(answers[0]?.[0]).toBe(401)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    // In the mesh that it was made for, the same key and the same hash count.
    shop.bindings = { ENVIRONMENT: 'prod' }
    expect((await shop.buy({}, basic(foreign))).status).toBe(200)
    expect((await shop.buy({}, basic(consumer))).status).toBe(401)
  })

  it('that does not count costs the same, whether its client is there or not', async () => {
    const known = await workFor(() => shop.buy({}, basic(nobodysKey('risk.fraud'))))
    expect(known).toHaveLength(2)
    expect(await workFor(() => shop.buy({}, basic(nobodysKey('risk.nobody'))))).toEqual(known)
    const stranger = await generatePrivateJwk(sourceKey.kid)
    const signedFor = async (id: string) => {
      const text = await assertion(stranger, id)
      return workFor(() => shop.buy(signed(text)))
    }
    expect(await signedFor(till)).toEqual(known)
    expect(await signedFor('purchase.orders.nobody')).toEqual(known)
  })

  /** What a request asks the database. */
  async function workFor(request: () => Promise<Response>): Promise<readonly string[]> {
    const statements: string[] = []
    const DB = new Proxy(env.DB, {
      get: (db, name) =>
        name === 'prepare'
          ? (sql: string) => {
              statements.push(sql)
              return db.prepare(sql)
            }
          : (Reflect.get(db, name, db) as unknown),
    })
    shop.bindings = { DB }
    expect((await request()).status).toBe(401)
    return statements
  }

  it('ends a token with itself, or with the grant', async () => {
    const key = await keyFor('risk.fraud', { ends_at: new Date(start + 90_000).toISOString() })
    const lifeOf = async (header: object) =>
      (await (await shop.buy({}, { ...header })).json<{ expires_in: number }>()).expires_in
    expect(await lifeOf(basic(consumer))).toBe(600)
    const left = await lifeOf(basic(key.key))
    expect(left).toBeGreaterThan(85)
    expect(left).toBeLessThanOrEqual(90)
    const until = (ends_at: string) =>
      post('/grants', env.OPERATOR_KEY, { ...terms, ends_at, consumer: 'risk.guest' })
    const guest = await makeClient('risk.guest', 'consumer')
    expect((await until(new Date(start + 45_000).toISOString())).status).toBe(200)
    expect(await lifeOf(basic(guest))).toBeLessThanOrEqual(45)
    shop.now = start + 45_000
    const late = await shop.buy({}, basic(guest))
    expect([late.status, await late.json()]).toMatchObject([400, { error: 'invalid_scope' }])
  })

  it('is named in the tokens that it bought, and its use is counted by the day', async () => {
    const key = await keyFor('risk.fraud')
    for (const now of [start, start, start + 86_400_000]) {
      shop.now = now
      const token = await shop.token({}, basic(key.key))
      expect(await shop.verifier(ordersUrl).verify(`Bearer ${token}`, 'read')).toMatchObject({
        sub: 'risk.fraud',
        keys: [key.id],
      })
    }
    await shop.buy({ scope: 'run' }, basic(key.key))
    const days = [start, start + 86_400_000].map((now) => new Date(now).toISOString().slice(0, 10))
    const { results } = await env.DB.prepare('SELECT day, tokens FROM key_uses WHERE key = ?1 ORDER BY day')
      .bind(key.id)
      .all()
    expect(results).toEqual([
      { day: days[0], tokens: 2 },
      { day: days[1], tokens: 1 },
    ])
    const document = await shop.ask('/clients/risk.fraud.json', {
      headers: { authorization: `Bearer ${consumer}` },
    })
    const { keys } = await document.json<{ keys: { id: string; last_used: string | null }[] }>()
    expect(keys.find(({ id }) => id === key.id)?.last_used).toBe(days[1])
    await post(`/clients/risk.fraud/keys/${key.id}/revoke`, env.OPERATOR_KEY, {})
  })
})

describe('a source that signs', () => {
  it('gets a token to send to its own product, under its name, and nothing else', async () => {
    const token = await shop.token(signed(await assertion()))
    const { verify } = shop.verifier(ordersUrl)
    await expect(verify(`Bearer ${token}`, 'ingest')).resolves.toMatchObject({
      source: 'till',
      sub: till,
      keys: [sourceKey.kid],
    })
    await expect(verify(`Bearer ${token}`, 'read')).rejects.toMatchObject({ code: 'scope_missing' })
    const other = signed(await assertion(), { resource: `${origin}/customer/accounts/v1` })
    expect(await (await shop.buy(other)).json()).toMatchObject({ code: 'right_missing' })
  })

  it('may say its id beside, and name the token endpoint', async () => {
    expect((await shop.buy(signed(await assertion(), { client_id: till }))).status).toBe(200)
    const issuer = `${env.ISSUER}/oauth/token`
    const text = await signAssertion(sourceKey, { clientId: till, issuer, id: 'own', now: start })
    expect((await shop.buy(signed(text))).status).toBe(200)
  })

  it('may name its key by the thumbprint, which it knows without asking', async () => {
    const key = { ...sourceKey, kid: await thumbprintOf(sourceKey.x) }
    expect((await shop.buy(signed(await assertion(key)))).status).toBe(200)
    expect((await shop.buy(signed(await assertion({ ...otherKey, kid: key.kid })))).status).toBe(401)
  })

  it('is believed once, also when it is asked twice at the same time', async () => {
    const text = await assertion()
    const both = await Promise.all([shop.buy(signed(text)), shop.buy(signed(text))])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401])
    expect((await shop.buy(signed(text))).status).toBe(401)
  })

  const cases: readonly (readonly [string, () => Promise<object>])[] = [
    ['another source’s key', async () => signed(await assertion(otherKey))],
    [
      'another source’s key under that one’s id',
      async () => signed(await assertion({ ...otherKey, kid: sourceKey.kid })),
    ],
    ['an unknown kid', async () => signed(await assertion({ ...sourceKey, kid: 'nobody' }))],
    ['an unknown client', async () => signed(await assertion(sourceKey, 'purchase.orders.nobody'))],
    ['the id of another client beside', async () => signed(await assertion(), { client_id: 'risk.fraud' })],
    [
      'an assertion that has ended',
      async () => signed(await assertion(sourceKey, till, 'x', start - 600_000)),
    ],
    [
      'an assertion from the future',
      async () => signed(await assertion(sourceKey, till, 'x', start + 600_000)),
    ],
    ['no assertion', async () => signed('hello')],
    [
      'an assertion for another catalog',
      async () =>
        signed(
          await signAssertion(sourceKey, {
            clientId: till,
            issuer: 'https://evil.example',
            id: 'x',
            now: start,
          }),
        ),
    ],
  ]
  it.each(cases)('is not believed with %s, and nothing is remembered', async (_name, make) => {
    const count = () => env.DB.prepare('SELECT count(*) AS n FROM assertions').first<number>('n')
    const before = await count()
    expect(await (await shop.buy({ ...(await make()) })).json()).toMatchObject({
      error: 'invalid_client',
      code: 'client_unknown',
      error_description: 'The catalog does not know this client key.',
    })
    expect(await count()).toBe(before)
  })

  it('shows one thing only', async () => {
    const both = { ...signed(await assertion()), client_id: till, client_secret: nobodysKey(till) }
    const requests = [
      shop.buy(both),
      shop.buy(signed(await assertion()), basic(consumer)),
      shop.buy({ client_assertion: await assertion() }),
      shop.buy({ ...signed(await assertion()), client_assertion_type: 'x' }),
    ]
    for (const request of requests)
      expect(await (await request).json()).toMatchObject({ code: expect.stringMatching(/invalid|unknown/) })
  })

  it('whose key is revoked buys no more', async () => {
    const key = await registerKey(till)
    expect((await shop.buy(signed(await assertion(key)))).status).toBe(200)
    await post(`/clients/${till}/keys/${key.kid}/revoke`, env.OPERATOR_KEY, {})
    expect((await shop.buy(signed(await assertion(key)))).status).toBe(401)
  })
})

describe('once a minute', () => {
  const runAt = async (chore: Chore, now: number) => {
    await chore(env, { fetch, now: () => now, newId: () => crypto.randomUUID(), newSecret: () => '' })
  }
  const entries = async () => {
    const { results } = await env.DB.prepare(
      "SELECT by, about FROM audit WHERE what = 'keys.used' ORDER BY seq",
    ).all<{
      by: string
      about: string
    }>()
    return results.map(({ by, about }): Record<string, unknown> => ({ by, ...(JSON.parse(about) as object) }))
  }

  it('uses of keys go to the audit log: each day that is over, once, however many keys there are', async () => {
    await env.DB.batch([
      env.DB.prepare(
        `WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 600)
         INSERT INTO key_uses (key, day, tokens) SELECT printf('key-%03d', n), '2020-01-01', n FROM many`,
      ),
      env.DB.prepare("INSERT INTO key_uses (key, day, tokens) VALUES ('key-1', '2020-01-03', 7)"),
    ])
    await runAt(auditKeyUses, Date.UTC(2020, 0, 2, 0, 9))
    expect(await entries()).toEqual([])
    const once = Date.UTC(2020, 0, 2, 0, 10)
    await Promise.all([runAt(auditKeyUses, once), runAt(auditKeyUses, once)])
    await runAt(auditKeyUses, once)
    const [first, ...more] = await entries()
    expect(more).toEqual([])
    expect(first).toMatchObject({ by: 'catalog', day: '2020-01-01', keys: 600, tokens: 180_300 })
    expect(Object.entries(first?.['by_key'] ?? {})).toHaveLength(500)
    expect(first?.['by_key']).toMatchObject({ 'key-600': 600, 'key-101': 101 })
    await runAt(auditKeyUses, Date.UTC(2020, 0, 9))
    expect((await entries()).at(-1)).toEqual({
      by: 'catalog',
      day: '2020-01-03',
      keys: 1,
      tokens: 7,
      by_key: { 'key-1': 7 },
    })
  })

  it('assertions that have ended are forgotten, and those that have not are not', async () => {
    const text = await assertion()
    expect((await shop.buy(signed(text))).status).toBe(200)
    await runAt(forgetAssertions, start + 119_000)
    expect((await shop.buy(signed(text))).status).toBe(401)
    await runAt(forgetAssertions, start + 600_000)
    expect(await env.DB.prepare('SELECT count(*) AS n FROM assertions').first('n')).toBe(0)
  })
})
