/** A provider, or whoever stands between, that answers with something else than a good ID token: nobody is signed in by it. */
import { beforeAll, describe, expect, test } from 'vitest'
import { answer, migrate, problemOf } from './mesh.ts'
import { visit } from './visitor.ts'

const issuer = 'https://forger.example'
const clientSecret = 'a secret of at least thirty-two characters'
const site = {
  bindings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'catalog', OIDC_CLIENT_SECRET: clientSecret },
}

const description = {
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
}

let own: CryptoKeyPair
let foreign: CryptoKeyPair

const newKey = async (): Promise<CryptoKeyPair> =>
  // Asked for a pair, it makes one.
  (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair

beforeAll(async () => {
  await migrate()
  own = await newKey()
  foreign = await newKey()
  const jwk = await crypto.subtle.exportKey('jwk', own.publicKey)
  await answer(`${issuer}/jwks`, { keys: [Object.assign({}, jwk, { kid: 'own', alg: 'ES256', use: 'sig' })] })
})

const base64url = (data: string | ArrayBuffer): string =>
  (typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)).toBase64({
    alphabet: 'base64url',
    omitPadding: true,
  })

interface Forgery {
  readonly header?: object
  /** Over those of a good token; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly sign?: (data: Uint8Array) => Promise<ArrayBuffer>
  /** Changes the finished token. */
  readonly change?: (token: string) => string
  /** Over the provider's description of itself. */
  readonly description?: object
  /** Over the token endpoint's answer. */
  readonly tokens?: object
}

const signWith = (key: CryptoKey) => (data: Uint8Array) =>
  crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data)

const withSecret = async (data: Uint8Array) => {
  const secret = new TextEncoder().encode(clientSecret)
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return crypto.subtle.sign('HMAC', key, data)
}

async function idToken(nonce: string, { header, claims, sign, change = (same) => same }: Forgery) {
  const now = Math.floor(Date.now() / 1000)
  const good = { iss: issuer, aud: 'catalog', sub: 'alice', nonce, iat: now, exp: now + 300, name: 'Alice' }
  const parts = [
    { alg: 'ES256', kid: 'own', ...header },
    { ...good, ...claims },
  ]
  const data = parts.map((part) => base64url(JSON.stringify(part))).join('.')
  const signature = await (sign ?? signWith(own.privateKey))(new TextEncoder().encode(data))
  return change(`${data}.${base64url(signature)}`)
}

/** Signs in at the forger: the answer of the callback, and whether a session began. */
async function comeBack(forgery: Forgery) {
  await answer(`${issuer}/.well-known/openid-configuration`, { ...description, ...forgery.description })
  const visitor = visit(site)
  const begun = await visitor.open('/sign-in')
  const asked = new URL(begun.headers.get('location') ?? '').searchParams
  await answer(`${issuer}/token`, {
    access_token: 'x',
    token_type: 'Bearer',
    id_token: await idToken(asked.get('nonce') ?? '', forgery),
    ...forgery.tokens,
  })
  const response = await visitor.open(`/sign-in/callback?code=c&state=${asked.get('state')}`)
  return { response, visitor }
}

test('a good token signs in', async () => {
  const { response, visitor } = await comeBack({})
  expect(response.status).toBe(303)
  expect(await (await visitor.open('/account.json')).json()).toMatchObject({ name: 'Alice' })
})

test('a name hides nothing, and becomes no markup', async () => {
  const { visitor } = await comeBack({ claims: { name: ' <b>Eve\u202e</b> ' + 'x'.repeat(200) } })
  const page = await (await visitor.open('/account')).text()
  expect(page).toContain('&lt;b&gt;Eve\ufffd&lt;/b&gt; xxx')
  expect(page).not.toContain('x'.repeat(100))
})

const hourAgo = Math.floor(Date.now() / 1000) - 3600

describe('a token is refused', () => {
  test.each<[string, Forgery]>([
    ['of another issuer', { claims: { iss: 'https://login.example' } }],
    ['of no issuer', { claims: { iss: undefined } }],
    ['for somebody else', { claims: { aud: 'other' } }],
    ['for several, bought by another', { claims: { aud: ['catalog', 'other'], azp: 'other' } }],
    ['of another attempt', { claims: { nonce: 'x' } }],
    ['of no attempt', { claims: { nonce: undefined } }],
    ['that is over', { claims: { iat: hourAgo - 300, exp: hourAgo } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['without a signature', { header: { alg: 'none' }, change: (token) => token.replace(/[^.]*$/, '') }],
    ['signed with the shared secret', { header: { alg: 'HS256' }, sign: withSecret }],
    ['that calls another algorithm its own', { header: { alg: 'RS256' } }],
    ['of a key that is not published', { sign: (data) => signWith(foreign.privateKey)(data) }],
    ['of a key with another name', { header: { kid: 'other' } }],
    ['with a changed signature', { change: (token) => `${token.slice(0, -4)}AAAA` }],
    ['with critical headers', { header: { crit: ['x'], x: 1 } }],
    ['that is none', { change: () => 'x.y' }],
  ])('%s', async (_, forgery) => {
    const { response, visitor } = await comeBack(forgery)
    expect(await problemOf(response)).toEqual({ status: 400, code: 'sign_in_failed' })
    expect(visitor.session()).toBeUndefined()
  })

  test('that is missing', async () => {
    const { response } = await comeBack({ tokens: { id_token: undefined } })
    expect(await problemOf(response)).toEqual({ status: 400, code: 'sign_in_failed' })
  })
})

describe('a provider cannot be used', () => {
  test.each<[string, object]>([
    [
      'that sends people to an address without HTTPS',
      { authorization_endpoint: 'http://forger.example/auth' },
    ],
    ['that sends people to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['that sends people nowhere', { authorization_endpoint: undefined }],
    ['that calls itself something else', { issuer: 'https://login.example' }],
    ['that signs with nothing that counts', { id_token_signing_alg_values_supported: ['HS256', 'none'] }],
    ['that says nonsense', { id_token_signing_alg_values_supported: { 0: 'ES256' } }],
  ])('%s', async (_, change) => {
    await answer(`${issuer}/.well-known/openid-configuration`, { ...description, ...change })
    expect(await problemOf(await visit(site).open('/sign-in'))).toEqual({
      status: 502,
      code: 'provider_unavailable',
    })
  })

  test.each([
    ['without HTTPS', 'http://forger.example/token', 400],
    ['that moved', `${issuer}/moved`, 400],
    ['that sends too much', `${issuer}/huge`, 502],
    ['that is away', `${issuer}/away`, 502],
  ])('with a token endpoint %s', async (_, token_endpoint, status) => {
    const { response, visitor } = await comeBack({ description: { token_endpoint } })
    expect(response.status).toBe(status)
    expect(visitor.session()).toBeUndefined()
  })

  test('with keys from an address without HTTPS', async () => {
    const { response } = await comeBack({ description: { jwks_uri: 'http://forger.example/jwks' } })
    expect(await problemOf(response)).toEqual({ status: 400, code: 'sign_in_failed' })
  })
})
