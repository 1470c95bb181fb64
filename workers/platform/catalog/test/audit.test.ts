/** The audit log: every act is one transaction with its entry, and nobody changes what is written. */
import { auditLinkSchema, contentHash, followChain, genesis } from '@meshloop/access/audit'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { act, guard, isGuardFailure, readHead, type Deed } from '../audit/act.ts'
import { env, migrate } from './mesh.ts'

beforeAll(async () => {
  await migrate()
  await env.DB.prepare('CREATE TABLE things (name TEXT PRIMARY KEY, n INTEGER)').run()
})
beforeEach(() => env.DB.prepare('DELETE FROM things').run())

const scene = { db: env.DB, at: '2026-11-22T12:00:00.000Z', newId: () => crypto.randomUUID() }
const put = (name: string) => env.DB.prepare('INSERT INTO things (name, n) VALUES (?1, 1)').bind(name)
const deed = (name: string, more: Partial<Deed> = {}): Deed => ({
  what: 'role.given',
  by: 'operator',
  about: { name, left_out: undefined },
  statements: [put(name)],
  ...more,
})
const names = async () =>
  (await env.DB.prepare('SELECT name FROM things ORDER BY name').all<{ name: string }>()).results.map(
    ({ name }) => name,
  )
const entries = async () =>
  (await env.DB.prepare('SELECT * FROM audit ORDER BY seq').all<Record<string, string>>()).results
const count = async (table: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')

describe('an act', () => {
  it('answers what its statements did, and is written with its hash in the chain', async () => {
    const results = await act(scene, deed('one', { statements: [put('one'), put('two')] }))
    expect(results.map(({ meta }) => meta.changes)).toEqual([1, 1])
    const [entry] = (await entries()).slice(-1)
    expect(entry).toMatchObject({ what: 'role.given', by: 'operator', at: scene.at, about: '{"name":"one"}' })
    const read = { ...entry, about: JSON.parse(entry?.['about'] ?? '') }
    expect(entry?.['content']).toBe(await contentHash(read as never))
  })

  it('of 20 writers at once each comes through once, in one chain', async () => {
    const before = await readHead(env.DB)
    const writers = Array.from({ length: 20 }, (_, n) => `w${String(n).padStart(2, '0')}`)
    await Promise.all(writers.map((name) => act(scene, deed(name))))
    expect(await names()).toEqual(writers)
    const links = (await entries()).map((entry) => auditLinkSchema.parse(entry))
    expect(await followChain(genesis, links)).toEqual({ head: await readHead(env.DB), wrongSeq: null })
    expect((await readHead(env.DB)).seq).toBe(before.seq + 20)
    const told = (await entries()).slice(-20).map(({ about }) => JSON.parse(about ?? '').name as string)
    expect(told.toSorted()).toEqual(writers)
  })

  it('of writers who may do it once, one does it, and one entry says so', async () => {
    const once = deed('once', {
      statements: [guard(env.DB, 'NOT EXISTS (SELECT 1 FROM things)'), put('once')],
    })
    const before = await readHead(env.DB)
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => act(scene, once)))
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(failed).toHaveLength(9)
    expect(failed.every(isGuardFailure)).toBe(true)
    expect((await readHead(env.DB)).seq).toBe(before.seq + 1)
  })

  it.each<[string, Partial<Deed>]>([
    ['a statement that fails', { statements: [put('x'), put('x')] }],
    ['a statement that cannot be read', { statements: [put('x'), env.DB.prepare('NO SQL')] }],
    ['a guard that is false', { statements: [put('x'), guard(env.DB, '1 = ?1', 2)] }],
    [
      'a guard that is unknown',
      { statements: [put('x'), guard(env.DB, '(SELECT n FROM things WHERE n = 9) = 9')] },
    ],
  ])('%s leaves nothing: no change, no entry, no notice', async (_name, more) => {
    const before = [await readHead(env.DB), await count('notices')]
    const notices = [{ type: 'key.made', data: {}, to: { domains: [], consumers: [] } }] as const
    const error = await act(scene, deed('x', { notices, ...more })).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(isGuardFailure(error)).toBe(_name.startsWith('a guard'))
    expect([await names(), await readHead(env.DB), await count('notices')]).toEqual([[], ...before])
  })

  it('is refused while others win all the time, and leaves nothing', async () => {
    // Somebody writes between each reading of the head and the write on top of it.
    const intrude = async () => void (await act(scene, deed(crypto.randomUUID())))
    const db = new Proxy(env.DB, {
      get(target, name) {
        if (name !== 'batch') return Reflect.get(target, name, target).bind(target)
        return async (statements: D1PreparedStatement[]) => {
          await intrude()
          return target.batch(statements)
        }
      },
    })
    await expect(act({ ...scene, db }, deed('late'))).rejects.toMatchObject({ code: 'overloaded' })
    expect(await names()).not.toContain('late')
  })
})

describe('the database itself', () => {
  it.each([
    "UPDATE audit SET what = 'role.taken' WHERE seq = 1",
    'DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)',
    "INSERT OR REPLACE INTO audit SELECT seq, at, 'role.taken', by, about, salt, content, hash FROM audit WHERE seq = 1",
    'INSERT INTO audit SELECT seq + 1000, at, what, by, about, salt, content, hash FROM audit WHERE seq = 1',
    "UPDATE checkpoints SET hash = ''",
    'DELETE FROM checkpoints',
  ])('refuses %s', async (statement) => {
    await env.DB.prepare(
      "INSERT OR IGNORE INTO checkpoints (seq, at, hash, signed) VALUES (1, '', '', '')",
    ).run()
    await expect(env.DB.prepare(statement).run()).rejects.toThrow(/append-only|not the next/)
  })
})
