/** The access matrix of the catalog: every route, with every kind of credential. A route without an expectation fails. */
import { createClientKey } from '@meshloop/access/issue'
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogApp } from '../app.ts'
import { developmentSignIn } from '../people/development/sign-in.tsx'
import { signInRoutes } from '../people/sign-in-routes.ts'
import { newConsumer } from './access-people.ts'
import { forms, open, pages, readings, writes, type Things } from './access-expectations.ts'
import { accounts, orders, origin } from './contracts.ts'
import { ask, env, makeClient, migrate, post, register } from './mesh.ts'
import { localSite, sayWho, visit, type Visitor } from './visitor.ts'

const keys = new Map<string, string>()
const visitors = new Map<string, Visitor>()

beforeAll(async () => {
  await migrate()
  await register(accounts, origin)
  await register(orders, origin)
  keys.set('operator', env.OPERATOR_KEY)
  for (const [holder, id, kind] of [
    ['publisher', 'purchase.publisher', 'publisher'],
    ['consumer', 'growth.reports', 'consumer'],
    ['neighbour', 'growth.mails', 'consumer'],
    ['source', 'purchase.web', 'source'],
    ['steward', 'platform.steward', 'steward'],
    ['owner', 'purchase.desk', 'owner'],
    ['otherOwner', 'shop.desk', 'owner'],
  ] as const)
    keys.set(holder, await keyOf(id, kind))
  for (const name of ['owner:purchase', 'member:growth', 'owner:shop', 'nobody']) {
    const visitor = visit(localSite)
    await sayWho(visitor, name)
    visitors.set(name, visitor)
  }
})

/** The key of a client that is made for it; an owner's decides for its domain. */
async function keyOf(
  id: string,
  kind: 'consumer' | 'publisher' | 'source' | 'steward' | 'owner',
): Promise<string> {
  if (kind !== 'owner') return makeClient(id, kind, kind === 'source' ? ['purchase.orders'] : [])
  const body = { id, kind: 'consumer', domain: id.split('.')[0], decides: true }
  expect((await post('/clients', env.OPERATOR_KEY, body)).status).toBe(200)
  const { key } = await made<{ key: string }>(`/clients/${id}/keys`, env.OPERATOR_KEY, {})
  return key
}

async function made<T>(path: string, key: string | undefined, body: object): Promise<T> {
  const response = await post(path, key ?? '', body)
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return response.json()
}

/** What calls are about, new after each that was taken: what it ended, the next one would not find. */
async function newThings(): Promise<Things> {
  const operator = env.OPERATOR_KEY
  const subject = { consumer: 'growth.reports', product: 'purchase.orders', major: 1, purpose: 'Reports' }
  // Of both there may be a few at a time only.
  await env.DB.batch(['requests', 'webhooks'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)))
  const waiting = await made<{ id: string }>('/requests', operator, subject)
  // For another purpose each time: the same again would not bring back what was revoked.
  const anew = { ...subject, purpose: crypto.randomUUID() }
  const grant = await made<{ id: string }>('/grants', operator, anew)
  const client = await newConsumer()
  const key = await made<{ id: string }>(`/clients/${client}/keys`, operator, {})
  const url = 'https://hooks.shop.example/x'
  const hook = { owner_kind: 'consumer', owner: 'growth.reports', url }
  const webhook = await made<{ id: string }>('/webhooks', keys.get('consumer'), hook)
  const nobody = await env.DB.prepare(
    'SELECT id FROM people WHERE id NOT IN (SELECT person FROM roles)',
  ).first<{ id: string }>()
  return {
    person: nobody?.id ?? '',
    request: waiting.id,
    grant: grant.id,
    client,
    key: key.id,
    webhook: webhook.id,
  }
}

const routesOf = (signIn: typeof signInRoutes) =>
  catalogApp({ signIn })
    .routes.filter(({ path }) => !path.endsWith('*'))
    .map(({ method, path }) => `${method} ${path.replace(/:file\{.*\}$/, ':file.json')}`)

const expected = { ...writes, ...readings, ...pages, ...forms, ...open }

it('every route has an expectation', () => {
  const routes = new Set([...routesOf(signInRoutes), ...routesOf(developmentSignIn)])
  expect([...routes].filter((route) => !Object.hasOwn(expected, route))).toEqual([])
  expect(Object.keys(expected).filter((route) => !routes.has(route))).toEqual([])
})

