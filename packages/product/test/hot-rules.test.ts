/** Each rule of records that leave D1, by itself. */
import type { Sources } from '@meshloop/access/batch'
import { defineProduct, list, number, bool, struct, int, text, time } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import { listExports } from '../src/exports/stored-exports.ts'
import { meterOf } from '../src/store/meter.ts'
import { fillsOf } from '../src/table/fill.ts'
import { migration } from '../src/table/schema.ts'
import { tablesOf } from '../src/table/tables.ts'
import { bucket, db, exportsWorld, isNdjson, linesOf } from './exports-world.ts'
import { DAY_MS, frame, HOUR_MS, hotWorld, leaving } from './hot-world.ts'

const linesIn = async () => {
  const [newest] = await listExports(db)
  return (await Promise.all((newest?.manifest.files ?? []).filter(isNdjson).map(linesOf))).flat()
}
const keysOf = async (table: 'records' | '_archived') =>
  (await db.prepare(`SELECT k FROM ${table} ORDER BY k`).all()).results.map(({ k }) => k)
const keysInFiles = async () => (await linesIn()).map(({ k }) => String(k)).toSorted()
const files = async () => (await bucket.list({ prefix: 'files/' })).objects.map(({ key }) => key)

/** `old` has left, `new` is here; the clock stands a day after the export. */
async function left(more: readonly object[] = []) {
  const world = await hotWorld()
  await world.send([world.thing('old', 5, 3), world.thing('new', 5, 0), ...more])
  await world.complete()
  world.pass(DAY_MS + 1)
  expect(await world.evict()).toBe(1 + more.length)
  world.pass(HOUR_MS)
  return world
}

