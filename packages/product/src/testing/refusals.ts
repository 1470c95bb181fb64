/** Bad requests get a problem document with the right status and a stable code, never an inside. */
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

/** What is refused, with which status and code, and the request. */
type Case = readonly [what: string, status: number, code: string, request: () => Promise<Response>]

/** Bad tokens and bad reading requests, which every product refuses. */
export function refusalsSuite({ contract, bench, fill }: Subject): void {
  const bearer = bearerOf(bench)
  const past = Math.floor(Date.now() / 1000) - 10_000
  const time = contract.eventTime

  const cases: Case[] = [
    ['no token', 401, 'token_missing', () => bench().call('/records', { headers: { authorization: '' } })],
    [
      'a token that is none',
      401,
      'token_invalid',
      () => bench().call('/records', { headers: { authorization: 'Bearer x.y.z' } }),
    ],
    [
      'an expired token',
      401,
      'token_expired',
      async () => bench().call('/records', await bearer('read', { iat: past, exp: past + 600 })),
    ],
    [
      'a token for another product',
      401,
      'token_invalid',
      async () =>
        bench().call('/records', await bearer('read', { aud: 'https://data.test/other/product/v1' })),
    ],
    [
      'a source’s token on a read',
      403,
      'scope_missing',
      async () => bench().call('/records', await bearer('ingest')),
    ],
    ['an unknown parameter', 400, 'parameter_unknown', () => bench().call('/records?colour=red')],
    ['an unknown operator', 400, 'parameter_unknown', () => bench().call(`/records?${time}[like]=x`)],
    ['a wrong value', 400, 'parameter_invalid', () => bench().call(`/records?${time}[gte]=yesterday`)],
    ['a parameter twice', 400, 'parameter_invalid', () => bench().call('/records?limit=1&limit=2')],
    ['a limit over the limit', 400, 'parameter_invalid', () => bench().call('/records?limit=1001')],
    ['an unknown sort', 400, 'parameter_invalid', () => bench().call('/records?sort=colour')],
    ['a cursor that is none', 400, 'cursor_invalid', () => bench().call('/records?cursor=abc')],
    ['an unknown measure', 400, 'parameter_invalid', () => bench().call('/aggregate?measures=colour')],
    ['a cursor of groups that is none', 400, 'cursor_invalid', () => bench().call('/aggregate?cursor=abc')],
    ['a feed’s cursor that is none', 400, 'cursor_invalid', () => bench().call('/changes?after=abc')],
    ['data older than asked for', 503, 'stale', () => bench().call('/records?max_staleness=PT1S')],
    ['an unknown format', 400, 'parameter_invalid', () => bench().call('/contract?format=xml')],
    ['an unknown address', 404, 'not_found', () => bench().call('/nothing')],
    ['a slash too many', 404, 'not_found', () => bench().call('/records/')],
    ['an unknown method', 405, 'method_not_allowed', () => bench().call('/records', { method: 'DELETE' })],
    ...['/status', '/openapi.json', '/docs', '/contract'].map((path): Case => {
      const request = () => bench().call(`${path}?colour=red`)
      return [`a parameter of ${path}`, 400, 'parameter_unknown', request]
    }),
    ...['/status', '/aggregate', '/changes', '/openapi.json', '/docs', '/contract'].map((path): Case => {
      const request = () => bench().call(path, { headers: { accept: 'image/png, application/*;q=0' } })
      return [`media types that ${path} has not`, 406, 'not_acceptable', request]
    }),
  ]

  describe('refusals', () => {
    it.each(cases)('%s: %i %s', refuses)

    it.each(['/records?cursor=abc', '/changes?after=abc'])(
      '%s is told which parameter it is',
      async (path) => {
        const { errors } = await (await bench().call(path)).json<{ errors: object[] }>()
        expect(errors).toMatchObject([{ parameter: path.replace(/^.*\?|=.*$/g, '') }])
      },
    )

    it('thousands of unknown parameters are not each told what is allowed', async () => {
      const query = Array.from({ length: 2_000 }, (_, n) => `x${n}=`).join('&')
      const { detail, errors } = await (
        await bench().call(`/records?${query}`)
      ).json<{ detail: string; errors: object[] }>()
      expect(errors).toHaveLength(10)
      expect(detail).toMatch(/^Unknown: x0, .* and 1990 more; allowed are /)
    })

    it('a time whose plus sign came as a blank says how it is written', async () => {
      const path = `/records?${time}[gte]=2026-11-01T02:00:00+02:00`
      const { errors } = await (await bench().call(path)).json<{ errors: object[] }>()
      expect(errors).toEqual([{ parameter: `${time}[gte]`, detail: expect.stringContaining('write %2B') }])
    })

    it('another method names those that there are; HEAD is answered as GET, OPTIONS without a token', async () => {
      const call = (method: string, headers = {}) => bench().call('/records', { method, headers })
      expect((await call('PUT')).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
      const options = await call('OPTIONS', { authorization: '' })
      expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
      const [head, got] = [await call('HEAD'), await call('GET')]
      expect([head.status, await head.text()]).toEqual([200, ''])
      expect(head.headers.get('etag')).toBe(got.headers.get('etag'))
      expect((await bench().call('/nothing', { method: 'OPTIONS' })).status).toBe(404)
    })

    it('a cursor of another query', async () => {
      await fill([
        { n: 1, revision: 0 },
        { n: 2, revision: 0 },
      ])
      const { next_cursor } = await bench().json<{ next_cursor: string }>('/records?limit=1')
      const response = await bench().call(`/records?limit=1&sort=-${time}&cursor=${next_cursor}`)
      expect(await response.json()).toMatchObject({ code: 'cursor_invalid' })
    })
  })
}

/** Bad requests to the ingest port, which products with sources have. */
export function ingestRefusalsSuite({ record, bench }: Subject): void {
  const bearer = bearerOf(bench)
  const ingest = async (init: RequestInit, headers: Record<string, string> = {}) =>
    bench().call('/ingest', {
      method: 'POST',
      ...init,
      headers: {
        authorization: `Bearer ${await bench().token('ingest')}`,
        'content-type': 'application/json',
        ...headers,
      },
    })

  const cases: Case[] = [
    [
      'no token for ingest',
      401,
      'token_missing',
      () => ingest({ body: '{"rows":[]}' }, { authorization: '' }),
    ],
    [
      'a consumer’s token on ingest',
      403,
      'scope_missing',
      async () => ingest({ body: '{"rows":[]}' }, (await bearer('read')).headers),
    ],
    [
      'a source of another product',
      403,
      'source_unknown',
      async () => bench().send([record(1, 0)], { source: 'stranger' }),
    ],
    ['malformed JSON', 400, 'body_malformed', () => ingest({ body: '{"rows":[' })],
    ['another shape', 400, 'body_malformed', () => ingest({ body: '[]' })],
    [
      'an NDJSON line that is none',
      400,
      'body_malformed',
      () => ingest({ body: '{}\nno\n' }, { 'content-type': 'application/x-ndjson' }),
    ],
    [
      'nesting without end',
      400,
      'body_malformed',
      () => ingest({ body: `{"rows":${'['.repeat(200_000)}${']'.repeat(200_000)}}` }),
    ],
    [
      'bytes that are not UTF-8',
      400,
      'body_malformed',
      () => ingest({ body: new Uint8Array([0x7b, 0xff, 0x7d]) }),
    ],
    [
      'a body over the limit',
      413,
      'body_too_large',
      () => ingest({ body: `{"rows":["${'x'.repeat(4_000_001)}"]}` }),
    ],
    ['another media type', 415, 'media_type', () => ingest({ body: 'a,b' }, { 'content-type': 'text/csv' })],
    [
      'a claim that is no time',
      400,
      'parameter_invalid',
      () => ingest({ body: '{"rows":[],"complete_up_to":"soon"}' }),
    ],
    [
      'a claim about the future',
      400,
      'claim_ahead',
      () => ingest({ body: '{"rows":[],"complete_up_to":"2999-01-01T00:00:00.000Z"}' }),
    ],
  ]

  describe('refusals of ingest', () => {
    it.each(cases)('%s: %i %s', refuses)
  })
}

const bearerOf =
  (bench: Subject['bench']) =>
  async (...call: Parameters<ReturnType<Subject['bench']>['token']>) => ({
    headers: { authorization: `Bearer ${await bench().token(...call)}` },
  })

async function refuses(...[, status, code, request]: Case): Promise<void> {
  const response = await request()
  const problem = await response.json()
  expect(problem).toMatchObject({
    status,
    code,
    type: `https://catalog.test/problems/${code}`,
    title: expect.any(String),
    detail: expect.any(String),
  })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(JSON.stringify(problem)).not.toMatch(/sqlite|D1_ERROR|SELECT|\.ts:/i)
}
