/** Webhooks: who may have one, that their notices are signed as Standard Webhooks says, and that each comes at least once. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCatalog } from '../app.ts'
import { act } from '../audit/act.ts'
import type { World } from '../env.ts'
import { attempt } from '../notices/attempt.ts'
import { deliverDue } from '../notices/deliver.ts'
import { forgetNotices } from '../notices/forget.ts'
import type { Delivery } from '../notices/webhooks.ts'
import { signInRoutes } from '../people/sign-in-routes.ts'
import { ask, env, makeClient, migrate, post, problemOf } from './mesh.ts'

const second = 1_000
const minute = 60 * second
const start = Date.UTC(2026, 10, 22, 12)
const clock = { ms: start }

interface Received {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly init: RequestInit
}
/** What was sent, and how each receiver answers: by host; 200 unless it says otherwise. */
const received: Received[] = []
const answers = new Map<string, (url: string) => Response>()
const world: World = {
  now: () => clock.ms,
  newId: () => crypto.randomUUID(),
  newSecret: () => 'A'.repeat(43),
  fetch: async (url, init) => {
    const headers = Object.fromEntries(new Headers(init.headers))
    received.push({ url, body: String(init.body), headers, init })
    return answers.get(new URL(url).host)?.(url) ?? new Response('thanks')
  },
}

let owner: string
let shop: string
beforeAll(async () => {
  await migrate()
  owner = await makeClient('purchase.owner', 'consumer')
  await post('/clients', env.OPERATOR_KEY, {
    id: 'purchase.owner',
    kind: 'consumer',
    domain: 'purchase',
    decides: true,
  })
  shop = await makeClient('shop.storefront', 'consumer')
  await makeClient('shop.other', 'consumer')
})
beforeEach(() => {
  clock.ms = start
  received.length = 0
  answers.clear()
})
afterEach(() =>
  env.DB.batch(['webhooks', 'deliveries', 'notices'].map((table) => env.DB.prepare(`DELETE FROM ${table}`))),
)

const domain = { owner_kind: 'domain', owner: 'purchase', url: 'https://hooks.shop.example/in?t=1' }
const make = async (more: object = {}, key = owner) =>
  (await post('/webhooks', key, { ...domain, ...more })).json<{ id: string; secret: string }>()
/** Something happens of which the domain purchase is told. */
const happens = (n = 1, domains = ['purchase'], consumers: readonly string[] = []) =>
  act(
    { db: env.DB, at: new Date(clock.ms).toISOString(), newId: world.newId },
    {
      what: 'key.made',
      by: 'operator',
      about: {},
      statements: [],
      notices: Array.from(
        { length: n },
        (_, at) => ({ type: 'key.made', data: { at }, to: { domains, consumers } }) as const,
      ),
    },
  )
const logOf = async (id: string, key = owner) =>
  await (
    await ask(`/webhooks/${id}.json`, { headers: { authorization: `Bearer ${key}` } })
  ).json<{
    ended_by: string | null
    deliveries: Delivery[]
  }>()
const run = () => deliverDue(env, world)

