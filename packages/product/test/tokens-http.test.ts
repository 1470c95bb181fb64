/** Tokens at a product over HTTP: taken back, while nobody knows what was taken back, and where new ones come from. */
import { viewOf, type AccessClaims, type Scope } from '@meshloop/access/claims'
import { defineProduct, id, text, time, type Contract } from '@meshloop/contract'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { makeTables } from './make-tables.ts'

const people = defineProduct({
  id: 'a.people',
  version: '2.0.0',
  title: 'People',
  purpose: 'Tests',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    key: id('Key'),
    at: time('When'),
    city: text('City'),
    mail: text('Mail', { class: 'personal' }),
    faith: text('Faith', { class: 'sensitive' }),
  },
  key: ['key'],
  eventTime: 'at',
  indexes: ['mail'],
  dimensions: ['city'],
  measures: { people: { means: 'People', count: true } },
  freshness: 'PT5M',
  retention: 'P365D',
})
const older: Contract = { ...people, version: '1.0.0', projects: { major: 2, fields: {} } }
const worker = serve({ contract: people, older: [older] })
const minute = 60_000

let bench: Bench
beforeAll(async () => {
  bench = await setUp(worker, people)
  await makeTables(bench.env.DB, worker.tables)
})
afterEach(() => void vi.useRealTimers())

const call = async (path: string, scope: Scope, more: Partial<AccessClaims> = {}, init: RequestInit = {}) =>
  bench.call(path, { ...init, headers: { authorization: `Bearer ${await bench.token(scope, more)}` } })
const viewing = async (...columns: string[]) => ({ view: await viewOf({ columns, rows: [] }) })

describe('a challenge names where tokens for the product come from', () => {
  const metadata = 'https://data.test/.well-known/oauth-protected-resource/a/people/v2'
  it.each<[number, string, Partial<AccessClaims>, string]>([
    [401, 'token_revoked', { grant: { id: 'revoked', version: 1 } }, 'error="invalid_token"'],
    [401, 'token_revoked', { keys: ['revoked'] }, 'error="invalid_token"'],
    [401, 'token_invalid', { aud: 'https://other.test/a/people/v2' }, 'error="invalid_token"'],
    [403, 'scope_missing', { scope: 'aggregate' }, 'error="insufficient_scope"'],
  ])('%i %s', async (status, code, more, error) => {
    const response = await call('/records', 'read', more)
    expect([response.status, await response.json()]).toMatchObject([status, { code }])
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain(`resource_metadata="${metadata}"`)
    expect(challenge).toContain(error)
  })

  it('of its own major, and the metadata is there (RFC 9728)', async () => {
    for (const major of [1, 2]) {
      const url = `https://data.test/a/people/v${major}`
      const get = (address: string) => worker.fetch(new Request(address), bench.env, {} as ExecutionContext) // nothing goes on after these answers
      const challenge = (await get(`${url}/records`)).headers.get('www-authenticate')
      const address = /resource_metadata="([^"]+)"/.exec(challenge ?? '')?.[1]
      expect(address).toBe(metadata.replace('v2', `v${major}`))
      expect(await (await get(address ?? '')).json()).toEqual({
        resource: url,
        authorization_servers: ['https://catalog.test'],
        scopes_supported: major === 2 ? ['read', 'aggregate', 'ingest'] : ['read', 'aggregate'],
        bearer_methods_supported: ['header'],
        resource_name: 'People',
        resource_documentation: `${url}/docs`,
      })
    }
  })
})

it('what is no address of the product is a problem too, also beside its paths', async () => {
  for (const path of [
    '/a/people/v2/nothing',
    '/.well-known/oauth-protected-resource/a/people/v7',
    '/elsewhere',
  ]) {
    const answer = await worker.fetch(
      new Request(`https://data.test${path}`),
      bench.env,
      {} as ExecutionContext, // nothing goes on after this answer
    )
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }])
  }
})

describe('while nobody knows which tokens were taken back', () => {
  /** The tests' issuer signs by a clock of its own: to the product its list stands still. */
  const freeze = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })

  it('all is served up to five minutes', async () => {
    freeze(4 * minute)
    expect((await call('/records', 'read')).status).toBe(200)
  })

  it.each(['/records', '/records/none', '/aggregate', '/changes'])(
    'personal and sensitive fields are not: %s',
    async (path) => {
      freeze(6 * minute)
      for (const view of [{}, await viewing('key', 'mail'), await viewing('key', 'faith')]) {
        const response = await call(path, 'read', view)
        expect([response.status, await response.json()]).toMatchObject([503, { code: 'revocations_unknown' }])
        expect(response.headers.get('retry-after')).toBe('30')
      }
    },
  )

  it('nor are rows that were chosen by one', async () => {
    freeze(6 * minute)
    const rows = [{ field: 'mail', op: 'eq', value: 'a@b.example' } as const]
    const view = await viewOf({ columns: ['key', 'city'], rows })
    expect((await call('/records', 'read', { view })).status).toBe(503)
  })

  it('the rest is', async () => {
    freeze(6 * minute)
    const view = await viewing('key', 'at', 'city')
    for (const path of ['/records', '/aggregate', '/changes', '/status'])
      expect([path, (await call(path, 'read', view)).status]).toEqual([path, 200])
    expect((await call('/status', 'check')).status).toBe(200)
    expect((await call('/quality', 'check', {}, { method: 'POST' })).status).toBe(200)
    const row = { key: 'k', at: '2026-01-01T00:00:00.000Z', city: 'c', mail: 'm', faith: 'f' }
    expect(await (await bench.send([row])).json()).toMatchObject({ accepted: 1 })
  })

  it('what is known to be taken back stays so', async () => {
    const grant = { id: 'revoked', version: 1 }
    expect((await call('/records', 'read', { grant, ...(await viewing('key')) })).status).toBe(401)
    freeze(6 * minute)
    expect((await call('/records', 'read', { grant, ...(await viewing('key')) })).status).toBe(401)
  })
})