describe('a record leaves', () => {
  it('when it has been in the newest export for as long as replaced ones are kept, and nobody is told', async () => {
    const world = await hotWorld()
    await world.send([world.thing('old', 1, 2), world.thing('new', 1, 1)])
    expect(await world.evict()).toBe(0)
    const first = await world.complete()
    world.pass(DAY_MS)
    expect(await world.evict()).toBe(0)
    world.pass(1)
    expect(await world.evict()).toBe(1)
    expect([await keysOf('records'), await keysOf('_archived')]).toEqual([['new'], ['old']])
    expect(
      (await world.followOn({ records: {}, at: ['one', first.manifest.seq, 1, '_seq'] })).records,
    ).toEqual({})
    expect(await world.followed(first)).toMatchObject({ old: {}, new: {} })
  })

  it('not while an export is written, nor what changed since', async () => {
    const world = await exportsWorld(leaving, { parts: 1, rows: 1 })
    const thing = (k: string, rev: number) => ({ k, at: '2026-10-01T00:00:00.000Z', rev, note: null })
    await world.send([thing('a', 1), thing('b', 1)])
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.send([thing('b', 2)])
    await world.step()
    expect(await world.evict()).toBe(0)
    await world.complete()
    expect([await world.evict(), await keysOf('_archived')]).toEqual([1, ['a']])
    expect(await world.evict()).toBe(0)
  })

  it('by its month: the last day of one leaves with the first', async () => {
    const world = await exportsWorld(leaving)
    const days = ['2026-10-31T23:59:59.999Z', '2026-11-01T00:00:00.000Z', '2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00.000Z'] // prettier-ignore
    await world.send(days.map((at, n) => ({ k: `k${n}`, at, rev: 1, note: null })))
    await world.complete()
    world.pass(2 * DAY_MS) // 31 days ago it was 2026-12-03
    expect(await world.evict()).toBe(3)
    expect(await keysOf('records')).toEqual(['k3'])
  })

  it('in bounded transactions, of few statements and few rows', async () => {
    const world = await hotWorld()
    await world.send(Array.from({ length: 25 }, (_, n) => world.thing(`k${n}`, 1, 3)))
    await world.complete()
    world.pass(DAY_MS + 1)
    expect(await world.evict({ chunks: 2, rows: 10, milliseconds: 1e4 })).toBe(20)
    expect(await world.evict({ chunks: 2, rows: 10, milliseconds: 1e4 })).toBe(5)
    expect(await db.prepare('SELECT * FROM _archived_months').all()).toMatchObject({
      results: [{ records: 25 }],
    })
    expect(await db.prepare('SELECT _n, revs FROM _rollup_at_month').first()).toEqual({ _n: 0, revs: 0 })
  })

  it('unless it changes, or an export begins, at this very moment', async () => {
    const world = await exportsWorld(leaving, { parts: 1, rows: 1 })
    const thing = (k: string, rev: number) => ({ k, at: '2026-10-01T00:00:00.000Z', rev, note: null })
    await world.send([thing('a', 1), thing('b', 1)])
    await world.complete()
    world.pass(DAY_MS + 1)
    const meanwhile = (happens: () => Promise<unknown>): D1Database =>
      new Proxy(db, {
        get(target, member: 'prepare') {
          const found = target[member].bind(target)
          if (String(member) !== 'batch') return found
          return async (all: never) => {
            await happens()
            return (found as unknown as D1Database['batch'])(all)
          }
        },
      })
    expect(await world.evict(undefined, { db: meanwhile(() => world.send([thing('a', 2)])) })).toBe(1)
    expect([await keysOf('records'), await keysOf('_archived')]).toEqual([['a'], ['b']])
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.send([thing('c', 1)])
    expect(await world.evict(undefined, { db: meanwhile(() => world.step()) })).toBe(0)
    expect(await keysOf('records')).toEqual(['a', 'c'])
  })

  it('for two rows written, and few that are read', async () => {
    const world = await hotWorld()
    await world.send(Array.from({ length: 1_000 }, (_, n) => world.thing(`k${n}`, 1, 3)))
    await world.complete()
    world.pass(DAY_MS + 1)
    const { db: metered, cost } = meterOf(db)
    expect(await world.evict(undefined, { db: metered })).toBe(1_000)
    const { rowsRead, rowsWritten } = cost()
    expect(rowsWritten / 1_000).toBeCloseTo(2, 1)
    expect(rowsRead / 1_000).toBeLessThan(20)
  })

  it('not at all while its files are not in the bucket as they were written', async () => {
    const world = await hotWorld()
    await world.send([world.thing('old', 1, 3)])
    const { manifest } = await world.complete()
    world.pass(DAY_MS + 1)
    const name = `files/${manifest.files.find(isNdjson)?.name}`
    const content = (await (await bucket.get(name))?.arrayBuffer()) ?? new ArrayBuffer()
    await bucket.delete(name)
    await expect(world.evict()).rejects.toThrow('is not in the bucket')
    await bucket.put(name, new Uint8Array(content.byteLength))
    await expect(world.evict()).rejects.toThrow('not what the product put there')
    expect(await keysOf('records')).toEqual(['old'])
  })

  it('and moves the revision, so that nothing that was remembered is answered', async () => {
    const world = await hotWorld()
    await world.send([world.thing('old', 1, 3)])
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.evict()
    // The copy of the watermark goes along, so that it is read without a row for each source.
    const state = db.prepare('SELECT seq, progress_at - run AS copied FROM _state').first()
    expect(await state).toEqual({ seq: 2, copied: 2 })
  })
})

