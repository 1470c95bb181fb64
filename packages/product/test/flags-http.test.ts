/** The flags port over HTTP: who may call it, with what, and what a Worker needs to have one. */
import { headFingerprint } from '@meshloop/flags/sign'
import { defineProduct, id, time } from '@meshloop/contract'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { options, recreate, score, scores } from './flag-set.ts'

const worker = serve({ contract: scores, flags: options })
let bench: Bench
beforeAll(async () => {
  bench = await setUp(worker, scores)
})
beforeEach(() => recreate(bench.env.DB))

const post = async (path: string, body: unknown, scope: 'flags' | 'run' = 'flags') =>
  bench.call(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${await bench.token(scope)}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const verdict = () => ({ open: true, breaches: [], judged_at: new Date().toISOString() })
const problemOf = async (response: Response) => [
  response.status,
  (await response.json<{ code: string }>()).code,
]

describe('the flags port', () => {
  it('is prepared, committed and looked up', async () => {
    await bench.send([score('x', 1, 7)])
    const prepared = await (
      await post('/flags/prepare', {})
    ).json<{
      aud: string
      fence: number
      log_empty: boolean
      pages: { name: string }[]
      more: boolean
    }>()
    expect(prepared).toMatchObject({ aud: 'test/a.scores/v1/door', fence: 1, log_empty: true, more: false })
    const acknowledged = prepared.pages.map(({ name }) => name)
    const committed = await (
      await post('/flags/commit', { fence: 1, acknowledged, verdict: verdict() })
    ).json<{ head: { value: string; epoch: number } }>()
    expect(committed).toMatchObject({ is_new: true, pending: 0, head: { pages: 1, entries: 1, as_of: null } })
    const log = await bench.call('/flags/log', {
      headers: { authorization: `Bearer ${await bench.token('flags')}` },
    })
    const { epoch, value } = committed.head
    const fingerprint = await headFingerprint(Uint8Array.fromBase64(value))
    expect(await log.json()).toMatchObject({ heads: [{ epoch, fingerprint, expires: epoch + 3_600_000 }] })
  })

  it.each([
    ['/flags/prepare', '[]', 400, 'body_malformed'],
    ['/flags/prepare', '{', 400, 'body_malformed'],
    ['/flags/prepare', { fence: 1, acknowledged: ['short'] }, 400, 'body_malformed'],
    ['/flags/prepare', { fence: 7 }, 409, 'run_conflict'],
    ['/flags/commit', {}, 400, 'body_malformed'],
    ['/flags/commit', { fence: 1, verdict: { ...verdict(), judged_at: 'now' } }, 400, 'body_malformed'],
    ['/flags/commit', { fence: 7, verdict: verdict() }, 409, 'run_conflict'],
  ])('%s refuses %j', async (path, body, status, code) => {
    expect(await problemOf(await post(path, body))).toEqual([status, code])
  })

  it.each(['/flags/prepare', '/flags/commit'])('%s is for the scope flags alone', async (path) => {
    expect(await problemOf(await post(path, {}, 'run'))).toEqual([403, 'scope_missing'])
  })

  it.each([{ FLAGS_SECRET: '' }, { FLAGS_KEY: '{}' }, { FLAGS_SECRET: 'short' }, { ENVIRONMENT: '' }])(
    'says what is wrong with %j, and no secret',
    async (change) => {
      const own = serve({ contract: scores, flags: options })
      const response = await own.fetch(
        new Request(`${bench.env.BASE_URL}/flags/prepare`, {
          method: 'POST',
          headers: { authorization: `Bearer ${await bench.token('flags')}` },
          body: '{}',
        }),
        { ...bench.env, ...change },
        {} as ExecutionContext,
      )
      expect(await problemOf(response)).toEqual([500, 'flags_unconfigured'])
    },
  )
})

describe('serve', () => {
  const { flags: _flags, reintegration: _reintegration, ...plain } = scores
  const visits = defineProduct({
    id: 'a.visits',
    version: '1.0.0',
    title: 'T',
    purpose: 'p',
    owner: { team: 't', support: 's@t.example' },
    freshness: 'PT5M',
    fields: { who: id('Person'), visit: id('Visit'), at: time('When') },
    key: ['visit'],
    eventTime: 'at',
    flags: { set: 'door', subject: 'who' },
    reintegration: { decided_by: 'a', why: 'b', risk: 'c', review_by: '2027-01-01' },
  })
  it.each([
    ['a contract with a flags port, without entries', () => serve({ contract: scores })],
    ['entries for a contract without a flags port', () => serve({ contract: plain, flags: options })],
    ['more than one record a subject', () => serve({ contract: visits, flags: options })],
  ])('refuses %s', (_what, make) => {
    expect(make).toThrow(TypeError)
  })
})
