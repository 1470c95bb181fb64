import { generatePrivateJwk } from '@meshloop/access/issue'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeClient as makeAs } from '../clients/make.ts'
import { client, people, sceneAt } from './access-people.ts'
import { ask, env, makeClient, migrate, post, problemOf } from './mesh.ts'

/** Keys of two owners, and of clients that own nothing. */
let owner: string
let stranger: string
let consumer: string
let publisher: string

const decider = async (id: string): Promise<string> => {
  const key = await makeClient(id, 'consumer')
  const domain = id.slice(0, id.indexOf('.'))
  const made = await post('/clients', env.OPERATOR_KEY, { id, kind: 'consumer', domain, decides: true })
  expect(made.status).toBe(200)
  return key
}

beforeAll(async () => {
  await migrate()
  owner = await decider('purchase.owner')
  stranger = await decider('risk.owner')
  consumer = await makeClient('purchase.reports', 'consumer')
  publisher = await makeClient('purchase.publisher', 'publisher')
})

const till = { id: 'purchase.orders.till', kind: 'source', domain: 'purchase', products: ['purchase.orders'] }
const app = { id: 'purchase.app', kind: 'consumer', domain: 'purchase' }
const get = (path: string, key: string) => ask(path, { headers: { authorization: `Bearer ${key}` } })
const acts = async () => {
  const { results } = await env.DB.prepare('SELECT what, by, about FROM audit ORDER BY seq').all<{
    what: string
    by: string
    about: string
  }>()
  return results
}

