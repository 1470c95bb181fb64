import { wholeView } from '@meshloop/access/claims'
import { describe, expect, it } from 'vitest'
import { readChanges, type ChangesQuery } from '../src/query/changes.ts'
import { forgetDeletions } from '../src/upkeep/forget-deletions.ts'
import { mark } from '../src/upkeep/marks.ts'
import { db, exportsWorld, things } from './exports-world.ts'

const HOUR_MS = 3_600_000
const contract = { ...things, tombstones: 'P2D' } as const
const thing = (n: number, rev = 1) => ({ k: `k${n}`, at: '2026-01-01T00:00:00.000Z', rev, note: null })
const gone = (n: number) => ({ k: `k${n}`, rev: 9, _deleted: true })

/** Ten things, the clock, and the upkeep of an hour. */
async function forgettingWorld() {
  const world = await exportsWorld(contract)
  await world.send(Array.from({ length: 10 }, (_, n) => thing(n)))
  const upkeep = async (): Promise<void> => {
    await mark(db, world.now())
    await forgetDeletions(db, contract, world.now())
  }
  return {
    ...world,
    read: (query: Partial<ChangesQuery> = {}) =>
      readChanges({ ...world.reader, contract }, wholeView, { limit: 100, now: world.now(), ...query }),
    hours: async (n: number): Promise<void> => {
      for (let hour = 0; hour < n; hour++) {
        world.pass(HOUR_MS)
        await upkeep()
      }
    },
  }
}
const deletions = async (): Promise<number> =>
  Number((await db.prepare('SELECT count(*) AS n FROM records WHERE _deleted = 1').first<{ n: number }>())?.n)

describe('deletions', () => {
  it('are told for as long as the contract says, and forgotten then', async () => {
    const world = await forgettingWorld()
    const { next } = await world.read()
    await world.hours(1)
    await world.send([gone(3)])
    await world.hours(48)
    expect(await deletions()).toBe(1)
    expect((await world.read({ after: next })).changes).toEqual(['{"op":"delete","key":{"k":"k3"}}'])
    await world.hours(3)
    expect(await deletions()).toBe(0)
    await expect(world.read({ after: next })).rejects.toMatchObject({ code: 'resync_required' })
  })

  it('that are forgotten stop neither who has read them nor who begins anew', async () => {
    const world = await forgettingWorld()
    await world.hours(1)
    await world.send([gone(3)])
    const { next: atEnd } = await world.read()
    await world.hours(60)
    expect((await world.read({ after: atEnd })).changes).toEqual([])
    const first = await world.read({ limit: 4 })
    const second = await world.read({ limit: 4, after: first.next })
    const third = await world.read({ limit: 4, after: second.next })
    expect([first, second, third].flatMap(({ changes }) => changes).length).toBe(9)
    expect(third.more).toBe(false)
    await world.hours(1)
    expect((await world.read({ after: third.next })).changes).toEqual([])
  })

  it('that are forgotten while somebody reads for the first time for too long make it begin again', async () => {
    const world = await forgettingWorld()
    const first = await world.read({ limit: 4 })
    await world.hours(1)
    await world.send([gone(1)])
    await world.hours(47)
    expect((await world.read({ limit: 4, after: first.next })).changes.length).toBe(4)
    await world.hours(4)
    await expect(world.read({ limit: 4, after: first.next })).rejects.toMatchObject({
      code: 'resync_required',
    })
  })

  it('are told for good without a promise, and records that live are never forgotten', async () => {
    const world = await forgettingWorld()
    await world.send([gone(3)])
    for (let day = 0; day < 5; day++) {
      world.pass(24 * HOUR_MS)
      await mark(db, world.now())
      await forgetDeletions(db, things, world.now())
    }
    expect(await deletions()).toBe(1)
    await world.hours(100)
    expect(await deletions()).toBe(0)
    expect((await world.read()).changes.length).toBe(9)
  })

  it('are forgotten in chunks, by runs that overlap', async () => {
    const world = await forgettingWorld()
    await mark(db, world.now())
    await world.send(Array.from({ length: 10 }, (_, n) => gone(n)))
    world.pass(HOUR_MS)
    await mark(db, world.now())
    world.pass(72 * HOUR_MS)
    await mark(db, world.now())
    await Promise.all([1, 2, 3].map(() => forgetDeletions(db, contract, world.now())))
    await forgetDeletions(db, contract, world.now())
    expect(await deletions()).toBe(0)
    expect(await db.prepare('SELECT floor, seq FROM _state').first()).toEqual({ floor: 20, seq: 20 })
  })
})
