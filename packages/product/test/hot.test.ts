/** Records that leave D1 and live on in exports: what holds whatever happens. The rules one by one: hot-rules.test.ts */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstHotMonth } from '../src/exports/evict.ts'
import { listExports } from '../src/exports/stored-exports.ts'
import { ProductError } from '../src/problems.ts'
import { storing, type StoredRow } from '../src/store/stored-row.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { bucket, db, type Followed, type Records } from './exports-world.ts'
import { DAY_MS, HOUR_MS, hotWorld, leaving } from './hot-world.ts'

const RESTORED_MS = 30 * DAY_MS
const store = storing(leaving)

/** What was accepted last of each key, deletions too. */
type Model = ReadonlyMap<string, { readonly row: object; readonly stored: StoredRow }>

function accepted(model: Model, rows: readonly (object & { k: string })[]): Model {
  const after = new Map(model)
  for (const row of rows) {
    const stored = '_deleted' in row ? store.deletion({ ...row }) : store.record({ ...row })
    const before = after.get(row.k)?.stored
    const isNewer =
      !before ||
      stored.version > before.version ||
      (stored.version === before.version && stored.hash > before.hash)
    if (isNewer) after.set(row.k, { row, stored })
  }
  return after
}

const living = (model: Model): Records =>
  Object.fromEntries(
    [...model]
      .filter(([, { stored }]) => !stored.deleted)
      .map(([k, { row }]) => [k, { ...row }] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/** The bucket until it breaks off, after so many calls. */
function breaking(calls: number): R2Bucket {
  let left = calls
  return new Proxy(bucket, {
    get(target, member: 'get') {
      const found = target[member].bind(target)
      return (...given: Parameters<typeof found>) => {
        if ((left -= 1) < 0) throw new Error('broken off')
        return found(...given)
      }
    },
  })
}

const isOpen = async () =>
  (await db.prepare('SELECT id FROM _exports WHERE manifest IS NULL').first()) !== null

type World = Awaited<ReturnType<typeof hotWorld>>

/** What must hold at every moment. */
async function check(world: World, model: Model): Promise<void> {
  const all = living(model)
  const table = await world.table()
  const { results: archived } = await db
    .prepare('SELECT k, _month, _version, _hash FROM _archived ORDER BY k')
    .all()
  const away = archived.map(({ k }) => String(k))
  expect([...Object.keys(table), ...away].toSorted()).toEqual(Object.keys(all))
  for (const [k, record] of Object.entries(table)) expect(record).toEqual(all[k])
  for (const { k, _month, _version, _hash } of archived) {
    const { stored } = model.get(String(k)) ?? {}
    const month = String(all[String(k)]?.['at']).slice(0, 7)
    expect([_month, _version, _hash]).toEqual([month, stored?.version, stored?.hash])
    expect(month < firstHotMonth(leaving, world.now())).toBe(true)
  }
  const months = await db
    .prepare('SELECT month, records FROM _archived_months WHERE records <> 0 ORDER BY month')
    .all()
  const counted = Object.entries(Object.groupBy(archived, ({ _month }) => String(_month)))
  expect(months.results).toEqual(counted.map(([month, of]) => ({ month, records: of?.length })).toSorted((a, b) => (a.month < b.month ? -1 : 1))) // prettier-ignore
  const totals = await db
    .prepare('SELECT grp, _n, revs FROM _rollup_at_month WHERE _n <> 0 ORDER BY grp')
    .all()
  const hot = Object.groupBy(Object.values(table), (record) =>
    JSON.stringify([`${String(record['at']).slice(0, 7)}-01`]),
  )
  const kept = Object.entries(hot).map(([grp, of = []]) => ({
    grp,
    _n: of.length,
    revs: of.reduce((sum, { rev }) => sum + Number(rev), 0),
  }))
  expect(totals.results).toEqual(kept.toSorted((a, b) => (a.grp < b.grp ? -1 : 1)))
}

/** Every export that can be read, and the changes after it, are all that lives. */
async function checkExports(world: World, model: Model): Promise<void> {
  const life = await db.prepare('SELECT incarnation FROM _state').first('incarnation')
  const since = new Date(world.now() - DAY_MS).toISOString()
  for (const each of await listExports(db))
    if (each.manifest.incarnation === life && (each.ended_at ?? since) >= since)
      expect(await world.followed(each)).toEqual(living(model))
}

/** Somebody who follows, and begins with the newest export when it is told to. */
async function poll(world: World, follower: Followed | undefined): Promise<Followed | undefined> {
  try {
    if (follower) return await world.followOn(follower)
  } catch (error) {
    if (!(error instanceof ProductError && error.code === 'resync_required')) throw error
  }
  const life = await db.prepare('SELECT incarnation FROM _state').first('incarnation')
  const [newest] = await listExports(db)
  return newest && newest.manifest.incarnation === life
    ? world.followOn(await world.loadedFrom(newest))
    : undefined
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const write = fc.record({
  k: key,
  ago: fc.nat(4),
  rev: fc.integer({ min: 1, max: 9 }),
  note: fc.constantFrom(null, 'x', 'ü🎁'),
  isGone: fc.nat(5),
})
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ rows: fc.array(write, { minLength: 1, maxLength: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ breaksAfter: fc.nat(6) }) },
  { weight: 6, arbitrary: fc.record({ evict: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ pass: fc.constantFrom(HOUR_MS, DAY_MS, 10 * DAY_MS, 35 * DAY_MS) }) },
  { weight: 4, arbitrary: fc.record({ leave: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ poll: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ keep: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ restore: fc.constant(true) }) },
)

describe('a product whose records leave', () => {
  it('loses none, whatever is written, broken off and restored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 40 }), async (acts) => {
        const world = await hotWorld({ parts: 1, rows: 2, pageBytes: 50 })
        let model: Model = new Map()
        let follower: Followed | undefined
        const send = async (rows: readonly (object & { k: string })[]) => {
          await world.send(rows)
          model = accepted(model, rows)
        }
        await send(['a', 'b', 'c', 'd'].map((k, n) => world.thing(k, 1, n)))
        let kept = { restore: await world.kept(), model, at: world.now() }
        for (const each of acts) {
          if ('rows' in each) await send(each.rows.map(({ isGone, k, rev, ago, note }) => (isGone === 0 ? { k, rev, _deleted: true } : world.thing(k, rev, ago, note)))) // prettier-ignore
          if ('steps' in each) await Promise.all(Array.from({ length: each.steps }, () => world.step()))
          if ('breaksAfter' in each) await world.step({ bucket: breaking(each.breaksAfter) }).catch(brokenOff)
          if ('evict' in each) await world.evict({ chunks: each.evict, rows: 2, milliseconds: 1 })
          if ('pass' in each) world.pass(each.pass)
          if ('leave' in each) {
            while (!(await world.step()).completed && (await isOpen())) continue
            world.pass(DAY_MS + 1)
            await world.evict({ chunks: each.leave, rows: 2, milliseconds: 1 })
            await checkExports(world, model)
          }
          if ('poll' in each) follower = await poll(world, follower)
          if ('keep' in each) kept = { restore: await world.kept(), model, at: world.now() }
          if ('restore' in each && world.now() - kept.at <= RESTORED_MS) {
            await kept.restore()
            model = kept.model
          }
          await check(world, model)
        }
        // The first may have begun before the last write.
        for (const rev of [1, 2]) {
          world.pass(HOUR_MS)
          await send([world.thing('z', rev, 0)])
          await world.complete()
          await checkExports(world, model)
        }
        world.pass(DAY_MS + 1)
        await world.evict()
        await check(world, model)
        const hot = firstHotMonth(leaving, world.now())
        expect(Object.values(await world.table()).filter(({ at }) => String(at) < hot)).toEqual([])
        await checkExports(world, model)
        expect((await poll(world, follower))?.records).toEqual(living(model))
        await db.prepare(`UPDATE _state SET incarnation = 'the last life'`).run()
        await world.complete()
        await checkExports(world, model)
      }),
      dearRuns(80, 10),
    )
  }, 600_000)
})

function brokenOff(error: unknown): void {
  if (!(error instanceof Error) || error.message !== 'broken off') throw error
}
