/** People sign in with a real provider; every way to come back that is not the one that began is refused. */
import { beforeAll, describe, expect, test } from 'vitest'
import { env, migrate, problemOf } from './mesh.ts'
import { passProvider, signIn, visit } from './visitor.ts'

beforeAll(migrate)

const json = (response: Response) => response.json<Record<string, unknown>>()

/** Begins to sign in, and passes the provider: the address that leads back. */
async function cameBack(visitor = visit(), returnTo = '/account') {
  const begun = await visitor.open(`/sign-in?return_to=${encodeURIComponent(returnTo)}`)
  return passProvider(visitor, begun.headers.get('location') ?? '', 'alice')
}

describe('signing in', () => {
  test('leads to the provider, back, and to the page that was asked for', async () => {
    const visitor = visit()
    const begun = await visitor.open('/sign-in?return_to=%2Faccount%3Fx%3D1')
    expect(begun.status).toBe(303)
    const asked = new URL(begun.headers.get('location') ?? '')
    expect(asked.origin).toBe('https://login.example')
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: 'https://mesh.example/sign-in/callback',
      code_challenge_method: 'S256',
    })
    const done = await visitor.open(await passProvider(visitor, asked.href, 'alice'))
    expect(done.status).toBe(303)
    expect(done.headers.get('location')).toBe('https://mesh.example/account?x=1')
    const account = await visitor.open('/account.json')
    expect(account.headers.get('cache-control')).toBe('private, no-store')
    expect(await json(account)).toMatchObject({ name: 'alice of Purchase', roles: [], development: false })
  })

  test('makes the same person each time, and another one for another subject', async () => {
    const idOf = async (name: string) => {
      const visitor = visit()
      await signIn(visitor, name)
      return (await json(await visitor.open('/account.json')))['id']
    }
    const alice = await idOf('alice')
    expect(alice).toMatch(/^[\w-]{22}$/)
    expect(await idOf('alice')).toBe(alice)
    expect(await idOf('bob')).not.toBe(alice)
  })

  test('is written into the audit log, without the name', async () => {
    await signIn(visit(), 'carol')
    const entry = await env.DB.prepare('SELECT what, by, about FROM audit ORDER BY seq DESC LIMIT 1').first()
    expect(entry).toMatchObject({ what: 'person.signed_in', about: '{"issuer":"https://login.example"}' })
    expect(JSON.stringify(entry)).not.toContain('carol')
  })

  test('keeps the cookie from scripts, other sites and other hosts', async () => {
    const [line] = (await signIn(visit(), 'alice')).headers
      .getSetCookie()
      .filter((each) => each.includes('__Host-meshloop='))
    expect(line).toMatch(
      /^__Host-meshloop=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  test('begins under a new secret, and ends what a planted one stood for', async () => {
    const thief = visit()
    await signIn(thief, 'mallory')
    const planted = thief.session() ?? ''
    const victim = visit()
    victim.cookies.set('mesh.example', new Map([['__Host-meshloop', planted]]))
    await signIn(victim, 'alice')
    expect(victim.session()).not.toBe(planted)
    expect(await json(await victim.open('/account.json'))).toMatchObject({ name: 'alice of Purchase' })
    expect((await thief.open('/account.json')).status).toBe(401)
  })

  test('that somebody broke off at the provider says so', async () => {
    const visitor = visit()
    const begun = await visitor.open('/sign-in')
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const query = new URLSearchParams({
      state,
      error: 'access_denied',
      iss: 'https://login.example',
      error_description: 'Call 555',
    })
    const response = await visitor.open(`/sign-in/callback?${query}`)
    const { detail, code } = await json(response)
    expect(code).toBe('sign_in_failed')
    expect(detail).toContain('access_denied')
    expect(detail).not.toContain('555')
  })
})

describe('coming back', () => {
  test.each<[string, (back: URL) => void]>([
    ['another state', (back) => back.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (back) => back.searchParams.delete('state')],
    ['two states', (back) => back.searchParams.append('state', 'x')],
    ['another code', (back) => back.searchParams.set('code', 'x'.repeat(43))],
    ['no code', (back) => back.searchParams.delete('code')],
    ['from another provider', (back) => back.searchParams.set('iss', 'https://forger.example')],
    ['from no provider', (back) => back.searchParams.delete('iss')],
  ])('with %s', async (_, tamper) => {
    const visitor = visit()
    const back = new URL(await cameBack(visitor))
    tamper(back)
    expect(await problemOf(await visitor.open(back.href))).toEqual({ status: 400, code: 'sign_in_failed' })
    expect(visitor.session()).toBeUndefined()
  })

  test('in a browser that did not begin: nobody is signed in as somebody else', async () => {
    const back = await cameBack()
    const victim = visit()
    expect(await problemOf(await victim.open(back))).toEqual({ status: 400, code: 'sign_in_failed' })
    await victim.open('/sign-in')
    expect(await problemOf(await victim.open(back))).toEqual({ status: 400, code: 'sign_in_failed' })
    expect(victim.session()).toBeUndefined()
  })

  test('a second time, even with the cookie of the first', async () => {
    const visitor = visit()
    const back = await cameBack(visitor)
    const cookie = [...(visitor.cookies.get('mesh.example') ?? [])].map((pair) => pair.join('=')).join('; ')
    expect((await visitor.open(back)).status).toBe(303)
    expect(await problemOf(await visit().open(back))).toMatchObject({ code: 'sign_in_failed' })
    expect(await problemOf(await visit().open(back, { headers: { cookie } }))).toMatchObject({
      code: 'sign_in_failed',
    })
  })

  test('with a cookie that was changed to lead elsewhere', async () => {
    const visitor = visit()
    const back = await cameBack(visitor)
    const jar = visitor.cookies.get('mesh.example')
    const value = decodeURIComponent(jar?.get('__Host-meshloop-sign-in') ?? '')
    jar?.set('__Host-meshloop-sign-in', encodeURIComponent(value.replace('/account', '/policies')))
    expect(await problemOf(await visitor.open(back))).toMatchObject({ code: 'sign_in_failed' })
  })

  test('later than ten minutes', async () => {
    let now = Date.now()
    const visitor = visit({ now: () => now })
    const back = await cameBack(visitor)
    now += 10 * 60_000 + 2_000
    expect(await problemOf(await visitor.open(back))).toMatchObject({ code: 'sign_in_failed' })
  })
})

describe('the provider', () => {
  test.each([
    ['none', { OIDC_ISSUER: '' }, 503, 'sign_in_unconfigured'],
    ['no URL', { OIDC_ISSUER: 'login' }, 503, 'sign_in_unconfigured'],
    ['without HTTPS', { OIDC_ISSUER: 'http://login.example' }, 503, 'sign_in_unconfigured'],
    ['without a secret', { OIDC_CLIENT_SECRET: '' }, 503, 'sign_in_unconfigured'],
    ['not there', { OIDC_ISSUER: 'https://forger.example/away' }, 502, 'provider_unavailable'],
    ['another than it says', { OIDC_ISSUER: 'https://login.example/other' }, 502, 'provider_unavailable'],
  ])('%s', async (_, bindings, status, code) => {
    const visitor = visit({ bindings })
    expect(await problemOf(await visitor.open('/sign-in'))).toEqual({ status, code })
    const page = await visitor.open('/sign-in', { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('How to go on')
  })

  test('that does not know the catalog', async () => {
    const visitor = visit({ bindings: { OIDC_CLIENT_SECRET: 'another' } })
    const response = await visitor.open(await cameBack(visitor))
    expect(await json(response)).toMatchObject({
      code: 'sign_in_failed',
      detail: expect.stringContaining('OIDC_CLIENT_SECRET'),
    })
  })
})