describe('an owner', () => {
  it.each([app, till])('makes $id, once', async (client) => {
    expect((await post('/clients', owner, client)).status).toBe(200)
    const before = await acts()
    expect(before.at(-1)).toMatchObject({ what: 'client.made', by: 'client:purchase.owner' })
    expect(await (await post('/clients', owner, client)).json()).toMatchObject(client)
    expect(await acts()).toEqual(before)
  })

  const cases: readonly (readonly [string, object, () => string, number, string])[] = [
    ['a publisher', { ...app, kind: 'publisher' }, () => owner, 403, 'owner_only'],
    ['a steward', { ...app, kind: 'steward' }, () => owner, 403, 'owner_only'],
    ['a client that decides', { ...app, decides: true }, () => owner, 403, 'owner_only'],
    ['itself into less', { ...app, id: 'purchase.owner' }, () => owner, 409, 'client_taken'],
    ['a publisher into a consumer', { ...app, id: 'purchase.publisher' }, () => owner, 409, 'client_taken'],
    [
      'a consumer into a publisher',
      { ...app, id: 'purchase.reports', kind: 'publisher' },
      () => env.OPERATOR_KEY,
      409,
      'client_taken',
    ],
    [
      'a consumer into another domain’s',
      { ...app, id: 'purchase.reports', domain: 'risk' },
      () => env.OPERATOR_KEY,
      409,
      'client_taken',
    ],
    ['a consumer into a source', { ...till, id: 'purchase.reports' }, () => owner, 409, 'client_taken'],
    ['clients of another domain', { ...app, domain: 'risk', id: 'risk.app' }, () => owner, 403, 'owner_only'],
    ['clients under another name', { ...app, id: 'risk.app' }, () => owner, 403, 'foreign_domain'],
    ['clients under a look-alike name', { ...app, id: 'purchase-app.x' }, () => owner, 403, 'foreign_domain'],
    ['a source of others', { ...till, products: ['customer.accounts'] }, () => owner, 403, 'foreign_domain'],
    [
      'a source of its own and others',
      { ...till, products: ['purchase.orders', 'customer.accounts'] },
      () => owner,
      403,
      'foreign_domain',
    ],
    [
      'a client with a key of its choice',
      { ...app, secret_hash: 'A'.repeat(43) },
      () => owner,
      403,
      'owner_only',
    ],
    ['nothing for a stranger', app, () => stranger, 403, 'owner_only'],
    ['nothing for a consumer', app, () => consumer, 403, 'owner_only'],
    ['nothing for a publisher', app, () => publisher, 403, 'owner_only'],
    ['a source that decides', { ...till, decides: true }, () => env.OPERATOR_KEY, 400, 'body_malformed'],
  ]
  it.each(cases)('makes no: %s', async (_name, client, key, status, code) => {
    const before = await acts()
    expect(await problemOf(await post('/clients', key(), client))).toEqual({ status, code })
    expect(await acts()).toEqual(before)
  })

  it('makes nothing of a client that the operator made at the same moment', async () => {
    const wanted = client('purchase.raced')
    const { operator, owner: person } = people()
    let isFirst = true
    const db = new Proxy(env.DB, {
      get: (target, name) => {
        if (name === 'batch' && isFirst) {
          isFirst = false
          return async (statements: D1PreparedStatement[]) => {
            await makeAs(sceneAt(), operator, { ...wanted, kind: 'publisher' })
            return target.batch(statements)
          }
        }
        const member = Reflect.get(target, name, target) as unknown
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
    const raced = makeAs({ ...sceneAt(), db }, person, wanted)
    await expect(raced).rejects.toMatchObject({ code: 'client_taken' })
    const same = { ...wanted, id: 'purchase.repeated' }
    const all = await Promise.all([1, 2, 3, 4].map(() => makeAs(sceneAt(), person, same)))
    expect(all).toEqual([same, same, same, same])
  })

  it('makes no second source of one name for one product; for another product it may', async () => {
    const twin = { ...till, id: 'purchase.till' }
    expect(await problemOf(await post('/clients', owner, twin))).toEqual({
      status: 409,
      code: 'source_name_taken',
    })
    expect(
      await problemOf(await post('/clients', env.OPERATOR_KEY, { ...twin, id: 'shop.till', domain: 'shop' })),
    ).toMatchObject({ code: 'source_name_taken' })
    expect((await post('/clients', owner, { ...twin, products: ['purchase.returns'] })).status).toBe(200)
    const both = { ...twin, products: ['purchase.returns', 'purchase.orders'] }
    expect(await problemOf(await post('/clients', owner, both))).toMatchObject({ code: 'source_name_taken' })
    expect((await post('/clients', owner, { ...till, id: 'purchase.orders.1till' })).status).toBe(200)
  })
})

describe('a key', () => {
  const keysAt = (id: string) => `/clients/${id}/keys`
  const documentOf = async (id: string, key = owner) =>
    (await get(`/clients/${id}.json`, key)).json<{ keys: Record<string, unknown>[] }>()
  let id: string
  let count = 0

  beforeEach(async () => {
    id = `purchase.client-${++count}`
    const made = await post('/clients', owner, { ...app, id })
    if (!made.ok) throw new Error(await made.text())
  })

  it('is shown once, kept as its hash, and told of', async () => {
    const made = await post(keysAt(id), owner, { ends_at: '2999-01-01T02:00:00+02:00' })
    expect(made.status).toBe(201)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const body = await made.json<{ id: string; key: string; ends_at: string }>()
    expect(body.key).toMatch(new RegExp(`^ml_local_${id}_[\\w-]{43}$`))
    expect(body.ends_at).toBe('2999-01-01T00:00:00.000Z')
    const document = await documentOf(id)
    expect(document.keys).toEqual([
      {
        id: body.id,
        kind: 'secret',
        public_key: null,
        created_by: 'client:purchase.owner',
        created_at: expect.any(String),
        ends_at: body.ends_at,
        revoked_at: null,
        last_used: null,
      },
    ])
    const secret = body.key.slice(-43)
    const everything = await Promise.all(
      ['client_keys', 'audit', 'notices'].map((table) => env.DB.prepare(`SELECT * FROM ${table}`).all()),
    )
    expect(JSON.stringify(everything)).not.toContain(secret)
    expect(JSON.stringify(document)).not.toContain('hash')
    expect((await acts()).at(-1)).toMatchObject({ what: 'key.made', by: 'client:purchase.owner' })
  })

  it('is rotated by its holder: the old one makes the new one, the new one revokes the old one', async () => {
    const first = await (await post(keysAt(id), owner, {})).json<{ id: string; key: string }>()
    const second = await (await post(keysAt(id), first.key, {})).json<{ id: string; key: string }>()
    expect((await get(`/clients/${id}.json`, first.key)).status).toBe(200)
    expect((await post(`${keysAt(id)}/${first.id}/revoke`, second.key, {})).status).toBe(204)
    expect(await problemOf(await get(`/clients/${id}.json`, first.key))).toEqual({
      status: 401,
      code: 'client_unknown',
    })
    expect((await get(`/clients/${id}.json`, second.key)).status).toBe(200)
    const before = await acts()
    expect(before.at(-1)).toMatchObject({ what: 'key.revoked', by: `client:${id}` })
    expect((await post(`${keysAt(id)}/${first.id}/revoke`, second.key, {})).status).toBe(204)
    expect(await acts()).toEqual(before)
  })

  it('made by its holder ends no later than those that it was given', async () => {
    const given = '2999-01-01T00:00:00.000Z'
    const first = await (await post(keysAt(id), owner, { ends_at: given })).json<{ key: string }>()
    const next = (body: object) => post(keysAt(id), first.key, body)
    expect(await (await next({})).json()).toMatchObject({ ends_at: given })
    expect(await (await next({ ends_at: '2998-01-01T00:00:00Z' })).json()).toMatchObject({
      ends_at: '2998-01-01T00:00:00.000Z',
    })
    expect(await problemOf(await next({ ends_at: '2999-01-01T00:00:01Z' }))).toEqual({
      status: 400,
      code: 'body_malformed',
    })
  })

  it('is one of at most five that count, and of twenty in a day', async () => {
    const made: string[] = []
    for (let n = 0; n < 5; n++)
      made.push((await (await post(keysAt(id), owner, {})).json<{ id: string }>()).id)
    const full = { status: 409, code: 'keys_too_many' }
    expect(await problemOf(await post(keysAt(id), owner, {}))).toEqual(full)
    for (let n = 5; n < 20; n++) {
      expect((await post(`${keysAt(id)}/${made.at(-1)}/revoke`, owner, {})).status).toBe(204)
      made.push((await (await post(keysAt(id), owner, {})).json<{ id: string }>()).id)
    }
    expect((await post(`${keysAt(id)}/${made.at(-1)}/revoke`, owner, {})).status).toBe(204)
    expect(await problemOf(await post(keysAt(id), owner, {}))).toEqual(full)
  })

  it('is refused when five were asked for at once beside three', async () => {
    for (let n = 0; n < 3; n++) await post(keysAt(id), owner, {})
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(keysAt(id), owner, {})))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 409, 409, 409])
  })

  it('that signs is for sources alone', async () => {
    const { kty, crv, x } = await generatePrivateJwk()
    const public_key = { kty, crv, x }
    expect(await problemOf(await post(keysAt(id), owner, { public_key }))).toMatchObject({
      code: 'body_malformed',
    })
    const made = await post(keysAt(till.id), owner, { public_key })
    expect({ status: made.status, ...(await made.json<object>()) }).toEqual({
      status: 201,
      id: expect.any(String),
      ends_at: null,
    })
    expect((await documentOf(till.id)).keys[0]).toMatchObject({ kind: 'ed25519', public_key: x })
  })

  const bodies: readonly (readonly [string, object])[] = [
    ['an end in the past', { ends_at: '2020-01-01T00:00:00Z' }],
    ['no time', { ends_at: 'tomorrow' }],
    ['a private key', { public_key: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43) } }],
    ['another curve', { public_key: { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) } }],
    ['a short key', { public_key: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(42) } }],
    ['a name for it', { id: 'my-key' }],
  ]
  it.each(bodies)('is not made with %s', async (_name, body) => {
    expect(await problemOf(await post(keysAt(till.id), owner, body))).toEqual({
      status: 400,
      code: 'body_malformed',
    })
  })

  it('of what only the operator makes is made by the operator or itself, and revoked by the owner too', async () => {
    const other = await decider('purchase.second')
    for (const name of ['purchase.publisher', 'purchase.second'])
      expect(await problemOf(await post(keysAt(name), owner, {}))).toEqual({
        status: 403,
        code: 'owner_only',
      })
    const made = await post(keysAt('purchase.second'), other, {})
    expect(made.status).toBe(201)
    const key = await made.json<{ id: string }>()
    expect((await post(keysAt('purchase.publisher'), env.OPERATOR_KEY, {})).status).toBe(201)
    expect((await post(`${keysAt('purchase.second')}/${key.id}/revoke`, owner, {})).status).toBe(204)
  })

  it('of others is nobody’s business: what is there and what is not are answered alike', async () => {
    const { id: keyId } = await (await post(keysAt(id), owner, {})).json<{ id: string }>()
    const asking = (clientId: string) => [
      get(`/clients/${clientId}.json`, stranger),
      get(`/clients/${clientId}.json`, consumer),
      post(keysAt(clientId), stranger, {}),
      post(keysAt(clientId), consumer, {}),
      post(`${keysAt(clientId)}/${keyId}/revoke`, stranger, {}),
      post(`${keysAt(clientId)}/${keyId}/revoke`, consumer, {}),
    ]
    const textOf = async (response: Promise<Response>) => {
      const { status, headers } = await response
      return [status, ...headers, await (await response).text()]
    }
    const there = await Promise.all(asking(id).map(textOf))
    expect(there).toEqual(await Promise.all(asking('purchase.nobody').map(textOf)))
    expect(new Set(there.map(([status]) => status))).toEqual(new Set([404]))
    // A key of another client is none of this one.
    expect((await post(`${keysAt('risk.owner')}/${keyId}/revoke`, stranger, {})).status).toBe(404)
  })
})

describe('clients are listed', () => {
  const idsFor = async (key: string, query = '') => {
    const { clients } = await (await get(`/clients.json${query}`, key)).json<{ clients: { id: string }[] }>()
    return clients.map(({ id }) => id)
  }

  it('all for the operator, those of the domain for its owner, itself for a client', async () => {
    const all = await idsFor(env.OPERATOR_KEY)
    expect(all).toEqual(expect.arrayContaining(['risk.owner', 'purchase.reports']))
    const purchase = all.filter((id) => id.startsWith('purchase.'))
    expect(await idsFor(env.OPERATOR_KEY, '?domain=purchase')).toEqual(purchase)
    expect(await idsFor(owner)).toEqual(purchase)
    expect(await idsFor(owner, '?domain=risk')).toEqual([])
    expect(await idsFor(consumer)).toEqual(['purchase.reports'])
  })

  it('to nobody without a key', async () => {
    for (const path of ['/clients.json', '/clients/purchase.reports.json'])
      expect(await problemOf(await ask(path))).toEqual({ status: 401, code: 'sign_in_needed' })
  })
})
