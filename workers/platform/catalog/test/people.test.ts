/** Sessions, forms, roles and the development sign-in, as browsers, other sites and keys meet them. */
import { createClientKey } from '@meshloop/access/issue'
import { beforeAll, describe, expect, test } from 'vitest'
import { doChores } from '../minute.ts'
import { env, makeClient, migrate, post, problemOf } from './mesh.ts'
import { localSite, sayWho, signIn, visit, type Visitor } from './visitor.ts'

const json = (response: Response) => response.json<Record<string, unknown>>()
const idOf = async (visitor: Visitor) => String((await json(await visitor.open('/account.json')))['id'])

const somebody = async (name: string): Promise<Visitor> => {
  const visitor = visit()
  await signIn(visitor, name)
  return visitor
}

beforeAll(async () => {
  await migrate()
  await makeClient('purchase.app', 'consumer')
  await makeClient('growth.app', 'consumer')
})

describe('a session', () => {
  test('lasts eight hours', async () => {
    const start = Date.now()
    let now = start
    const visitor = visit({ now: () => now })
    await signIn(visitor, 'alice')
    now = start + 8 * 3600_000 - 1000
    expect((await visitor.open('/account.json')).status).toBe(200)
    now = start + 8 * 3600_000
    expect(await problemOf(await visitor.open('/account.json'))).toEqual({
      status: 401,
      code: 'sign_in_needed',
    })
  })

  test('that has ended is forgotten', async () => {
    await somebody('alice')
    const sessions = () => env.DB.prepare('SELECT COUNT(*) AS n FROM sessions').first('n')
    const world = {
      fetch: () => Promise.reject(new Error('asks nobody')),
      newId: () => crypto.randomUUID(),
      newSecret: () => '',
    }
    await doChores(env, { ...world, now: Date.now })
    expect(await sessions()).toBeGreaterThan(0)
    await doChores(env, { ...world, now: () => Date.now() + 8 * 3600_000 })
    expect(await sessions()).toBe(0)
  })

  test('is kept as a hash', async () => {
    const visitor = await somebody('alice')
    const rows = JSON.stringify((await env.DB.prepare('SELECT * FROM sessions').all()).results)
    expect(visitor.session()).toMatch(/^[\w-]{43}$/)
    expect(rows).not.toContain(visitor.session())
  })

  test('ends when its person signs out, and its cookie with it', async () => {
    const visitor = await somebody('alice')
    const secret = visitor.session()
    const out = await visitor.send('/sign-out', { form_token: await visitor.formToken() })
    expect(out.headers.get('location')).toBe('https://mesh.example/')
    expect(visitor.session()).toBeUndefined()
    const again = await visit().open('/account.json', { headers: { cookie: `__Host-meshloop=${secret}` } })
    expect(again.status).toBe(401)
  })

  test.each(['', 'x', 'x'.repeat(43), '%', `${'x'.repeat(5000)}`])(
    'of the cookie %.50j is none',
    async (secret) => {
      const answer = await visit().open('/account.json', { headers: { cookie: `__Host-meshloop=${secret}` } })
      expect(answer.status).toBe(401)
    },
  )

  test('does not count for what takes a key', async () => {
    const visitor = await somebody('alice')
    const answer = await visitor.open('/roles', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(await problemOf(answer)).toEqual({ status: 401, code: 'client_key_missing' })
  })

  test('is asked for by a page, which leads to the sign-in', async () => {
    const answer = await visit().open('/account')
    expect(answer.headers.get('location')).toBe('https://mesh.example/sign-in?return_to=/account')
  })
})

describe('a form', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const here = 'https://mesh.example'

  test.each<[string, Record<string, string>, number]>([
    ['from a page here', { origin: here, 'sec-fetch-site': 'same-origin' }, 303],
    ['from a page here, in an old browser', { origin: here }, 303],
    ['from a page here, without Origin', { 'sec-fetch-site': 'same-origin' }, 303],
    ['from a foreign site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['from a foreign site, in an old browser', { origin: 'https://evil.example' }, 403],
    ['from a foreign site without Origin', { 'sec-fetch-site': 'cross-site' }, 403],
    [
      'from another host of the domain',
      { origin: 'https://data.example', 'sec-fetch-site': 'same-site' },
      403,
    ],
    ['from another host that calls itself here', { origin: here, 'sec-fetch-site': 'same-site' }, 403],
    ['from nowhere', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['from nowhere, in an old browser', { origin: 'null' }, 403],
    ['typed by hand', { 'sec-fetch-site': 'none' }, 403],
    ['over HTTP', { origin: 'http://mesh.example' }, 403],
    ['from another port', { origin: `${here}:8443` }, 403],
    ['from a host with our name in it', { origin: 'https://mesh.example.evil.example' }, 403],
    ['that says nothing', {}, 403],
  ])('%s', async (_, headers, status) => {
    const visitor = await somebody('alice')
    const form_token = await visitor.formToken()
    const answer = await visitor.open('/sign-out', {
      method: 'POST',
      headers: { ...form, ...headers },
      body: new URLSearchParams({ form_token }).toString(),
    })
    expect(answer.status).toBe(status)
    expect(visitor.session() === undefined).toBe(status === 303)
  })

  test('without the token of its session', async () => {
    const visitor = await somebody('alice')
    const other = await (await somebody('alice')).formToken()
    for (const form_token of ['', 'x', other, 'x'.repeat(43)]) {
      const answer = await visitor.send('/sign-out', { form_token })
      expect(await problemOf(answer)).toEqual({ status: 403, code: 'form_foreign' })
    }
  })

  test.each(['text/plain', 'application/json', 'multipart/form-data; boundary=x'])(
    'sent as %s',
    async (type) => {
      const visitor = await somebody('alice')
      const answer = await visitor.send(
        '/sign-out',
        { form_token: await visitor.formToken() },
        { 'content-type': type },
      )
      expect(await problemOf(answer)).toEqual({ status: 400, code: 'body_malformed' })
    },
  )

  test('that is refused is answered with a page', async () => {
    const answer = await visit().send('/sign-out', {}, { accept: 'text/html' })
    expect(answer.status).toBe(401)
    expect(await answer.text()).toContain('Nobody is signed in')
  })
})

describe('under another name', () => {
  const refused = { status: 421, code: 'host_unknown' }

  test.each(['http://rebound.example:8787', 'http://localhost:8787', 'http://127.0.0.1:9999'])(
    'such as %s nobody signs in on a developer’s machine, and no session counts',
    async (alias) => {
      const visitor = visit({ ...localSite, alias })
      expect(await problemOf(await visitor.open(`${alias}/sign-in`))).toEqual(refused)
      const fields = { as: 'owner:purchase' }
      const fromThere = { origin: alias, 'sec-fetch-site': 'same-origin' }
      expect(await problemOf(await visitor.send(`${alias}/sign-in`, fields, fromThere))).toEqual(refused)
      await sayWho(visitor, 'owner:purchase')
      const form_token = await visitor.formToken()
      const headers = { cookie: `meshloop-8787=${visitor.session()}` }
      for (const path of ['/account', '/account.json', '/products'])
        expect(await problemOf(await visitor.open(alias + path, { headers }))).toEqual(refused)
      expect(
        await problemOf(
          await visitor.send(`${alias}/sign-out`, { form_token }, { ...headers, ...fromThere }),
        ),
      ).toEqual(refused)
      expect((await visitor.open(`${alias}/products`)).status).toBe(200)
    },
  )

  test('the deployed catalog leads nobody to the provider', async () => {
    const alias = 'https://platform-catalog.team.workers.dev'
    const visitor = visit({ alias })
    for (const path of ['/sign-in', '/sign-in/callback?code=x&state=y'])
      expect(await problemOf(await visitor.open(alias + path))).toEqual(refused)
  })
})

describe('a role', () => {
  test('is given by the operator, counts at once, and is taken at once', async () => {
    const visitor = await somebody('dora')
    const person = await idOf(visitor)
    const roles = async () => (await json(await visitor.open('/account.json')))['roles']
    const give = (role: string | null) =>
      post('/roles', env.OPERATOR_KEY, { person, domain: 'purchase', role })
    expect((await give('owner')).status).toBe(200)
    expect(await roles()).toEqual([{ domain: 'purchase', role: 'owner' }])
    await give('member')
    await give('member')
    expect(await roles()).toEqual([{ domain: 'purchase', role: 'member' }])
    await give(null)
    expect(await roles()).toEqual([])
    const { results } = await env.DB.prepare(
      `SELECT what, by, about FROM audit WHERE what LIKE 'role.%' AND about LIKE ?1 ORDER BY seq`,
    )
      .bind(`%${person}%`)
      .all<{ what: string; by: string; about: string }>()
    expect(results.map(({ what, by, about }) => [what, by, JSON.parse(about)])).toEqual([
      ['role.given', 'operator', { person, domain: 'purchase', role: 'owner', before: null }],
      ['role.given', 'operator', { person, domain: 'purchase', role: 'member', before: 'owner' }],
      ['role.taken', 'operator', { person, domain: 'purchase', role: null, before: 'member' }],
    ])
  })

  test('is given by an owner on their page, for their own domain', async () => {
    const owner = await somebody('olga')
    const other = await idOf(await somebody('otto'))
    await post('/roles', env.OPERATOR_KEY, { person: await idOf(owner), domain: 'purchase', role: 'owner' })
    const form_token = await owner.formToken()
    const give = (domain: string) =>
      owner.send('/account', { form_token, act: 'role', person: other, domain, role: 'member' })
    expect((await give('purchase')).status).toBe(303)
    expect(await problemOf(await give('growth'))).toEqual({ status: 403, code: 'owner_only' })
    const page = await (await owner.open('/account')).text()
    expect(page).toContain('otto of Purchase')
    expect(await (await owner.open('/account.md')).text()).toContain(other)
    const { roles } = await json(await owner.open('/roles.json?domain=purchase'))
    expect(roles).toEqual(
      expect.arrayContaining([expect.objectContaining({ person: other, role: 'member' })]),
    )
  })

  test('is not seen and not given by members, strangers and clients that do not decide', async () => {
    const member = await somebody('mia')
    const person = await idOf(member)
    await post('/roles', env.OPERATOR_KEY, { person, domain: 'purchase', role: 'member' })
    const form_token = await member.formToken()
    const up = { form_token, act: 'role', person, domain: 'purchase', role: 'owner' }
    expect(await problemOf(await member.send('/account', up))).toEqual({ status: 403, code: 'owner_only' })
    expect((await member.open('/roles.json?domain=purchase')).status).toBe(403)
    expect((await visit().open('/roles.json?domain=purchase')).status).toBe(401)
    const key = await makeClient('purchase.app', 'consumer')
    const change = { person, domain: 'purchase', role: 'owner' }
    expect(await problemOf(await post('/roles', key, change))).toEqual({ status: 403, code: 'owner_only' })
  })

  test.each([
    ['of nobody', { person: 'x'.repeat(22) }, 404, 'person_unknown'],
    ['of a name', { person: 'alice' }, 400, 'body_malformed'],
    ['in no domain', { domain: '../x' }, 400, 'body_malformed'],
    ['of another kind', { role: 'admin' }, 400, 'body_malformed'],
  ])('%s', async (_, wrong, status, code) => {
    const change = { person: 'x'.repeat(22), domain: 'purchase', role: 'owner', ...wrong }
    expect(await problemOf(await post('/roles', env.OPERATOR_KEY, change))).toEqual({ status, code })
  })

  test.each([
    ['no key', null, 'client_key_missing'],
    ['an unknown key', createClientKey('live', 'purchase.app', new Uint8Array(32)), 'client_unknown'],
    ['half the operator’s key', env.OPERATOR_KEY.slice(0, 10), 'client_unknown'],
  ])('with %s', async (_, key, code) => {
    expect(await problemOf(await post('/roles', key, {}))).toEqual({ status: 401, code })
  })
})

describe('development sign-in', () => {
  test('offers the domains of the mesh, and says what it is', async () => {
    const page = await (await visit(localSite).open('/sign-in?return_to=/account')).text()
    expect(page).toContain('no password, only on this machine')
    expect(page).toContain('owner:purchase')
    expect(page).toContain('member:growth')
  })

  test('makes an owner, a member or somebody without a role', async () => {
    const rolesOf = async (who: string) => {
      const visitor = visit(localSite)
      await sayWho(visitor, who)
      expect(visitor.session()).toBeDefined()
      return json(await visitor.open('/account.json'))
    }
    expect(await rolesOf('owner:purchase')).toMatchObject({
      development: true,
      roles: [{ domain: 'purchase', role: 'owner' }],
    })
    expect(await rolesOf('member:growth')).toMatchObject({ roles: [{ domain: 'growth', role: 'member' }] })
    expect(await rolesOf('nobody')).toMatchObject({ roles: [] })
  })

  test('sets a cookie that works without HTTPS, and is of this port: two meshes do not sign each other’s people out', async () => {
    const visitor = visit(localSite)
    const answer = await visitor.send('/sign-in', { as: 'nobody' })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^meshloop-8787=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  test.each([
    ['https://catalog.shop.example', 'sign_in_unconfigured', 503],
    ['http://catalog.shop.example', 'sign_in_unconfigured', 503],
    ['http://127.0.0.1.evil.example', 'sign_in_unconfigured', 503],
  ])('is refused where the catalog is %s', async (ISSUER, code, status) => {
    const visitor = visit({ development: true, bindings: { ISSUER } })
    expect(await problemOf(await visitor.open('/sign-in'))).toEqual({ status, code })
    expect(await problemOf(await visitor.send('/sign-in', { as: 'nobody' }))).toEqual({ status, code })
  })

  test.each([
    ['a foreign page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page of another local program', { origin: 'http://127.0.0.1:9999', 'sec-fetch-site': 'same-site' }],
    ['nowhere', { origin: 'null' }],
  ])('is not sent from %s', async (_, headers) => {
    const visitor = visit(localSite)
    const answer = await visitor.send('/sign-in', { as: 'owner:purchase' }, headers)
    expect(await problemOf(answer)).toEqual({ status: 403, code: 'form_foreign' })
    expect(visitor.session()).toBeUndefined()
  })

  test.each(['', 'owner', 'owner:', 'admin:purchase', 'owner:Purchase', 'owner:a owner:b'])(
    'knows no %j',
    async (who) => {
      const answer = await visit(localSite).send('/sign-in', { as: who })
      expect(await problemOf(answer)).toEqual({ status: 400, code: 'body_malformed' })
    },
  )
})

test('a deployed catalog does nothing with a key of a local mesh', async () => {
  const local = (name: 'ISSUER_KEY' | 'DENIALS_KEY' | 'AUDIT_KEY') => ({
    [name]: JSON.stringify({ ...JSON.parse(env[name]), kid: 'local-x' }),
  })
  const status = async (bindings: object) => (await visit({ bindings }).open('/.well-known/jwks.json')).status
  expect(await status({ ENVIRONMENT: 'prod' })).toBe(200)
  for (const name of ['ISSUER_KEY', 'DENIALS_KEY', 'AUDIT_KEY'] as const) {
    expect(await status({ ENVIRONMENT: 'prod', ...local(name) })).toBe(503)
    expect(await status({ ENVIRONMENT: 'local', ...local(name) })).toBe(200)
  }
})
