/** The audit log over HTTP, and its checkpoints. */
import { followChain, genesis, type AuditEntry, type AuditLink } from '@meshloop/access/audit'
import { createCheckpointVerifier } from '@meshloop/access/checkpoint'
import { beforeAll, describe, expect, it } from 'vitest'
import { keepCheckpoint } from '../audit/checkpoint.ts'
import type { World } from '../env.ts'
import { ask, env, makeClient, migrate, post, problemOf } from './mesh.ts'

interface LogPage {
  readonly entries: readonly AuditEntry[]
  readonly next: number | null
  readonly head: { readonly seq: number; readonly hash: string }
}

const exception = (product: string) => ({
  policy: 'joins-fit',
  product,
  owner: 'Somebody',
  reason: 'A secret of its owners',
  expires: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
})
const clock = { ms: Date.UTC(2026, 10, 22, 12) }
const world: World = {
  fetch: () => Promise.reject(new Error('nothing is fetched')),
  now: () => clock.ms,
  newId: () => crypto.randomUUID(),
  newSecret: () => '',
}
const log = async (path: string, key = env.OPERATOR_KEY) =>
  (await ask(path, { headers: { authorization: `Bearer ${key}` } })).json<LogPage>()
let owner: string

beforeAll(async () => {
  await migrate()
  await makeClient('purchase.owner', 'consumer')
  await post('/clients', env.OPERATOR_KEY, {
    id: 'purchase.owner',
    kind: 'consumer',
    domain: 'purchase',
    decides: true,
  })
  owner = await makeClient('purchase.other', 'consumer')
  await post('/clients', env.OPERATOR_KEY, {
    id: 'purchase.other',
    kind: 'consumer',
    domain: 'purchase',
    decides: true,
  })
  for (const product of ['purchase.orders', 'customer.accounts', 'purchases.other', 'purchase.returns'])
    await post('/exceptions', env.OPERATOR_KEY, exception(product))
})

describe('the log', () => {
  it('shows the operator all, with what each hash is made of', async () => {
    const { entries, next, head } = await log('/audit.json')
    expect(next).toBeNull()
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, n) => n + 1))
    expect(entries.at(-1)).toMatchObject({
      seq: head.seq,
      what: 'exception.recorded',
      by: 'operator',
      about: { product: 'purchase.returns', policy: 'joins-fit' },
    })
  })

  it('has pages', async () => {
    const { head } = await log('/audit.json')
    const seen: number[] = []
    for (let after: number | null = 0; after !== null;) {
      const page: LogPage = await log(`/audit.json?after=${after}&limit=2`)
      expect(page.entries.length).toBeLessThanOrEqual(2)
      seen.push(...page.entries.map(({ seq }) => seq))
      after = page.next
    }
    expect(seen).toEqual(Array.from({ length: head.seq }, (_, n) => n + 1))
  })

  it('shows an owner what concerns its domain', async () => {
    const { entries } = await log('/audit.json', owner)
    const about = entries.map(({ about: { product, client } }) => String(product ?? client))
    expect(new Set(about)).toEqual(
      new Set(['purchase.owner', 'purchase.other', 'purchase.orders', 'purchase.returns']),
    )
  })

  it('does not write down what changes nothing', async () => {
    const before = await log('/audit.json')
    await post('/exceptions', env.OPERATOR_KEY, exception('purchase.orders'))
    expect((await log('/audit.json')).head).toEqual(before.head)
  })

  it.each([
    ['nobody', '/audit.json', null, 401, 'sign_in_needed'],
    ['a stranger', '/audit.json', 'hello', 401, 'client_unknown'],
    ['a consumer', '/audit.json', 'consumer', 403, 'owner_only'],
    ['a wrong place', '/audit.json?after=-1', 'operator', 400, 'parameter_invalid'],
    ['no length', '/audit/chain.json?limit=0', null, 400, 'parameter_invalid'],
    ['a word', '/audit/checkpoints.json?after=x', null, 400, 'parameter_invalid'],
  ])('refuses %s', async (_name, path, who, status, code) => {
    const keys: Record<string, string> = {
      operator: env.OPERATOR_KEY,
      consumer: await makeClient('shop.storefront', 'consumer'),
    }
    const init = who === null ? {} : { headers: { authorization: `Bearer ${keys[who] ?? who}` } }
    expect(await problemOf(await ask(path, init))).toEqual({ status, code })
  })

  it('has a chain for everybody, which says nothing of what happened', async () => {
    const text = await (await ask('/audit/chain.json')).text()
    const { links } = JSON.parse(text) as { links: AuditLink[] }
    expect(await followChain(genesis, links)).toEqual({
      head: (await log('/audit.json')).head,
      wrongSeq: null,
    })
    expect(text).not.toMatch(/secret|purchase|operator|exception/)
    expect(Object.keys(links[0] ?? {})).toEqual(['seq', 'content', 'hash'])
    const { links: page, next } = await (
      await ask('/audit/chain.json?after=2&limit=1')
    ).json<{
      links: AuditLink[]
      next: number
    }>()
    expect([page, next]).toEqual([[links[2]], 3])
  })
})