describe('of a record that left', () => {
  it.each([
    ['the same again', 5, 3, { accepted: 0, repeated: 1 }],
    ['an older version', 4, 0, { accepted: 0, repeated: 1 }],
    ['a correction', 6, 3, { accepted: 1, repeated: 0 }],
    ['a correction of its event time', 6, 0, { accepted: 1, repeated: 0 }],
  ])('%s is judged as ever', async (_, rev, ago, outcome) => {
    const world = await left()
    // As `left` made it: the clock has not left the month.
    const row = world.thing('old', rev, ago)
    expect(await world.send([row])).toMatchObject(outcome)
    expect(await keysOf('_archived')).toEqual(outcome.accepted === 1 ? [] : ['old'])
    if (outcome.accepted === 0) return
    await world.complete()
    expect((await linesIn()).filter(({ k }) => k === 'old')).toEqual([row])
    expect(await db.prepare('SELECT sum(_n) AS n FROM _rollup_at_month').first('n')).toBe(2)
  })

  it('several versions in one delivery count one after the other', async () => {
    const world = await left()
    const rows = [6, 4, 7, 6, 7].map((rev) => world.thing('old', rev, 3))
    expect(await world.send(rows)).toMatchObject({ accepted: 2, repeated: 3 })
    expect(await db.prepare('SELECT records FROM _archived_months').first('records')).toBe(0)
  })

  it('a deletion is told, leaves the next export, and is gone from the bucket 30 days later', async () => {
    const world = await left()
    const [before] = await listExports(db)
    expect(await world.send([{ k: 'old', rev: 9, _deleted: true }])).toMatchObject({ accepted: 1 })
    if (before) expect(await world.followed(before)).not.toHaveProperty('old')
    await world.complete()
    expect((await linesIn()).map(({ k }) => k)).toEqual(['new'])
    world.pass(29 * DAY_MS)
    await world.step()
    const month = before?.manifest.files[0]?.month ?? ''
    expect((await files()).filter((key) => key.includes(`/${month}.`)).length).toBe(2)
    world.pass(DAY_MS + 1)
    await world.step()
    expect((await files()).filter((key) => key.includes(`/${month}.`))).toEqual([])
    expect(await db.prepare('SELECT count(*) AS n FROM _unnamed').first('n')).toBe(0)
  })

  it('another source’s version is refused', async () => {
    const world = await hotWorld()
    const sources = { s: { over: 'http' }, t: { over: 'http' } } as unknown as Sources // all that ownership asks of them
    await world.send([world.thing('old', 1, 3)], 's', sources)
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.evict()
    const refused = await world.send([world.thing('old', 9, 3)], 't', sources)
    expect(refused).toMatchObject({
      accepted: 0,
      quarantined: 1,
      rejected: [{ errors: [{ code: 'foreign_record' }] }],
    })
  })
})