describe('a webhook', () => {
  it('is sent what concerns its owner, and nothing else', async () => {
    const { id, secret } = await make()
    const url = 'https://shop.hooks.example/'
    const consumers = await make({ owner_kind: 'consumer', owner: 'shop.storefront', url }, shop)
    await happens()
    await happens(1, ['customer'], ['shop.storefront'])
    await run()
    expect(received).toHaveLength(2)
    const first = received.find((each) => each.url === domain.url)
    const other = received.find((each) => each.url === url)
    expect(first?.init).toMatchObject({ method: 'POST', redirect: 'manual' })
    expect(Object.keys(first?.headers ?? {}).toSorted()).toEqual([
      'content-type',
      'user-agent',
      'webhook-id',
      'webhook-signature',
      'webhook-timestamp',
    ])
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(secret).not.toBe(consumers.secret)
    const { deliveries } = await logOf(id)
    expect(deliveries).toMatchObject([
      {
        notice: first?.headers['webhook-id'],
        state: 'delivered',
        attempts: 1,
        next_at: null,
        last_status: 200,
      },
    ])
    expect(JSON.parse(other?.body ?? '')).toMatchObject({ type: 'key.made', data: { at: 0 } })
  })

  it('has a signature that the official library takes, for its own secret and body only', async () => {
    const [mine, other] = [await make(), await make()]
    clock.ms = Date.now() // the library compares with its own clock
    await happens()
    await run()
    const [first] = received
    const { body = '', headers = {} } = first ?? {}
    const verify = (secret: string, text: string) => new Verifier(secret).verify(text, { ...headers })
    const secrets = [mine.secret, other.secret]
    const good = secrets.filter((secret) => {
      try {
        return Boolean(verify(secret, body))
      } catch {
        return false
      }
    })
    expect(good).toHaveLength(1)
    expect(verify(good[0] ?? '', body)).toEqual(JSON.parse(body))
    expect(() => verify(good[0] ?? '', `${body} `)).toThrow(/signature/i)
  })

  it('keeps no secret anywhere', async () => {
    const { secret } = await make()
    for (const table of ['webhooks', 'audit', 'deliveries', 'notices']) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all()
      expect(JSON.stringify(results)).not.toContain(secret.slice(6))
    }
    const { results } = await env.DB.prepare("SELECT about FROM audit WHERE what = 'webhook.made'").all()
    expect(JSON.stringify(results)).not.toContain('t=1')
  })

  it('is told nothing of what happened before it was there, and nothing any more when it has ended', async () => {
    await happens()
    const { id } = await make()
    await happens()
    expect((await post(`/webhooks/${id}/end`, owner, {})).status).toBe(204)
    await happens()
    await run()
    expect(received).toEqual([])
    expect(await logOf(id)).toMatchObject({
      ended_by: 'client:purchase.owner',
      deliveries: [{ state: 'failed', attempts: 0, last_error: 'the webhook was ended' }],
    })
    expect(await problemOf(await post(`/webhooks/${id}/deliveries/x/retry`, owner, {}))).toEqual({
      status: 409,
      code: 'webhook_ended',
    })
  })
})

describe('the first attempt', () => {
  it('is made right after the request, while its answer is on its way', async () => {
    const { id } = await make()
    clock.ms = Date.now()
    const { fetch: handle } = createCatalog({ signIn: signInRoutes, world })
    const context = createExecutionContext()
    const headers = { authorization: `Bearer ${env.OPERATOR_KEY}`, 'content-type': 'application/json' }
    const path = `${env.ISSUER}/clients/purchase.owner/keys`
    const answer = await handle(new Request(path, { method: 'POST', headers, body: '{}' }), env, context)
    expect(answer.status).toBe(201)
    await waitOnExecutionContext(context)
    expect(received).toHaveLength(1)
    expect((await logOf(id)).deliveries).toMatchObject([{ type: 'key.made', state: 'delivered' }])
  })
})

