/** Part of the product suite: the access matrix. Every route of the Worker, with every kind of bad and unfit credential. */
import { viewOf, type AccessClaims, type Scope } from '@meshloop/access/claims'
import { createClientKey, generatePrivateJwk, signAccessToken } from '@meshloop/access/issue'
import { majorOf } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

/** Who a route is for: everybody, whoever has a token with one of these scopes, or nobody at all. */
type Audience = 'everybody' | 'nobody' | readonly Scope[]

/** Routes of products by method and path below the base path, `{key}` for the key's parts. A route that is missing here fails. */
const audiences: Readonly<Record<string, Audience>> = {
  'GET /': 'everybody',
  'GET /contract': 'everybody',
  'GET /openapi.json': 'everybody',
  'GET /docs': 'everybody',
  'GET /docs/console.css': 'everybody',
  'GET /docs/console.js': 'everybody',
  'GET /records': ['read'],
  'GET /records/{key}': ['read'],
  'GET /aggregate': ['read', 'aggregate'],
  'GET /changes': ['read'],
  'GET /exports': ['read'],
  'GET /exports/jwks.json': 'everybody',
  'GET /exports/{id}': ['read'],
  'GET /exports/{id}/{file}': ['read'],
  'GET /status': ['read', 'aggregate', 'check'],
  'POST /ingest': ['ingest'],
  'GET /ingest/quarantine': ['ingest', 'check'],
  'POST /ingest/quarantine/replay': ['ingest'],
  'POST /ingest/quarantine/letters': ['ingest'],
  'POST /ingest/quarantine/discard': ['ingest'],
  // Of an older major: rows go to the newest.
  'ALL /ingest': 'nobody',
  'ALL /ingest/quarantine': 'nobody',
  'GET /usage/own': ['read', 'aggregate'],
  'POST /quality': ['check'],
  'GET /usage': ['check'],
  'POST /run': ['run'],
  'POST /flags/prepare': ['flags'],
  'POST /flags/commit': ['flags'],
  'GET /flags/log': ['flags'],
}

const scopes: readonly Scope[] = ['read', 'aggregate', 'ingest', 'run', 'check', 'flags']
const base64url = { alphabet: 'base64url' } as const
const past = Math.floor(Date.now() / 1000) - 10_000

/** Credentials that open nothing, and the code of the refusal. */
type Bad = readonly [what: string, code: string, credential: (scope: Scope) => string | Promise<string>]