describe('a month of records that left', () => {
  it('is written anew with what is late, and leaves again', async () => {
    const world = await left()
    await world.send([world.thing('late', 1, 3)])
    const { manifest } = await world.complete()
    expect(await keysInFiles()).toEqual(['late', 'new', 'old'])
    expect(manifest.rows).toBe(3)
    world.pass(DAY_MS + 1)
    expect(await world.evict()).toBe(1)
    expect(await keysOf('_archived')).toEqual(['late', 'old'])
  })

  it.each([
    ['missing', async (name: string) => bucket.delete(name)],
    ['another', async (name: string) => bucket.put(name, '{}\n')],
  ])('is neither written anew nor forgotten while a file of it is %s', async (_, spoil) => {
    const world = await left()
    const [before] = await listExports(db)
    const file = before?.manifest.files.find(isNdjson)
    const content = await (await bucket.get(`files/${file?.name}`))?.arrayBuffer()
    if (!file || !content) throw new Error('there is no file')
    await spoil(`files/${file.name}`)
    await world.send([world.thing('late', 1, 3)])
    for (let n = 0; n < 3; n++) await expect(world.complete()).rejects.toThrow(file.name)
    expect(await keysOf('_archived')).toEqual(['old'])
    await bucket.put(`files/${file.name}`, content, { sha256: file.sha256 })
    await world.complete()
    expect(await keysInFiles()).toEqual(['late', 'new', 'old'])
  })

  it('is read in bounded parts, also where all of it was overtaken', async () => {
    const world = await hotWorld({ parts: 1, pageBytes: 100 })
    const all = (rev: number) => Array.from({ length: 70 }, (_, n) => world.thing(`k${100 + n}`, rev, 3))
    await world.send(all(1))
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.evict()
    await world.send(all(2))
    expect(await world.step()).toEqual({ begun: true, parts: 1, completed: false })
    expect((await world.complete()).manifest.rows).toBe(70)
    expect(new Set((await linesIn()).map(({ rev }) => rev))).toEqual(new Set([2]))
  })

  it('is read by few large pages where nearly all of it was overtaken', async () => {
    const world = await hotWorld({ rows: 5_000, pageBytes: 2e6 })
    const all = (rev: number) => Array.from({ length: 5_000 }, (_, n) => world.thing(`k${n}`, rev, 3))
    await world.send(all(1))
    await world.complete()
    world.pass(DAY_MS + 1)
    await world.evict()
    await world.send(all(2).filter(({ k }) => k !== 'k999'))
    let reads = 0
    const counting = new Proxy(bucket, {
      get(target, member: 'get') {
        if (member === 'get') reads += 1
        return target[member].bind(target)
      },
    })
    expect((await world.complete({ bucket: counting })).manifest.rows).toBe(5_000)
    expect(reads).toBe(1)
  })

  it('is not completed without a record that its files should hold', async () => {
    const world = await left()
    await db.prepare('UPDATE _archived_months SET records = 2').run()
    await world.send([world.thing('late', 1, 3)])
    await expect(world.complete()).rejects.toThrow('2 records of 2026-10 live in its files alone, and only 1')
    expect((await listExports(db)).length).toBe(1)
  })

  it('comes through whatever its kinds and key are', async () => {
    const kinds = defineProduct({
      ...frame,
      fields: {
        value: text('T'), seq: int('I'), at: time('T'), rev: int('V'),
        many: list(text('X'), 'L', { nullable: true }), pair: struct({ x: number('X'), y: text('Y', { nullable: true }) }, 'S', { nullable: true }),
        yes: bool('B', { nullable: true }), real: number('N', { nullable: true }), none: text('E', { nullable: true }),
      },
      key: ['value', 'seq', 'at'],
    }) // prettier-ignore
    const world = await exportsWorld(kinds, { rows: 2, pageBytes: 40 })
    const row = (n: number) => ({
      value: `ä"\\🎁 ${n}`, seq: n - 2, at: `2026-10-0${n + 1}T00:00:00.000Z`, rev: n,
      many: n % 2 ? ['ü\n', ''] : null, pair: n % 2 ? { x: 0.1 * n, y: null } : null, yes: n % 2 === 0, real: -n / 3, none: null,
    }) // prettier-ignore
    await world.send([1, 2, 3, 4, 5].map(row))
    await world.complete()
    world.pass(DAY_MS + 1)
    expect(await world.evict()).toBe(5)
    await world.send([row(6)])
    world.pass(HOUR_MS)
    await world.complete()
    expect(await linesIn()).toEqual([1, 2, 3, 4, 5, 6].map(row))
    await world.send([
      { ...row(3), rev: 9 },
      { ...row(4), rev: 1 },
    ])
    world.pass(HOUR_MS)
    await world.complete()
    expect((await linesIn()).toSorted((a, b) => Number(a['seq']) - Number(b['seq']))).toEqual([row(1), row(2), { ...row(3), rev: 9 }, row(4), row(5), row(6)]) // prettier-ignore
  })
})

