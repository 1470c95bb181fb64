import type { Contract } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { listGrantsSeen, listRequests } from '../grants/access-lists.ts'
import { ask as askFor } from '../grants/ask.ts'
import { change, revoke } from '../grants/change.ts'
import { approve } from '../grants/decide.ts'
import { grantSeen, requestSeen } from '../grants/sight.ts'
import { tellEndings } from '../grants/ending.ts'
import type { Actor } from '../people/actor.ts'
import { client, counts, makeClients, people, sceneAt, termsOf, type Who } from './access-people.ts'
import { accounts, orders } from './contracts.ts'
import { answer, ask, deployed, env, makeClient, migrate, post, problemOf, register, urlOf } from './mesh.ts'

const host = 'https://docs.team.example'
const operator: Actor = { kind: 'operator' }
/** The routes have the clock of the machine. */
const scene = sceneAt(new Date().toISOString())
const ends_at = new Date(Date.parse(scene.at) + 60 * 86_400_000).toISOString()
const terms = termsOf({ columns: ['order_id'] }, { ends_at })
const subjectOf = (consumer: string, product = 'purchase.orders') => ({
  consumer,
  product,
  major: 1,
  purpose: 'Why',
})
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

/** Keys of some clients of the tests. */
const keys = { consumer: '', owner: '', stranger: '' }
/** One of each, of the consumer growth.reports. */
const ids = { waiting: '', granted: '' }

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await answer(`${urlOf(orders, host)}/usage`, {
    since: '2026-10-24',
    consumers: [{ consumer: 'growth.reports', requests: 12, last_day: '2026-11-22', fields: ['order_id'] }],
  })
  await deployed(orders, host)
  keys.consumer = await makeClient('growth.reports', 'consumer')
  keys.owner = await makeClient('purchase.desk', 'consumer')
  keys.stranger = await makeClient('shop.desk', 'consumer')
  await makeClients(
    client('purchase.desk', { decides: true }),
    client('shop.desk', { decides: true }),
    client('growth.mails'),
    client('customer.app'),
  )
  const made = async (consumer: string, product?: string) => {
    const { id } = await askFor(scene, operator, subjectOf(consumer, product), termsFor(product))
    return (await approve(scene, operator, id)).granted ?? ''
  }
  ids.granted = await made('growth.reports')
  await made('growth.mails')
  await made('growth.reports', 'customer.accounts')
  await made('customer.app')
  const over = await made('customer.app', 'customer.accounts')
  await revoke(scene, operator, over, { reason: 'Over' })
  ids.waiting = (await askFor(scene, operator, subjectOf('growth.reports'), terms)).id
  await askFor(scene, operator, subjectOf('customer.app'), terms)
})

const termsFor = (product = 'purchase.orders') =>
  product === 'purchase.orders' ? terms : { ...terms, view: { ...terms.view, columns: ['event_id'] } }