/** The matrix of a product or of one of its older majors. */
export function accessSuite({ worker, contract, bench }: Subject): void {
  const { id } = contract
  const major = majorOf(contract)
  const prefix = `${baseOf(id)}/v${major}`
  const routes = worker.routes
    .filter(({ path }) => isBelow(path, prefix))
    .map(({ method, path }) => nameOf(method, path.slice(prefix.length)))
  const token = async (scope: Scope, more: Partial<AccessClaims> = {}) =>
    `Bearer ${await bench().token(scope, more)}`
  const call = (route: string, authorization: string) => {
    const [method = '', path = ''] = route.split(' ')
    return bench().call(path.replace(/^\/$/, '').replace('{key}', contract.key.map(() => 'none').join('/')), {
      method: method === 'ALL' ? 'POST' : method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: 'null' }),
    })
  }

  const bad: readonly Bad[] = [
    ['no token', 'token_missing', () => ''],
    ['an expired one', 'token_expired', (scope) => token(scope, { iat: past, exp: past + 600 })],
    ['one that lives too long', 'token_invalid', (scope) => token(scope, { exp: past + 20_000 })],
    [
      'another audience',
      'token_invalid',
      (scope) => token(scope, { aud: 'https://elsewhere.test' + prefix }),
    ],
    ['another product', 'token_invalid', (scope) => token(scope, { product: 'other.product' })],
    ['another major', 'token_invalid', (scope) => token(scope, { major: major + 1 })],
    ['another mesh', 'token_invalid', (scope) => token(scope, { iss: 'http://127.0.0.1:8787' })],
    ['a foreign key', 'token_invalid', async (scope) => signedBy('test', await claims(scope))],
    [
      'a foreign key of its own name',
      'token_invalid',
      async (scope) => signedBy('mine', await claims(scope)),
    ],
    ['alg none', 'token_invalid', async (scope) => unsigned(await claims(scope))],
    ['a client key', 'token_invalid', () => `Bearer ${createClientKey('local', 'a.b', new Uint8Array(32))}`],
    ['another scheme', 'token_invalid', async (scope) => (await token(scope)).replace('Bearer', 'Basic')],
    ['a revoked grant', 'token_revoked', (scope) => token(scope, { grant: { id: 'revoked', version: 1 } })],
    ['a revoked key', 'token_revoked', (scope) => token(scope, { keys: ['revoked'] })],
  ]

  async function claims(scope: Scope): Promise<AccessClaims> {
    const [, payload = ''] = (await bench().token(scope)).split('.')
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(payload, base64url))) as AccessClaims // made by the bench
  }

  describe('access', () => {
    it('every route has an expectation', () => {
      // At the root of its host there is only what RFC 9728 puts there, for everybody.
      const elsewhere = worker.routes.flatMap(({ path }) => (isBelow(path, baseOf(id)) ? [] : [path]))
      expect(elsewhere.filter((path) => !path.startsWith('/.well-known/oauth-protected-resource/'))).toEqual(
        [],
      )
      expect(routes.filter((route) => !Object.hasOwn(audiences, route))).toEqual([])
      expect(routes.length).toBeGreaterThan(9)
    })

    it.each(routes)('%s', async (route) => {
      const audience = audiences[route] ?? 'nobody'
      if (typeof audience === 'string') {
        const answer = await call(route, '')
        expect([401, 403].includes(answer.status), String(answer.status)).toBe(false)
        expect(answer.ok || answer.status === 302).toBe(audience === 'everybody')
        return
      }
      const [scope = 'read'] = audience
      for (const [what, code, credential] of bad)
        expect(await refusal(await call(route, await credential(scope))), what).toEqual([401, code])
      for (const other of scopes) {
        const [status, code] = await refusal(await call(route, await token(other)))
        if (audience.includes(other)) expect([401, 403], `${other}: ${code}`).not.toContain(status)
        else expect([other, status, code]).toEqual([other, 403, 'scope_missing'])
      }
    })

    it('a view of nothing that is there shows nothing', async () => {
      const time = contract.eventTime
      const rows = [{ field: time, op: 'lt', value: '1970-01-01T00:00:00.000Z' } as const]
      const view = await viewOf({ columns: null, rows })
      expect(await refusal(await call('GET /records', await token('read', { view })))).toEqual([
        200,
        undefined,
      ])
      expect(await refusal(await call('GET /changes', await token('read', { view })))).toEqual([
        403,
        'rows_restricted',
      ])
    })
  })
}

const baseOf = (id: string): string => `/${id.replace('.', '/')}`

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`)

/** `/records/:k0/:k1` is `/records/{key}` whatever its parts; what catches the rest is no route. */
const nameOf = (method: string, path: string): string =>
  `${method} ${path === '' ? '/' : path.replace(/\/:k0.*$/, '/{key}').replaceAll(/:(\w+)/g, '{$1}')}`

async function refusal(response: Response): Promise<[status: number, code: string | undefined]> {
  const text = await response.text()
  const isProblem = response.headers.get('content-type') === 'application/problem+json'
  return [response.status, isProblem ? (JSON.parse(text) as { code: string }).code : undefined]
}

async function signedBy(kid: string, claims: AccessClaims): Promise<string> {
  return `Bearer ${await signAccessToken(await generatePrivateJwk(kid), claims)}`
}

function unsigned(claims: AccessClaims): string {
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ ...base64url, omitPadding: true })
  return `Bearer ${part({ alg: 'none', typ: 'at+jwt', kid: 'test' })}.${part(claims)}.`
}
