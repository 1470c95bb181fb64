import { beforeAll, describe, expect, it } from 'vitest'
import type { Scene } from '../env.ts'
import { ask } from '../grants/ask.ts'
import { change, revoke } from '../grants/change.ts'
import { approve, refuse, withdraw } from '../grants/decide.ts'
import { findGrant, findGrantById } from '../grants/grant-store.ts'
import { findRequest } from '../grants/request-store.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { auditTail, counts, newConsumer, people, sceneAt, termsOf, type Who } from './access-people.ts'
import { accounts, orders } from './contracts.ts'
import { env, migrate, register } from './mesh.ts'

const scene = sceneAt()
const subjectOf = (consumer: string) => ({
  consumer,
  product: 'purchase.orders',
  major: 1,
  purpose: 'Monthly report',
})
const asked = termsOf({ columns: ['order_id', 'status'] })
const narrower = { ...asked, view: { ...asked.view, columns: ['order_id'] } }
const reason = 'Because'
const operator: Actor = { kind: 'operator' }

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
})

/** A request that waits. */
async function waiting() {
  const consumer = await newConsumer()
  return { consumer, id: (await ask(scene, operator, subjectOf(consumer), asked)).id }
}

/** A grant that holds. */
async function granted() {
  const { consumer, id: request } = await waiting()
  const { granted: id } = await approve(scene, operator, request)
  return { consumer, id: id ?? '' }
}

interface Step {
  readonly entry: string
  readonly isTold: boolean
  readonly made: () => Promise<{ consumer: string; id: string }>
  readonly run: (scene: Scene, actor: Actor, id: string, consumer: string) => Promise<unknown>
}

const order = ['ask', 'approve', 'refuse', 'withdraw', 'change', 'revoke'] as const

const steps: Readonly<Record<(typeof order)[number], Step>> = {
  ask: {
    entry: 'request.made',
    isTold: true,
    made: async () => ({ consumer: await newConsumer(), id: '' }),
    run: (at, actor, _id, consumer) => ask(at, actor, subjectOf(consumer), asked),
  },
  approve: {
    entry: 'grant.approved',
    isTold: true,
    made: waiting,
    run: (at, actor, id) => approve(at, actor, id),
  },
  refuse: {
    entry: 'request.refused',
    isTold: true,
    made: waiting,
    run: (at, actor, id) => refuse(at, actor, id, { reason }),
  },
  withdraw: { entry: 'request.withdrawn', isTold: false, made: waiting, run: withdraw },
  change: {
    entry: 'grant.changed',
    isTold: true,
    made: granted,
    run: (at, actor, id) => change(at, actor, id, { terms: narrower, reason }),
  },
  revoke: {
    entry: 'grant.revoked',
    isTold: true,
    made: granted,
    run: (at, actor, id) => revoke(at, actor, id, { reason }),
  },
}

const unseen = ['consumer_unknown', 'not_found', 'not_found', 'not_found', 'not_found', 'not_found']
const ownerSide = ['consumer_unknown', 'ok', 'ok', 'consumer_only', 'ok', 'ok']
const consumerSide = ['ok', 'owner_only', 'owner_only', 'ok', 'owner_only', 'ok']
const table: Readonly<Record<Who, readonly string[]>> = {
  operator: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
  owner: ownerSide,
  ownersKey: ownerSide,
  member: unseen,
  consumersOwner: consumerSide,
  consumersMember: consumerSide,
  consumer: consumerSide,
  neighbour: unseen,
  stranger: unseen,
  strangersKey: unseen,
  source: unseen,
  nobody: unseen,
}
const cases = Object.entries(table).flatMap(([who, outcomes]) =>
  order.map((step, i) => ({ who: who as Who, step, outcome: outcomes[i] ?? '' })),
)

describe('who may do what', () => {
  it.each(cases)('$who, $step: $outcome', async ({ who, step, outcome }) => {
    const { made, run, entry, isTold } = steps[step]
    const { consumer, id } = await made()
    const actor = people(consumer)[who]
    const before = await counts()
    const result = await run(scene, actor, id, consumer).then(
      () => 'ok',
      (error: { code?: string }) => error.code,
    )
    expect(result).toBe(outcome)
    const after = await counts()
    if (outcome !== 'ok') return expect(after).toEqual(before)
    expect(after).toMatchObject({
      audit: Number(before?.['audit']) + 1,
      notices: Number(before?.['notices']) + Number(isTold),
    })
    const [newest] = await auditTail(1)
    expect(newest).toMatchObject({
      what: entry,
      by: nameOf(actor),
      about: { consumer, product: 'purchase.orders', major: 1, purpose: 'Monthly report' },
    })
    return undefined
  })
})