describe('a list', () => {
  it.each(Object.keys(people()) as Who[])(
    'shows %s what it sees one by one, and nothing else',
    async (who) => {
      const actor = people()[who]
      const everything = await Promise.all([
        listGrantsSeen(env.DB, operator, {}),
        listRequests(env.DB, operator, {}),
      ])
      expect(everything.map(({ items }) => items.length)).toEqual([5, 7])
      const sees = async (seen: Promise<unknown>) =>
        seen.then(
          () => true,
          () => false,
        )
      const listed = await Promise.all([listGrantsSeen(env.DB, actor, {}), listRequests(env.DB, actor, {})])
      const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id).toSorted()
      const expected = await Promise.all(
        [grantSeen, requestSeen].map(async (one, i) => {
          const all = everything[i]?.items ?? []
          const seen = await Promise.all(all.map(({ id }) => sees(one(env.DB, actor, id))))
          return all
            .filter((_, n) => seen[n])
            .map(({ id }) => id)
            .toSorted()
        }),
      )
      expect(listed.map(idsOf)).toEqual(expected)
    },
  )

  it('is of one side, product, consumer or state where that is asked for', async () => {
    const { consumersOwner: growth, owner } = people()
    const products = async (actor: Actor, question: Parameters<typeof listGrantsSeen>[2]) =>
      (await listGrantsSeen(env.DB, actor, question)).items
        .map(({ consumer, product }) => `${consumer} ${product}`)
        .toSorted()
    expect(await products(growth, { side: 'owner' })).toEqual([])
    expect(await products(growth, { product: 'customer.accounts' })).toEqual([
      'growth.reports customer.accounts',
    ])
    expect(await products(owner, { consumer: 'growth.mails' })).toEqual(['growth.mails purchase.orders'])
    expect(await products(operator, { consumer: 'customer.app', holdsAt: scene.at })).toEqual([
      'customer.app purchase.orders',
    ])
    expect((await listRequests(env.DB, owner, { state: 'waiting' })).items).toHaveLength(2)
  })

  it('finds what waits by its index', async () => {
    const plans: string[] = []
    const db = new Proxy(env.DB, {
      get: (target, name) =>
        name === 'prepare'
          ? (sql: string) => {
              plans.push(sql)
              return target.prepare(sql)
            }
          : (Reflect.get(target, name) as unknown),
    })
    await listRequests(db, people().owner, { side: 'owner', state: 'waiting' })
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${plans[0]}`)
      .bind(0, '[]', '[]', null, null, null)
      .all<{ detail: string }>()
    expect(results.map(({ detail }) => detail)).toContain('SCAN requests USING INDEX requests_waiting')
  })

  it('says that there is more than it has', async () => {
    await makeClients(...Array.from({ length: 101 }, (_, i) => client(`hr.app${i}`)))
    await env.DB.batch(
      Array.from({ length: 101 }, (_, i) =>
        env.DB.prepare(
          `INSERT INTO grants (id, consumer, product, major, purpose, scopes, view, version, created_at, updated_at)
           VALUES (?1, ?1, 'hr.people', 1, '', '["read"]', '{"columns":null,"rows":[]}', 1, ?2, ?2)`,
        ).bind(`hr.app${i}`, scene.at),
      ),
    )
    const list = await listGrantsSeen(env.DB, operator, { product: 'hr.people' })
    expect({ length: list.items.length, more: list.more }).toEqual({ length: 100, more: true })
    expect((await listGrantsSeen(env.DB, operator, { product: 'customer.accounts' })).more).toBe(false)
  })
})

describe('over JSON', () => {
  it('a consumer asks, its owner approves less, changes, and revokes', async () => {
    const body = {
      ...subjectOf('growth.reports', 'customer.accounts'),
      view: { columns: ['event_id', 'happened_at'] },
      ends_at,
    }
    const asked = await post('/requests', keys.consumer, body)
    expect(asked.status).toBe(201)
    const { id, state } = await asked.json<{ id: string; state: string }>()
    expect(state).toBe('waiting')
    const owner = await makeClient('customer.desk', 'consumer')
    await makeClients(client('customer.desk', { decides: true }))
    const approved = await post(`/requests/${id}/approve`, owner, {
      terms: { view: { columns: ['event_id'] }, ends_at },
    })
    const { granted } = await approved.json<{ granted: string }>()
    const changed = await post(`/grants/${granted}/change`, owner, {
      terms: { view: { columns: ['happened_at'] }, ends_at },
      reason: 'Enough',
    })
    expect(await changed.json()).toMatchObject({ view: { columns: ['happened_at'] }, version: 3 })
    const revoked = await post(`/grants/${granted}/revoke`, owner, { reason: 'Over' })
    expect(await revoked.json()).toMatchObject({ version: 4, revoked_at: expect.any(String) })
    const document = await (await ask(`/grants/${granted}.json`, bearer(keys.consumer))).json()
    expect(document).toMatchObject({
      holds: false,
      may: { owns: false, speaks: true },
      history: [
        { what: 'grant.revoked', by: 'client:customer.desk', version: 4, reason: 'Over' },
        {
          what: 'grant.changed',
          version: 3,
          reason: 'Enough',
          terms: { view: { columns: ['happened_at'] } },
        },
        { what: 'grant.approved', version: 2, reason: null },
        { what: 'grant.approved', version: 1 },
      ],
    })
  })

  it('an owner refuses with a reason, and a consumer withdraws', async () => {
    const ofOther = { ...subjectOf('growth.other'), view: { columns: ['order_id'] }, ends_at }
    const other = await makeClient('growth.other', 'consumer')
    const first = await (await post('/requests', other, ofOther)).json<{ id: string }>()
    expect(await problemOf(await post(`/requests/${first.id}/refuse`, keys.owner, {}))).toEqual({
      status: 400,
      code: 'body_malformed',
    })
    expect(
      await (await post(`/requests/${first.id}/refuse`, keys.owner, { reason: 'No' })).json(),
    ).toMatchObject({ state: 'refused', reason: 'No' })
    const second = await (await post('/requests', other, ofOther)).json<{ id: string }>()
    expect(await (await post(`/requests/${second.id}/withdraw`, other, {})).json()).toMatchObject({
      state: 'withdrawn',
    })
  })

  it('owners see who reads what, how much and when last; consumers what they have and when it ends', async () => {
    const owner = await (
      await ask('/access.json', bearer(keys.owner))
    ).json<Record<string, { items: object[] }>>()
    expect(owner['given']?.items).toContainEqual(
      expect.objectContaining({
        consumer: 'growth.reports',
        use: expect.objectContaining({ requests_30_days: 12, last_read: '2026-11-22', fields: ['order_id'] }),
      }),
    )
    expect(owner['to_decide']?.items).toContainEqual(expect.objectContaining({ id: ids.waiting }))
    const consumer = await (
      await ask('/access.json', bearer(keys.consumer))
    ).json<Record<string, { items: object[] }>>()
    expect(consumer).toMatchObject({ to_decide: { items: [] }, given: { items: [] } })
    expect(consumer['held']?.items).toContainEqual(expect.objectContaining({ id: ids.granted, ends_at }))
    expect(consumer['asked']?.items).toContainEqual(expect.objectContaining({ id: ids.waiting }))
  })

  it('a grant says which fields its tokens show, not those that the contract granted and took back', async () => {
    const access = { automatic: ['internal' as const] }
    const before: Contract = { ...orders, id: 'purchase.auto', access }
    const status = { ...orders.fields.status, class: 'personal' as const }
    const later = { ...before, fields: { ...orders.fields, status } }
    await deployed(before, host)
    const subject = subjectOf('growth.reports', before.id)
    const { granted } = await askFor(scene, operator, subject, termsOf({ columns: ['order_id', 'status'] }))
    await env.DB.prepare('UPDATE products SET contract = ?2 WHERE id = ?1')
      .bind(before.id, JSON.stringify(later))
      .run()
    const document = await ask(`/grants/${granted}.json`, bearer(keys.owner))
    const { product } = await document.json<{ product: { fields: { name: string; shown: boolean }[] } }>()
    expect(product.fields.filter(({ shown }) => shown).map(({ name }) => name)).toEqual(['order_id'])
  })

  it('a request shows what it would change, and of which fields the product is', async () => {
    const document = await (await ask(`/requests/${ids.waiting}.json`, bearer(keys.owner))).json()
    expect(document).toMatchObject({
      request: { id: ids.waiting, state: 'waiting' },
      grant: { id: ids.granted },
      product: { version: '1.2.0', filterable: ['order_id', 'placed_at', 'status'] },
      may: { owns: true, speaks: false },
    })
  })

  it('lists are answered, and only for a state that there is', async () => {
    const wrong = ask('/requests.json?state=lost', bearer(keys.consumer))
    expect(await problemOf(await wrong)).toEqual({ status: 400, code: 'parameter_invalid' })
    const { requests } = await (
      await ask('/requests.json?state=waiting', bearer(keys.consumer))
    ).json<{ requests: object[] }>()
    expect(requests).toMatchObject([{ id: ids.waiting }])
    const { grants } = await (
      await ask('/grants.json?product=purchase.orders', bearer(keys.consumer))
    ).json<{ grants: object[] }>()
    expect(grants).toMatchObject([{ id: ids.granted, holds: true }])
  })
})

describe('ids tell nothing', () => {
  const unknown = '00000000-0000-4000-8000-000000000000'
  const seen = async (response: Promise<Response>) => {
    const { status, headers } = await response
    return { status, headers: [...headers], body: await (await response).text() }
  }

  it.each([
    ['requests', 'approve', {}],
    ['requests', 'refuse', { reason: 'x' }],
    ['requests', 'withdraw', {}],
    ['grants', 'change', { terms: {}, reason: 'x' }],
    ['grants', 'revoke', { reason: 'x' }],
  ])('POST /%s/{id}/%s: a foreign one is as if it were not there', async (kind, step, body) => {
    const foreign = kind === 'grants' ? ids.granted : ids.waiting
    const of = (id: string) => seen(post(`/${kind}/${id}/${step}`, keys.stranger, body))
    expect((await of(foreign)).status).toBe(404)
    expect(await of(foreign)).toEqual(await of(unknown))
  })

  it.each(['requests', 'grants'])('GET /%s/{id}.json: the same', async (kind) => {
    const foreign = kind === 'grants' ? ids.granted : ids.waiting
    const of = (id: string) => seen(ask(`/${kind}/${id}.json`, bearer(keys.stranger)))
    expect((await of(foreign)).status).toBe(404)
    expect(await of(foreign)).toEqual(await of(unknown))
  })

  it('asking for a consumer of others is as for none', async () => {
    const of = async (consumer: string) => {
      const { status, body } = await seen(
        post('/requests', keys.stranger, { ...subjectOf(consumer), ends_at }),
      )
      return { status, body: body.replaceAll(consumer, 'x') }
    }
    expect(await of('growth.reports')).toEqual(await of('growth.nosuch'))
    expect((await of('growth.reports')).status).toBe(404)
  })
})

describe('without a credential', () => {
  it.each(['/requests.json', '/grants.json', '/access.json', '/requests/x.json', '/grants/x.json'])(
    '%s is 401',
    async (path) => {
      expect(await problemOf(await ask(path))).toEqual({ status: 401, code: 'sign_in_needed' })
    },
  )

  it.each([
    '/requests',
    '/grants',
    '/requests/x/approve',
    '/requests/x/refuse',
    '/requests/x/withdraw',
    '/grants/x/change',
    '/grants/x/revoke',
  ])('POST %s is 401', async (path) => {
    expect(await problemOf(await post(path, null, {}))).toEqual({ status: 401, code: 'client_key_missing' })
  })

  it('and only the operator declares', async () => {
    expect(await problemOf(await post('/grants', keys.owner, subjectOf('a.b')))).toEqual({
      status: 401,
      code: 'operator_only',
    })
  })
})

describe('the operator declares', () => {
  const declare = (more: object = {}) =>
    post('/grants', env.OPERATOR_KEY, { ...subjectOf('growth.declared'), ...more })

  it('a grant, and the same again changes nothing and is not written down', async () => {
    const first = await (await declare()).json<{ id: string }>()
    expect(first).toMatchObject({ version: 1, decided_by: 'operator', ends_at: null })
    const before = await counts()
    expect(await (await declare()).json()).toEqual(first)
    expect(
      await (await declare({ scopes: ['read', 'read'], view: { columns: null, rows: [] } })).json(),
    ).toEqual(first)
    expect(await counts()).toEqual(before)
    await declare({ view: { columns: ['status', 'order_id'] } })
    expect(await (await declare({ view: { columns: ['order_id', 'status'] } })).json()).toMatchObject({
      version: 2,
    })
  })

  it('nothing anew by saying it again: what an owner decided since stays', async () => {
    const of = (more: object) => declare({ consumer: 'growth.kept', ...more })
    const { id } = await (await of({ purpose: 'One' })).json<{ id: string }>()
    const { owner } = people()
    await change(scene, owner, id, { terms, reason: 'Enough' })
    expect(await (await of({ purpose: 'One' })).json()).toMatchObject({ version: 2, ...terms })
    await revoke(scene, owner, id, { reason: 'Over' })
    expect(await (await of({ purpose: 'One' })).json()).toMatchObject({ version: 3, revoked_at: scene.at })
    expect(await (await of({ purpose: 'Two' })).json()).toMatchObject({ version: 4, revoked_at: null })
    await revoke(scene, operator, id, { reason: 'Over' })
    expect(await (await of({ purpose: 'Two' })).json()).toMatchObject({ version: 6, revoked_at: null })
  })

  it('many at once, and each of them is there once', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) => post('/grants', env.OPERATOR_KEY, subjectOf(`many.c${i % 4}`))),
    )
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 200))
    const { items } = await listGrantsSeen(env.DB, operator, { product: 'purchase.orders' })
    const many = items.filter(({ consumer }) => consumer.startsWith('many.'))
    expect(many.map(({ version }) => version)).toEqual([1, 1, 1, 1])
  })
})

describe('an end that comes near', () => {
  const told = async () =>
    (
      await env.DB.prepare("SELECT at, body FROM notices WHERE type = 'grant.ending' ORDER BY at").all<{
        at: string
        body: string
      }>()
    ).results
  const runAt = (at: string) => tellEndings(env, { ...world, now: () => Date.parse(at) })
  const world = {
    fetch: () => Promise.reject(new Error('unused')),
    now: Date.now,
    newId: () => 'unused',
    newSecret: () => 'unused',
  }

  it('is told 14 days and a day before, once each, and not after it was moved or revoked', async () => {
    await env.DB.prepare('UPDATE grants SET ends_at = NULL WHERE ends_at IS NOT NULL').run()
    const at = sceneAt('2030-01-01T00:00:00.000Z')
    const until = (end: string) => termsOf({ columns: ['order_id'] }, { ends_at: end })
    const { id } = await post('/grants', env.OPERATOR_KEY, {
      ...subjectOf('growth.ends'),
      ...until('2030-06-30T00:00:00.000Z'),
    }).then((r) => r.json<{ id: string }>())
    await runAt('2030-06-15T23:59:00.000Z')
    expect(await told()).toEqual([])
    await Promise.all([runAt('2030-06-16T00:00:00.000Z'), runAt('2030-06-16T00:00:00.000Z')])
    await runAt('2030-06-17T00:00:00.000Z')
    expect(await told()).toMatchObject([{ at: '2030-06-16T00:00:00.000Z' }])
    expect(JSON.parse((await told())[0]?.body ?? '')).toMatchObject({
      data: { grant: id, ends_at: '2030-06-30T00:00:00.000Z' },
    })
    await runAt('2030-06-29T00:00:00.000Z')
    await runAt('2030-06-29T00:01:00.000Z')
    expect(await told()).toHaveLength(2)
    await change(at, operator, id, { terms: until('2030-08-30T00:00:00.000Z'), reason: 'More' })
    await runAt('2030-08-20T00:00:00.000Z')
    expect(await told()).toHaveLength(3)
    await revoke(at, operator, id, { reason: 'Over' })
    await runAt('2030-08-29T12:00:00.000Z')
    expect(await told()).toHaveLength(3)
  })

  it('is not told of what was granted for less', async () => {
    const before = (await told()).length
    const short = {
      ...subjectOf('growth.short'),
      ends_at: new Date(Date.now() + 5 * 86_400_000).toISOString(),
    }
    await post('/grants', env.OPERATOR_KEY, short)
    await runAt(new Date().toISOString())
    expect(await told()).toHaveLength(before)
  })
})