describe('retries', () => {
  const fails = (status: number) =>
    answers.set('hooks.shop.example', () => new Response('a <b>secret</b>', { status }))

  it('come after 5 s, 5 min, 30 min, 2, 5, 10 and 10 hours, and then no more', async () => {
    const { id } = await make()
    await happens()
    fails(503)
    const pauses: number[] = []
    for (let n = 1; n <= 8; n++) {
      await run()
      expect(received).toHaveLength(n)
      const [delivery] = (await logOf(id)).deliveries
      expect(delivery).toMatchObject({
        attempts: n,
        last_status: 503,
        last_error: 'the receiver answered 503',
      })
      if (!delivery?.next_at) break
      pauses.push(Date.parse(delivery.next_at) - clock.ms)
      clock.ms = Date.parse(delivery.next_at) - 1
      await run()
      expect(received).toHaveLength(n)
      clock.ms += 1
    }
    const planned = [
      5 * second,
      5 * minute,
      30 * minute,
      120 * minute,
      300 * minute,
      600 * minute,
      600 * minute,
    ]
    expect(pauses).toHaveLength(planned.length)
    for (const [at, planned_] of planned.entries()) {
      expect(pauses[at]).toBeGreaterThanOrEqual(planned_)
      expect(pauses[at]).toBeLessThanOrEqual(planned_ * 1.1)
    }
    expect((await logOf(id)).deliveries).toMatchObject([{ state: 'failed', attempts: 8, next_at: null }])
    const [{ notice } = { notice: '' }] = (await logOf(id)).deliveries
    expect((await post(`/webhooks/${id}/deliveries/${notice}/retry`, owner, {})).status).toBe(204)
    answers.clear()
    clock.ms = Date.now() + minute
    await run()
    expect((await logOf(id)).deliveries).toMatchObject([{ state: 'delivered', attempts: 1 }])
  })

  it.each([
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }),
      302,
      /redirects/,
    ],
    ['an error', () => new Response('x', { status: 400 }), 400, /answered 400/],
    [
      'no connection',
      () => {
        throw new Error('secret host gone')
      },
      null,
      /^no connection$/,
    ],
    [
      'no answer',
      () => {
        throw new DOMException('late', 'TimeoutError')
      },
      null,
      /^no answer within 10 s$/,
    ],
    [
      'an endless body',
      () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1e6)) })),
      200,
      null,
    ],
  ])('%s', async (_name, answer, status, error) => {
    const { id } = await make()
    await happens()
    answers.set('hooks.shop.example', answer)
    await run()
    expect(received).toHaveLength(1)
    const [delivery] = (await logOf(id)).deliveries
    expect(delivery).toMatchObject({ state: error === null ? 'delivered' : 'waiting', last_status: status })
    if (error) expect(delivery?.last_error).toMatch(error)
  })

  it('end with 410: the receiver wants no more, and its owner reads why', async () => {
    const { id } = await make()
    await happens(2)
    fails(410)
    await run()
    expect(received).toHaveLength(1)
    const { ended_by, deliveries } = await logOf(id)
    expect(ended_by).toBe('receiver')
    expect(deliveries.map(({ state, last_status }) => `${state} ${last_status}`).toSorted()).toEqual([
      'failed 410',
      'failed null',
    ])
    const last = await env.DB.prepare('SELECT what, by FROM audit ORDER BY seq DESC LIMIT 1').first()
    expect(last).toEqual({ what: 'webhook.ended', by: 'receiver' })
  })

  it('are not made twice by runs that overlap', async () => {
    await make()
    await happens(5)
    await Promise.all([run(), run(), run()])
    const ids = received.map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([5, 5])
  })

  it('are made again for a run that died, and its late word does not count', async () => {
    const { id } = await make()
    await happens()
    const stuck = Promise.withResolvers<Response>()
    const started = Promise.withResolvers<void>()
    const dying = deliverDue(env, { ...world, fetch: () => (started.resolve(), stuck.promise) })
    await started.promise
    clock.ms += minute
    await run()
    expect(received).toHaveLength(1)
    stuck.resolve(new Response('', { status: 500 }))
    await dying
    expect((await logOf(id)).deliveries).toMatchObject([
      { state: 'delivered', attempts: 2, last_status: 200 },
    ])
  })

  it('of dead receivers do not hold up the others', async () => {
    for (let n = 0; n < 12; n++) {
      const url = `https://dead${n}.hooks.example/`
      await make({ owner: `dead${n}`, url }, env.OPERATOR_KEY)
      answers.set(`dead${n}.hooks.example`, () => new Response('', { status: 500 }))
      await happens(8, [`dead${n}`])
    }
    clock.ms += second
    await make()
    await happens(3)
    await run()
    const dead = received.filter(({ url }) => url.includes('dead'))
    expect(dead).toHaveLength(12)
    expect(received).toHaveLength(12 + 3)
    clock.ms += minute
    received.length = 0
    await happens(1)
    await run()
    expect(received.filter(({ url }) => !url.includes('dead'))).toHaveLength(1)
    expect(received.length).toBeLessThanOrEqual(13)
  })
})