describe('what may follow what', () => {
  const decided = {
    waiting: () => Promise.resolve(),
    approved: (id: string) => approve(scene, operator, id),
    refused: (id: string) => refuse(scene, operator, id, { reason }),
    withdrawn: (id: string) => withdraw(scene, operator, id),
  }
  const follows = Object.keys(decided).flatMap((state) =>
    (['approve', 'refuse', 'withdraw'] as const).map((step) => ({
      state: state as keyof typeof decided,
      step,
    })),
  )

  it.each(follows)('$step on a request that is $state', async ({ state, step }) => {
    const { consumer, id } = await waiting()
    await decided[state](id)
    const before = await counts()
    const again = steps[step].run(scene, operator, id, consumer)
    if (state === 'waiting') return expect(again).resolves.toMatchObject({ id })
    await expect(again).rejects.toMatchObject({ code: 'request_decided' })
    expect(await counts()).toEqual(before)
    return expect(await findRequest(env.DB, id)).toMatchObject({ state })
  })

  it.each([
    ['change', 'ended', 'grant_over'],
    ['change', 'revoked', 'grant_over'],
    ['revoke', 'ended', 'ok'],
    ['revoke', 'revoked', 'grant_over'],
  ] as const)('%s on a grant that is %s: %s', async (step, state, outcome) => {
    const { consumer, id } = await granted()
    if (state === 'revoked') await revoke(scene, operator, id, { reason })
    const later = sceneAt('2027-06-01T00:00:00.000Z')
    const before = await counts()
    const result = steps[step].run(later, operator, id, consumer)
    if (outcome === 'ok') return expect(result).resolves.toMatchObject({ id })
    await expect(result).rejects.toMatchObject({ code: outcome })
    return expect(await counts()).toEqual(before)
  })

  it('one request of a consumer for a major waits at a time, for whatever terms', async () => {
    const { consumer, id } = await waiting()
    const again = () => ask(scene, operator, subjectOf(consumer), narrower)
    await expect(again()).rejects.toMatchObject({ code: 'request_waiting' })
    await withdraw(scene, operator, id)
    await expect(again()).resolves.toMatchObject({ state: 'waiting' })
  })

  it('a consumer asks 20 times a day, then it waits a day', async () => {
    const consumer = await newConsumer()
    const askAndWithdraw = async (at: Scene) => {
      const { id } = await ask(at, operator, subjectOf(consumer), asked)
      await withdraw(at, operator, id)
    }
    for (let i = 0; i < 20; i++) await askAndWithdraw(scene)
    const before = await counts()
    await expect(askAndWithdraw(scene)).rejects.toMatchObject({ code: 'requests_too_many' })
    expect(await counts()).toEqual(before)
    await askAndWithdraw(sceneAt('2026-11-23T12:00:00.000Z'))
  })

  it('the same terms again change nothing', async () => {
    const { id } = await granted()
    const before = await counts()
    await change(scene, operator, id, { terms: asked, reason })
    expect(await counts()).toEqual(before)
  })
})

describe('versions', () => {
  it('go up with each approval, change and revocation, and on from there when it is granted anew', async () => {
    const { consumer, id } = await granted()
    const version = async () => (await findGrantById(env.DB, id))?.version
    expect(await version()).toBe(1)
    await change(scene, operator, id, { terms: narrower, reason })
    expect(await version()).toBe(2)
    const wider = await ask(scene, operator, subjectOf(consumer), asked)
    await approve(scene, operator, wider.id)
    expect(await version()).toBe(3)
    await revoke(scene, operator, id, { reason })
    expect(await findGrantById(env.DB, id)).toMatchObject({ version: 4, revoked_at: scene.at })
    const again = await ask(scene, operator, subjectOf(consumer), asked)
    expect(await approve(scene, operator, again.id)).toMatchObject({ granted: id })
    expect(await findGrant(env.DB, subjectOf(consumer))).toMatchObject({ id, version: 5, revoked_at: null })
  })

  it('are told with the terms before and after', async () => {
    const { id } = await granted()
    await change(scene, people().owner, id, { terms: narrower, reason })
    const [entry] = await auditTail(1)
    expect(entry).toMatchObject({
      by: 'person:olga',
      about: { grant: id, version: 2, reason, terms: narrower, before: asked },
    })
  })
})

describe('both sides', () => {
  it('are told, and nobody else is; the notice does not say what for', async () => {
    const consumer = await newConsumer()
    const hooks = [
      ['consumer', consumer],
      ['domain', 'purchase'],
      ['domain', 'growth'],
      ['consumer', 'growth.mails'],
    ]
    await env.DB.batch(
      hooks.map(([kind, owner]) =>
        env.DB.prepare(
          `INSERT INTO webhooks (id, owner_kind, owner, url, created_by, created_at) VALUES (?1, ?2, ?3, 'https://hooks.example', 'x', ?4)`,
        ).bind(`hook ${owner}`, kind, owner, scene.at),
      ),
    )
    const { id } = await ask(scene, operator, subjectOf(consumer), asked)
    const { granted: grant } = await approve(scene, operator, id)
    await revoke(scene, operator, grant ?? '', { reason })
    const { results } = await env.DB.prepare(
      `SELECT webhook, type, body FROM deliveries JOIN notices ON notices.id = notice WHERE webhook LIKE 'hook %' ORDER BY type, webhook`,
    ).all<{ webhook: string; type: string; body: string }>()
    expect(results.map(({ webhook, type }) => `${type} to ${webhook}`)).toEqual(
      ['grant.approved', 'grant.requested', 'grant.revoked'].flatMap((type) => [
        `${type} to hook ${consumer}`,
        `${type} to hook purchase`,
      ]),
    )
    const bodies = results.map(({ body }) => body)
    expect(JSON.parse(bodies[4] ?? '')).toMatchObject({ data: { consumer, grant, version: 2, reason } })
    expect(bodies.join()).not.toContain('Monthly report')
  })
})