describe('checkpoints', () => {
  const checkpoints = async () =>
    (
      await (
        await ask('/audit/checkpoints.json')
      ).json<{
        checkpoints: { seq: number; hash: string; signed: string }[]
      }>()
    ).checkpoints
  /** Of an issuer whose keys are ours, each for what `typ` makes of its own. */
  const verifier = (issuer: string, typ?: string) =>
    createCheckpointVerifier({
      issuer,
      now: world.now,
      timeoutMs: 1_000,
      fetch: async () => {
        const { keys } = await (await ask('/.well-known/jwks.json')).json<{ keys: { typ: string }[] }>()
        return Response.json({ keys: keys.map((key) => ({ ...key, typ: typ ?? key.typ })) })
      },
    })

  it('are signed when the log moves, at most each five minutes', async () => {
    await keepCheckpoint(env, world)
    const [first] = await checkpoints()
    const { head } = await log('/audit.json')
    expect(first).toMatchObject(head)
    await post('/exceptions', env.OPERATOR_KEY, exception('purchase.refunds'))
    clock.ms += 299_000
    await keepCheckpoint(env, world)
    expect(await checkpoints()).toHaveLength(1)
    clock.ms += 1_000
    await Promise.all([keepCheckpoint(env, world), keepCheckpoint(env, world)])
    clock.ms += 300_000
    await keepCheckpoint(env, world)
    expect((await checkpoints()).map(({ seq }) => seq)).toEqual([head.seq, head.seq + 1])
  })

  it('are verified with the published key of their kind, and no other', async () => {
    const [first] = await checkpoints()
    const { signed = '', seq, hash } = first ?? {}
    const verify = verifier(env.ISSUER)
    expect(await verify(signed)).toMatchObject({ iss: env.ISSUER, seq, hash })
    expect(await verify(`${signed.slice(0, -4)}AAAA`)).toBe('forged')
    expect(await verify('x.y.z')).toBe('forged')
    expect(await verifier(env.ISSUER, 'at+jwt')(signed)).toBe('unknown_key')
  })

  it('are not signed any more for a log that is not what it was', async () => {
    await env.DB.batch([
      env.DB.prepare('DROP TRIGGER audit_unchanged'),
      env.DB.prepare("UPDATE audit SET hash = 'rewritten' WHERE seq = (SELECT max(seq) FROM checkpoints)"),
    ])
    await post('/exceptions', env.OPERATOR_KEY, exception('purchase.coupons'))
    const before = await checkpoints()
    clock.ms += 300_000
    await expect(keepCheckpoint(env, world)).rejects.toThrow(/does not follow/)
    expect(await checkpoints()).toEqual(before)
  })
})