/** Credentials that open nothing that a key opens. */
const bad = (): readonly [what: string, headers: Readonly<Record<string, string>>][] => [
  ['nobody', {}],
  [
    'an unknown key',
    { authorization: `Bearer ${createClientKey('local', 'growth.reports', new Uint8Array(32))}` },
  ],
  ['no key', { authorization: 'Bearer x.y.z' }],
  ['the operator’s key, cut', { authorization: `Bearer ${env.OPERATOR_KEY.slice(0, -1)}` }],
  ['another scheme', { authorization: `Basic ${btoa(`operator:${env.OPERATOR_KEY}`)}` }],
]

const pathOf = (route: string) => route.slice(route.indexOf(' ') + 1)
const json = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

describe('with a key', () => {
  it.each(Object.entries(writes))('%s', async (route, { at, body, to }) => {
    let things = await newThings()
    const path = at?.(things) ?? pathOf(route)
    for (const [what, headers] of bad()) {
      const init = json(body(things))
      const { status } = await ask(path, { ...init, headers: { ...init.headers, ...headers } })
      expect([what, status]).toEqual([what, 401])
    }
    for (const [name, visitor] of visitors)
      expect([name, (await visitor.open(path, json(body(things)))).status]).toEqual([name, 401])
    for (const [holder, key] of keys) {
      const response = await post(at?.(things) ?? path, key, body(things))
      const text = await response.text()
      expect([holder, response.status], text).toEqual([holder, to[holder as keyof typeof to] ?? to.others])
      // What was refused has changed nothing.
      if (response.ok) things = await newThings()
    }
  })
})

describe('with a key or a session', () => {
  it.each(Object.entries(readings))('%s', async (route, { at, to }) => {
    const path = at?.(await newThings()) ?? pathOf(route)
    const statusFor = (who: string) => to[who as keyof typeof to] ?? to.others
    for (const [what, headers] of bad())
      expect([what, (await ask(path, { headers })).status]).toEqual([what, 401])
    for (const [holder, key] of keys) {
      const { status } = await ask(path, { headers: { authorization: `Bearer ${key}` } })
      expect([holder, status]).toEqual([holder, statusFor(holder)])
    }
    for (const [name, visitor] of visitors)
      expect([name, (await visitor.open(path)).status]).toEqual([name, statusFor(name)])
  })
})

describe('signed in', () => {
  it.each(Object.entries(pages))('%s', async (route, { at, to }) => {
    const path = at?.(await newThings()) ?? pathOf(route)
    const html = { accept: 'text/html' }
    const stranger = await visit(localSite).open(path, { headers: html })
    expect([302, 303, 401]).toContain(stranger.status)
    for (const [name, visitor] of visitors) {
      const { status } = await visitor.open(path, { headers: html })
      expect([name, status]).toEqual([name, to[name as keyof typeof to] ?? to.others])
    }
  })

  it.each(Object.entries(forms))('%s is taken from its own page only', async (_route, at) => {
    const path = at(await newThings())
    const visitor = visitors.get('owner:purchase')
    const form_token = (await visitor?.formToken()) ?? ''
    const refused = [
      [401, await visit(localSite).send(path, { form_token })],
      [403, await visitor?.send(path, {})],
      [403, await visitor?.send(path, { form_token: 'x'.repeat(form_token.length) })],
      [403, await visitor?.send(path, { form_token }, { origin: 'https://evil.test' })],
      [403, await visitor?.send(path, { form_token }, { origin: 'null' })],
      [403, await visitor?.send(path, { form_token }, { 'sec-fetch-site': 'cross-site' })],
      [403, await visitor?.send(path, { form_token }, { 'sec-fetch-site': 'same-site' })],
    ] as const
    expect(refused.map(([, response]) => response?.status)).toEqual(refused.map(([status]) => status))
  })
})

describe('open', () => {
  it.each(Object.entries(open))('%s: %i', async (route, status) => {
    const [method = ''] = route.split(' ')
    const path = pathOf(route).replace(/:file.*/, 'none')
    const site = path === '/sign-in' ? visit(localSite) : undefined
    const init = { method, ...(method === 'POST' ? { body: new URLSearchParams() } : {}) }
    expect((await (site ? site.open(path, init) : ask(path, init))).status).toBe(status)
  })
})