describe('another contract', () => {
  const newer = (version: `${number}.${number}.${number}`, more: object) =>
    defineProduct({ ...leaving, version, ...more })
  const migrate = async (contract: typeof leaving, fills = fillsOf(contract, [])) => {
    const statements = migration(tablesOf(contract), tablesOf(leaving), { fills, leftEmpty: [], seeds: [] })
    if (statements.length > 0) await db.batch(statements.map((each) => db.prepare(each)))
  }

  it('with more fields: every month is written anew, and older records have none of them', async () => {
    const world = await left()
    const contract = newer('1.1.0', { fields: { ...leaving.fields, more: text('M', { nullable: true }) } })
    await migrate(contract)
    await world.complete({ contract })
    expect((await linesIn()).toSorted((a, b) => (String(a['k']) < String(b['k']) ? -1 : 1))).toMatchObject([
      { k: 'new', more: null },
      { k: 'old', rev: 5, more: null },
    ])
    expect(await world.step({ contract })).toMatchObject({ begun: false })
  })

  it('with other names: lines of the older major are read by them, and what is sent again complete wins', async () => {
    const world = await left()
    const { note, ...rest } = leaving.fields
    const contract = newer('2.0.0', { fields: { ...rest, remark: note } })
    const older = { ...leaving, exports: undefined, rollups: [], measures: {}, projects: { major: 2, fields: { note: { from: 'remark' } } } } as unknown as typeof leaving // prettier-ignore
    const fills = fillsOf(contract, [older])
    await migrate(contract, fills)
    expect(await db.prepare('SELECT _hash FROM _archived').first('_hash')).toBe('')
    await db.prepare(`UPDATE records SET remark = 'here' WHERE k = 'new'`).run()
    await world.complete({ contract, fills })
    expect((await linesIn()).toSorted((a, b) => (String(a['k']) < String(b['k']) ? -1 : 1))).toEqual([
      { ...world.thing('new', 5, 0), note: undefined, remark: 'here' },
      { ...world.thing('old', 5, 3), note: undefined, remark: 'n' },
    ])
  })

  it('with records that stay for longer: what left stays away, and nothing more leaves', async () => {
    const world = await left()
    const contract = newer('1.1.0', { exports: { ...leaving.exports, hot: 'P36500D' } })
    await migrate(contract)
    await world.complete({ contract })
    expect(await keysInFiles()).toEqual(['new', 'old'])
    world.pass(400 * DAY_MS)
    expect([await world.evict(undefined, { contract }), await keysOf('_archived')]).toEqual([0, ['old']])
  })

  it('under which nobody would look for what left is refused', () => {
    for (const exports of [undefined, { every: 'PT1H' }] as const) {
      const { exports: _gone, ...rest } = leaving
      const contract = defineProduct({ ...rest, ...(exports && { exports }) })
      expect(() => migration(tablesOf(contract), tablesOf(leaving))).toThrow(
        expect.objectContaining({
          code: 'migration_impossible',
          message: expect.stringContaining('P36500D'),
        }),
      )
    }
  })
})

describe('a database that was restored', () => {
  it('has the files that it names, although they were replaced and kept no longer', async () => {
    const world = await left()
    const restore = await world.kept()
    await world.send([world.thing('late', 1, 3)])
    await world.complete()
    world.pass(29 * DAY_MS)
    await world.send([world.thing('later', 1, 3)])
    await world.complete()
    await restore()
    const { manifest } = await world.complete()
    expect(manifest.incarnation).toBe('life 1')
    expect(await keysInFiles()).toEqual(['new', 'old'])
  })

  it('gives up the export that was being written at that moment', async () => {
    const world = await exportsWorld(leaving, { parts: 1, rows: 1 })
    const thing = (k: string) => ({ k, at: '2026-10-01T00:00:00.000Z', rev: 1, note: null })
    await world.send([thing('a'), thing('b')])
    await world.step()
    const restore = await world.kept()
    await restore()
    for (const name of await files()) await bucket.delete(name)
    const { manifest } = await world.complete()
    expect([manifest.incarnation, manifest.rows]).toEqual(['life 1', 2])
    expect((await linesIn()).map(({ k }) => k)).toEqual(['a', 'b'])
  })
})

describe('a file that was replaced', () => {
  it('stays for 30 days since the last export that names it was, although an earlier one names it too', async () => {
    const world = await exportsWorld(leaving, { parts: 1, rows: 1 })
    const row = (k: string, month: string, rev: number) => ({
      k,
      at: `${month}-01T00:00:00.000Z`,
      rev,
      note: null,
    })
    await world.send([row('a', '2026-10', 1), row('b', '2026-10', 1)])
    const named = (await world.complete()).manifest.files.map(({ name }) => `files/${name}`)
    world.pass(2 * HOUR_MS)
    await world.send([row('c', '2027-01', 1)])
    await world.complete()
    world.pass(DAY_MS)
    await world.send([row('a', '2026-10', 2), row('c', '2027-01', 2)])
    // The first export is over while the third is written, which has replaced its files already.
    for (let n = 0; n < 4; n++) await world.step()
    world.pass(2 * HOUR_MS)
    await world.complete()
    world.pass(30 * DAY_MS - 1)
    await world.step()
    expect(await files()).toEqual(expect.arrayContaining(named))
    world.pass(2)
    await world.step()
    expect((await files()).filter((file) => named.includes(file))).toEqual([])
  })
})
