/** The change feed of a product whose records leave D1: who follows is told all, or to begin again. */
import { wholeView } from '@meshloop/access/claims'
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { expect, it, describe } from 'vitest'
import { readChanges } from '../src/query/changes.ts'
import { projectedRecords } from '../src/query/stored.ts'
import { exportsWorld } from './exports-world.ts'
import { DAY_MS, hotWorld, leaving } from './hot-world.ts'

describe('who follows changes', () => {
  it('more slowly than records leave begins again; who is at the end goes on', async () => {
    const world = await hotWorld()
    await world.send([world.thing('a', 1, 3)])
    const slow = await world.followOn({ records: {}, at: ['one', 0, 1, '_seq'] })
    await world.send([world.thing('a', 2, 3), world.thing('b', 1, 3)])
    const quick = await world.followOn(slow)
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.evict()
    await expect(world.followOn(slow)).rejects.toMatchObject({ code: 'resync_required' })
    await expect(world.followOn({ records: {}, at: ['one', 0, 1, '_seq'] })).rejects.toMatchObject({ code: 'resync_required' }) // prettier-ignore
    expect((await world.followOn(quick)).records).toMatchObject({ a: { rev: 2 }, b: {} })
    // Who begins now is told of what is here, and goes on behind what left.
    const first = await world.readAll(undefined)
    expect([first.changes, (await world.followOn({ records: {}, at: [...first.next] as string[] })).records]).toEqual([[], {}]) // prettier-ignore
  })

  it('from the beginning, for longer than replaced exports are kept: is sent back, since what it was told may have left changed', async () => {
    const contract = defineProduct({ ...leaving, tombstones: 'P30D' })
    const world = await exportsWorld(contract)
    const row = (k: string, rev: number) => ({ k, at: '2026-10-01T00:00:00.000Z', rev, note: null })
    await world.send([row('a', 1), row('b', 1)])
    const read = (after?: readonly unknown[]) =>
      readChanges(world.reader, wholeView, {
        after: after as string[] | undefined,
        limit: 1,
        now: world.now(),
      })
    const first = await read()
    expect(first.more).toBe(true)
    await world.send([row('a', 2)])
    await world.complete()
    world.pass(DAY_MS / 2)
    const second = await read()
    world.pass(DAY_MS / 2 + 1)
    expect(await world.evict()).toBe(2)
    await expect(read(first.next)).rejects.toMatchObject({ code: 'resync_required' })
    // What left since this one began had not changed since either.
    expect(await read(second.next)).toMatchObject({ changes: [], more: false })
  })

  it('an older major is sent back as well', async () => {
    const world = await hotWorld()
    await world.send([world.thing('old', 5, 3)])
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.evict()
    const { exports: _none, measures: _too, rollups: _them, ...rest } = leaving
    const newest = { ...leaving, version: '2.0.0' } as const
    const older = { ...rest, projects: { major: 2, fields: {} } } as const
    const reader = { ...world.reader, contract: older, stored: projectedRecords(older, newest) }
    await expect(readChanges(reader, wholeView, { after: ['one', 0, 1, '_seq'], limit: 9 })).rejects.toMatchObject({ code: 'resync_required' }) // prettier-ignore
  })

  it('of some classes is not sent back for what it was never told of', async () => {
    const contract = defineProduct({
      ...leaving,
      rollups: [],
      fields: { k: id('K'), at: time('T'), rev: int('V', { class: 'sensitive' }), note: text('N', { class: 'sensitive', nullable: true }) },
    }) // prettier-ignore
    const world = await exportsWorld(contract)
    const row = (rev: number) => ({ k: 'a', at: '2026-10-01T00:00:00.000Z', rev, note: null })
    await world.send([row(1)])
    const view = { columns: ['k', 'at'], rows: [], id: 'some' }
    const before = await world.readAll(undefined, view)
    await world.send([row(2), { ...row(3), k: 'b' }, row(4)])
    const after = await world.readAll([...before.next] as string[], view)
    await world.send([row(5)])
    await world.complete()
    world.pass(DAY_MS + 1)
    expect(await world.evict()).toBe(2)
    expect((await world.readAll([...after.next] as string[], view)).changes).toEqual([])
    await expect(world.readAll([...before.next] as string[], view)).rejects.toMatchObject({
      code: 'resync_required',
    })
  })
})