describe('an owner approves', () => {
  it('less than was asked for', async () => {
    const { consumer, id } = await waiting()
    await approve(scene, people().owner, id, { terms: narrower, reason: 'Enough for a report' })
    expect(await findGrant(env.DB, subjectOf(consumer))).toMatchObject({
      ...narrower,
      decided_by: 'person:olga',
    })
    expect(await findRequest(env.DB, id)).toMatchObject({ state: 'approved', reason: 'Enough for a report' })
  })

  it.each([
    ['more fields', { ...asked, view: { ...asked.view, columns: ['order_id', 'status', 'customer_id'] } }],
    ['all fields', termsOf()],
    ['classes for names', termsOf({ classes: ['internal'] })],
    ['a later end', { ...asked, ends_at: '2027-06-01T00:00:00.001Z' }],
    ['no end', { ...asked, ends_at: null }],
    ['the right to flags instead', { ...asked, scopes: [] }],
  ])('and never %s', async (_name, terms) => {
    const { id } = await waiting()
    const before = await counts()
    await expect(approve(scene, operator, id, { terms })).rejects.toMatchObject({ code: 'terms_wider' })
    expect(await counts()).toEqual(before)
  })

  it('nothing whose end has come meanwhile', async () => {
    const { id } = await waiting()
    const late = sceneAt('2027-06-02T00:00:00.000Z')
    await expect(approve(late, operator, id)).rejects.toMatchObject({ code: 'terms_invalid' })
  })
})

/** The database, where something else happens right before the next transaction. */
const interrupted = (meanwhile: () => Promise<unknown>): Scene => {
  let isNext = true
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name !== 'batch') {
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      }
      return async (statements: D1PreparedStatement[]) => {
        if (isNext) {
          isNext = false
          await meanwhile()
        }
        return target.batch(statements)
      }
    },
  })
  return { ...scene, db }
}

describe('at the same moment', () => {
  it('two owners decide: one is told that it is decided', async () => {
    const { id, consumer } = await waiting()
    const late = interrupted(() => refuse(scene, operator, id, { reason }))
    const before = await counts()
    await expect(approve(late, people().owner, id)).rejects.toMatchObject({ code: 'request_decided' })
    expect(await counts()).toMatchObject({
      audit: Number(before?.['audit']) + 1,
      versions: before?.['versions'],
    })
    expect(await findGrant(env.DB, subjectOf(consumer))).toBeNull()
  })

  it('somebody asks twice: one is told that a request waits', async () => {
    const subject = subjectOf(await newConsumer())
    const late = interrupted(() => ask(scene, operator, subject, asked))
    await expect(ask(late, operator, subject, asked)).rejects.toMatchObject({ code: 'request_waiting' })
  })

  it.each(['change', 'revoke'] as const)('%s after another change: nothing is lost', async (step) => {
    const { id, consumer } = await granted()
    const late = interrupted(() => change(scene, operator, id, { terms: narrower, reason }))
    await expect(
      step === 'revoke'
        ? revoke(late, operator, id, { reason })
        : change(late, operator, id, { terms: termsOf({ columns: ['status'] }), reason }),
    ).rejects.toMatchObject({ code: 'overtaken' })
    expect(await findGrant(env.DB, subjectOf(consumer))).toMatchObject({ ...narrower, version: 2 })
  })

  it('a change of what somebody else has changed since it was looked at: nothing is lost', async () => {
    const { id, consumer } = await granted()
    await change(scene, people().owner, id, { terms: narrower, reason, version: 1 })
    const wider = { terms: termsOf({ columns: ['order_id', 'status'] }), reason, version: 1 }
    await expect(change(scene, operator, id, wider)).rejects.toMatchObject({ code: 'overtaken' })
    expect(await findGrant(env.DB, subjectOf(consumer))).toMatchObject({ ...narrower, version: 2 })
  })

  it('an approval meets a change of the same grant: it is not approved over it', async () => {
    const { id: grant, consumer } = await granted()
    const { id } = await ask(scene, operator, subjectOf(consumer), asked)
    const late = interrupted(() => revoke(scene, operator, grant, { reason }))
    await expect(approve(late, operator, id)).rejects.toMatchObject({ code: 'overtaken' })
    expect(await findRequest(env.DB, id)).toMatchObject({ state: 'waiting' })
  })

  it('many decide: one does', async () => {
    const { id } = await waiting()
    const before = await counts()
    const all = await Promise.allSettled([
      approve(scene, operator, id),
      refuse(scene, operator, id, { reason }),
      withdraw(scene, operator, id),
      approve(scene, people().owner, id),
    ])
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await counts()).toMatchObject({ audit: Number(before?.['audit']) + 1 })
  })
})
