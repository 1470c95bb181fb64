import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listExports } from '../src/exports/stored-exports.ts'
import type { Exporting } from '../src/exports/exporting.ts'
import { writePart } from '../src/exports/write-part.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { bucket, db, exportsWorld, isNdjson, linesOf, things } from './exports-world.ts'

const HOUR_MS = 3_600_000
const thing = (k: string, month: number, rev: number, more: object = {}) => ({
  k,
  at: new Date(Date.UTC(2026, month, 1 + (rev % 20))).toISOString(),
  rev,
  note: `n${rev}`,
  ...more,
})
const gone = (k: string, rev: number) => ({ k, rev, _deleted: true })
const keys = async () => (await bucket.list({ prefix: 'files/' })).objects.map(({ key }) => key)

describe('an export', () => {
  it('holds every record once, by months, in both forms', async () => {
    const world = await exportsWorld(undefined, { rows: 2, pageBytes: 1 })
    await world.send([thing('a', 0, 1), thing('b', 0, 2), thing('c', 0, 3), thing('d', 5, 1), gone('e', 1)])
    const { manifest } = await world.complete()
    expect(manifest.files.map(({ month, format, rows }) => [month, format, rows])).toEqual([
      ['2026-01', 'parquet', 2],
      ['2026-01', 'ndjson', 2],
      ['2026-01', 'parquet', 1],
      ['2026-01', 'ndjson', 1],
      ['2026-06', 'parquet', 1],
      ['2026-06', 'ndjson', 1],
    ])
    expect(manifest).toMatchObject({ rows: 4, seq: 5, incarnation: 'one', as_of: null, product: 'a.things' })
    const lines = (await Promise.all(manifest.files.filter(isNdjson).map(linesOf))).flat()
    expect(lines.map(({ k }) => k)).toEqual(['a', 'b', 'c', 'd'])
    expect(lines[0]).toEqual(thing('a', 0, 1))
    for (const file of manifest.files) {
      const object = await bucket.get(`files/${file.name}`)
      const bytes = (await object?.arrayBuffer()) ?? new ArrayBuffer()
      expect(bytes.byteLength).toBe(file.bytes)
      expect(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()).toBe(file.sha256)
    }
  })

  it('is made when something changed and the time has come, of changed months alone', async () => {
    const world = await exportsWorld()
    expect(await world.step()).toEqual({ begun: false, parts: 0, completed: false })
    await world.send([thing('a', 0, 1), thing('b', 1, 1), thing('c', 2, 1)])
    const first = await world.complete()
    await world.send([thing('d', 1, 1)])
    expect((await world.step()).begun).toBe(false)
    world.pass(HOUR_MS)
    expect(await world.step()).toEqual({ begun: true, parts: 1, completed: true })
    const [second] = await listExports(db)
    const names = (of: typeof second) => of?.manifest.files.map(({ name }) => name) ?? []
    expect(names(second).filter((name) => names(first).includes(name)).length).toBe(4)
    world.pass(HOUR_MS)
    expect((await world.step()).begun).toBe(false)
  })

  it.each([
    ['a record that moves to another month', [thing('b', 5, 2)], ['2026-02', '2026-06']],
    ['a deletion', [gone('b', 2)], ['2026-02']],
    ['a correction', [thing('b', 1, 2)], ['2026-02']],
    ['what is known already', [thing('b', 1, 1), thing('a', 0, 1)], []],
  ])('%s makes only its months new', async (_, rows, months) => {
    const world = await exportsWorld()
    await world.send([thing('a', 0, 1), thing('b', 1, 1), thing('c', 1, 1)])
    const before = await world.complete()
    await world.send([...rows, thing('z', 11, 1)])
    world.pass(HOUR_MS)
    const after = await world.complete()
    const old = new Set(before.manifest.files.map(({ name }) => name))
    const made = after.manifest.files.filter(({ name }) => !old.has(name)).map(({ month }) => month)
    expect([...new Set(made)]).toEqual([...months, '2026-12'])
    expect(await world.followed(after)).toEqual(await world.table())
  })

  it('is made anew where a record left whose part was written already', async () => {
    const world = await exportsWorld(undefined, { parts: 1, rows: 2, pageBytes: 1 })
    await world.send([1, 2, 3, 4].map((n) => thing(`k${n}`, 0, n)))
    expect(await world.step()).toEqual({ begun: true, parts: 1, completed: false })
    await world.send([gone('k1', 9)])
    expect(await world.followed(await world.complete())).toEqual(await world.table())
    world.pass(HOUR_MS)
    expect(await world.followed(await world.complete())).toEqual(await world.table())
  })

  it('and the changes after it are the table, whatever is written while it is made', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const write = fc.record({ k: key, month: fc.integer({ min: 0, max: 2 }), isGone: fc.nat(4) })
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.record({ rows: fc.array(write, { minLength: 1, maxLength: 4 }) }) },
      { weight: 4, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 2 }) }) },
      { weight: 1, arbitrary: fc.constant({ pass: HOUR_MS }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
        const world = await exportsWorld(undefined, { parts: 1, rows: 2, pageBytes: 1 })
        await world.send([thing('a', 0, 0), thing('b', 0, 0), thing('c', 0, 0)])
        let rev = 0
        for (const each of acts)
          if ('pass' in each) world.pass(each.pass)
          else if ('steps' in each) await Promise.all(Array.from({ length: each.steps }, () => world.step()))
          else {
            rev += 1
            await world.send(each.rows.map(({ k, month, isGone }) => (isGone === 0 ? gone(k, rev) : thing(k, month, rev)))) // prettier-ignore
          }
        world.pass(HOUR_MS)
        await world.send([thing('f', 3, 1)])
        await world.complete()
        const table = await world.table()
        // Those before it too: they can be read as long as they are kept.
        for (const each of await listExports(db)) expect(await world.followed(each)).toEqual(table)
      }),
      dearRuns(5),
    )
  })

  it('is read by pages that fit into memory, however long a source makes its records at last', async () => {
    const world = await exportsWorld()
    const note = 'x'.repeat(2_000)
    const day = (n: number) => `2026-01-${n < 600 ? '01' : '02'}T00:00:00.000Z`
    await world.send(Array.from({ length: 900 }, (_, n) => thing(`k${n}`, 0, n, { at: day(n), ...(n < 600 ? {} : { note }) }))) // prettier-ignore
    const pages: number[] = []
    const watched = {
      prepare: (query: string) => ({
        bind(...values: unknown[]) {
          const bound = db.prepare(query).bind(...values)
          const raw = async () => {
            const page = await bound.raw()
            pages.push(JSON.stringify(page).length)
            return page
          }
          return { raw, run: () => bound.run() }
        },
      }),
    } as unknown as D1Database // what writing a part needs of one
    const bounds = { rows: 1_000, bytes: 1e6, pageBytes: 50_000 }
    const month = { run: 'none', month: '2026-01', progress: null, archive: null }
    await writePart({ db: watched, bucket, contract: things } as unknown as Exporting, month, bounds)
    expect(Math.max(...pages)).toBeLessThan(bounds.pageBytes * 1.5)
    expect((await world.complete()).manifest.rows).toBe(900)
  })

  it('is not complete before its manifest lies beside its files, and is completed by the next step', async () => {
    const world = await exportsWorld()
    await world.send([thing('a', 0, 1)])
    const failing = {
      put: async (name: string, ...rest: [string]) =>
        name.startsWith('manifests/')
          ? Promise.reject(new Error('no bucket for a moment'))
          : bucket.put(name, ...rest),
      get: bucket.get.bind(bucket),
      createMultipartUpload: bucket.createMultipartUpload.bind(bucket),
    } as unknown as R2Bucket // what writing takes of one
    await expect(world.complete({ bucket: failing })).rejects.toThrow('no bucket for a moment')
    expect(await listExports(db)).toEqual([])
    const made = await world.complete()
    expect(await (await bucket.get(`manifests/${made.id}.jws`))?.text()).toBe(made.signed)
  })

  it('that was replaced is kept for a time, then deleted with what no other names', async () => {
    const world = await exportsWorld()
    await world.send([thing('a', 0, 1), thing('b', 1, 1)])
    const first = await world.complete()
    await bucket.put('files/2026-01.1.nobody.0000.parquet', 'left by a step that was broken off')
    world.pass(HOUR_MS)
    await world.send([thing('b', 1, 2)])
    const second = await world.complete()
    for (const { name } of first.manifest.files) expect(await keys()).toContain(`files/${name}`)
    world.pass(30 * 24 * HOUR_MS)
    await world.send([thing('c', 1, 1)])
    await world.complete()
    const named = (await listExports(db)).flatMap(({ manifest }) => manifest.files)
    expect((await listExports(db)).map(({ id }) => id)).not.toContain(first.id)
    expect((await listExports(db)).map(({ id }) => id)).toContain(second.id)
    expect((await keys()).toSorted()).toEqual(
      [...new Set(named.map(({ name }) => `files/${name}`))].toSorted(),
    )
    expect(await bucket.head(`manifests/${first.id}.jws`)).toBeNull()
  })

  it('that was replaced is deleted in time where nothing is exported any more', async () => {
    const world = await exportsWorld()
    await world.send([thing('a', 0, 1)])
    const first = await world.complete()
    world.pass(HOUR_MS)
    await world.send([{ k: 'a', rev: 2, _deleted: true }])
    await world.complete()
    world.pass(24 * HOUR_MS)
    await world.step()
    expect((await keys()).length).toBe(2)
    world.pass(1)
    expect(await world.step()).toEqual({ begun: false, parts: 0, completed: false })
    expect([await keys(), await bucket.head(`manifests/${first.id}.jws`)]).toEqual([[], null])
    expect((await listExports(db)).length).toBe(1)
  })

  it('of a database that was restored is written anew, at once', async () => {
    const world = await exportsWorld()
    await world.send([thing('a', 0, 1), thing('b', 1, 1)])
    await world.complete()
    await db.prepare(`UPDATE _state SET incarnation = 'two'`).run()
    world.pass(1)
    const { manifest } = await world.complete()
    expect(manifest.incarnation).toBe('two')
    expect(manifest.files.every(({ name }) => name.includes(manifest.id))).toBe(true)
  })
})