describe('an address', () => {
  it.each([
    'http://hooks.shop.example/',
    'https://hooks.shop.example:8443/',
    'https://user:pass@hooks.shop.example/',
    'https://hooks.shop.example./',
    'https://hooks.shop.example/#x',
    'https://evil-hooks.shop.example/',
    'https://hooks.example/',
    'https://evilhooks.example/',
    'https://data.shop.example/',
    'https://mesh.example/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
    'not an address',
    'https://hooks.shop.example',
    `https://hooks.shop.example/${'x'.repeat(500)}`,
  ])('%s is refused', async (url) => {
    expect(await problemOf(await post('/webhooks', owner, { ...domain, url }))).toEqual({
      status: 400,
      code: 'webhook_url_refused',
    })
  })

  it('that the operator allows no more is not sent to', async () => {
    const turn = { webhook: 'wh_1', notice: 'msg_1', body: '{}', attempts: 1, url: domain.url }
    expect(await attempt({ ...env, WEBHOOK_HOSTS: '' }, world, turn)).toMatchObject({ status: null })
    expect(received).toEqual([])
  })

  it('is asked over real HTTP, without a redirect being followed', async () => {
    const turn = { webhook: 'wh_1', notice: 'msg_1', body: '{}', attempts: 1, url: domain.url }
    const outside = { ...world, fetch: (url: string, init: RequestInit) => fetch(url, init) }
    expect(await attempt(env, outside, turn)).toEqual({ status: 404, error: 'the receiver answered 404' })
  })
})

describe('who may have one', () => {
  const consumer = { ...domain, owner_kind: 'consumer', owner: 'shop.storefront' }

  it.each([
    ['an owner its domain’s', 'owner', domain, 201],
    ['a consumer its own', 'shop', consumer, 201],
    ['the operator any', 'operator', consumer, 201],
    ['a consumer not its domain’s', 'shop', { ...domain, owner: 'shop' }, 404],
    ['an owner not another domain’s', 'owner', { ...domain, owner: 'customer' }, 404],
    ['an owner not another domain’s consumer’s', 'owner', consumer, 404],
    ['a consumer not its neighbour’s', 'shop', { ...consumer, owner: 'shop.other' }, 404],
    ['nobody one of a consumer that is not there', 'operator', { ...consumer, owner: 'shop.nobody' }, 404],
    ['nobody one without a key', null, domain, 401],
  ])('%s', async (_name, who, body, status) => {
    const keys: Record<string, string> = { owner, shop, operator: env.OPERATOR_KEY }
    expect((await post('/webhooks', who === null ? null : (keys[who] ?? ''), body)).status).toBe(status)
  })

  it('sees it, ends it and retries: to others it is not there', async () => {
    const { id } = await make()
    await happens()
    const [{ notice } = { notice: '' }] = (await logOf(id)).deliveries
    const list = async (key: string) =>
      (
        await (
          await ask('/webhooks.json', { headers: { authorization: `Bearer ${key}` } })
        ).json<{ webhooks: { id: string }[] }>()
      ).webhooks
    expect((await list(owner)).map((webhook) => webhook.id)).toEqual([id])
    expect(await list(env.OPERATOR_KEY)).toHaveLength(1)
    expect(await list(shop)).toEqual([])
    const gone = { status: 404, code: 'webhook_unknown' }
    const read = await ask(`/webhooks/${id}.json`, { headers: { authorization: `Bearer ${shop}` } })
    expect(await problemOf(read)).toEqual(gone)
    expect(await problemOf(await post(`/webhooks/${id}/end`, shop, {}))).toEqual(gone)
    expect(await problemOf(await post(`/webhooks/${id}/deliveries/${notice}/retry`, shop, {}))).toEqual(gone)
    expect(await problemOf(await post(`/webhooks/${id}/deliveries/msg_x/retry`, owner, {}))).toEqual(gone)
  })

  it('has five at most, also when they are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => post('/webhooks', owner, domain)))
    expect(made.map(({ status }) => status).filter((status) => status === 409)).toHaveLength(3)
  })
})

it('notices are forgotten after 30 days, with how they were delivered', async () => {
  const { id } = await make()
  await happens()
  clock.ms += 30 * 86_400_000
  await forgetNotices(env, world)
  expect((await logOf(id)).deliveries).toHaveLength(1)
  clock.ms += 1
  await happens()
  await forgetNotices(env, world)
  expect((await logOf(id)).deliveries).toHaveLength(1)
})
