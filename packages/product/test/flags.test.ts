/** The flags port: prepare, put, commit, put, read. */
import { pagesNamedBy } from '@meshloop/flags/publish'
import { beforeEach, describe, expect, it } from 'vitest'
import { commit } from '../src/flags/commit.ts'
import { prepare } from '../src/flags/prepare.ts'
import {
  bindings,
  createWorld,
  gone,
  MINUTE,
  OTHER_SECRET,
  recreate,
  score,
  START,
  type World,
} from './flag-set.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})

const many = (n: number, value = 1) => Array.from({ length: n }, (_, i) => score(`p${i}`, 1, value))
const closing = (fence: number, acknowledged: readonly string[] = []) => ({
  fence,
  acknowledged,
  verdict: { open: true, breaches: [], judgedAtMs: world.clock.nowMs },
  headInKv: null,
})

describe('a published flag set', () => {
  it('says what is known of whom, and proves that nothing is known of others', async () => {
    await world.send([score('x', 1, 7, 'home-1'), score('y', 1, 8)], 2)
    world.minutesPass(3)
    const result = await world.run()
    expect(result).toMatchObject({
      isNew: true,
      pending: 0,
      head: { count: 2, content: { watermark: START + 2 * MINUTE } },
    })
    const reader = world.reader()
    const reading = await reader.read('x')
    if (reading.state !== 'known') throw new Error(reading.state)
    expect(reading.entry['home']).toBe(
      await reader.keyedHash({ sid: reading.evidence.sid, label: 'address', value: 'home-1' }),
    )
    expect(reading.evidence).toMatchObject({
      watermark: START + 2 * MINUTE,
      watermarks: { 'a.scores': START + 2 * MINUTE },
      contract: { id: 'a.scores', version: '1.0.0' },
    })
    expect(await world.read('z')).toMatchObject({ state: 'unknown' })
  })

  it('follows changes and deletions, and puts only pages that changed', async () => {
    await world.send(many(40), 0)
    await world.run()
    const before = await world.kvPages()
    await world.send([score('p1', 2, 9), gone('p2', 2)], 1)
    world.minutesPass(1)
    await world.run()
    expect(await world.read('p1')).toMatchObject({ state: 'known', entry: { score: 9 } })
    expect(await world.read('p2')).toMatchObject({ state: 'unknown' })
    const after = await world.kvPages()
    expect(after.length - before.length).toBeLessThanOrEqual(2)
    world.minutesPass(1)
    expect(await world.run()).toMatchObject({ isNew: true, head: { count: 39 } })
    expect(await world.kvPages()).toEqual(after)
  })

  it('reads and offers in portions; until all is in KV the old content stands, with its old watermark', async () => {
    const bounds = { feedRows: 3, feedPages: 2, offeredPages: 2 }
    await world.send(many(40), 0)
    const stuck = await world.run({ failing: () => true })
    expect(stuck).toMatchObject({ head: null })
    expect(stuck?.pending).toBeGreaterThan(0)
    expect(await world.run({ bounds })).toMatchObject({ isNew: true, head: { count: 40 } })
    await world.send(
      many(40, 2).map((row) => ({ ...row, rev: 2 })),
      5,
    )
    world.minutesPass(6)
    expect(await world.run({ bounds, failing: (put) => put === 1 })).toMatchObject({
      isNew: false,
      head: { content: { watermark: START } },
    })
    expect(await world.read('p1')).toMatchObject({ state: 'known', entry: { score: 1 } })
    await world.run({ bounds })
    expect(await world.read('p1')).toMatchObject({ state: 'known', entry: { score: 2 } })
  })

  it('finishes a staging before it reads newer records', async () => {
    await world.send(many(40), 1)
    await world.run({ diesBefore: 'pages' })
    await world.send([score('p1', 2, 9)], 2)
    expect(await world.run()).toMatchObject({ head: { content: { watermark: START + MINUTE } } })
    expect(await world.read('p1')).toMatchObject({ entry: { score: 1 } })
    await world.run()
    expect(await world.read('p1')).toMatchObject({ entry: { score: 9 } })
  })

  it('reads newer records when a staging only lacked its commit', async () => {
    await world.send(many(40), 1)
    await world.run({ diesBefore: 'commit' })
    const own = await world.publisher()
    const { fence, pages } = await prepare(own, null)
    await prepare(own, { fence, acknowledged: await world.putPages(pages, undefined), lost: [] })
    await world.send([score('p1', 2, 8), score('p2', 2, 9)], 2)
    await world.send([score('p1', 3, 9)], 2)
    expect(await world.run({ bounds: { feedRows: 1, feedPages: 1, offeredPages: 50 } })).toMatchObject({
      head: { content: { watermark: START + 2 * MINUTE } },
    })
    expect(await world.read('p1')).toMatchObject({ entry: { score: 9 } })
    expect(await world.read('p2')).toMatchObject({ entry: { score: 9 } })
  })
})

describe('overlapping and repeated calls', () => {
  it('only the latest run commits', async () => {
    await world.send(many(3), 0)
    const own = await world.publisher()
    const first = await prepare(own, null)
    const second = await prepare(own, null)
    const acknowledged = await world.putPages(second.pages, undefined)
    await expect(commit(own, closing(first.fence, acknowledged))).rejects.toMatchObject({
      code: 'run_conflict',
    })
    await expect(prepare(own, { fence: first.fence, acknowledged, lost: [] })).rejects.toMatchObject({
      code: 'run_conflict',
    })
    expect(await commit(own, closing(second.fence, acknowledged))).toMatchObject({ isNew: true })
  })

  it('a commit whose answer was lost can be repeated: same content, higher epoch', async () => {
    await world.send(many(3), 0)
    const own = await world.publisher()
    const { fence, pages } = await prepare(own, null)
    const last = closing(fence, await world.putPages(pages, undefined))
    const first = await commit(own, last)
    const second = await commit(own, last)
    expect(second).toMatchObject({ isNew: false, head: { count: 3, content: first.head?.content } })
    expect(second.head?.epoch).toBeGreaterThan(first.head?.epoch ?? Infinity)
  })

  it('of two commits at once one fails', async () => {
    await world.send(many(3), 0)
    const own = await world.publisher()
    const { fence, pages } = await prepare(own, null)
    const last = closing(fence, await world.putPages(pages, undefined))
    const outcomes = await Promise.allSettled([commit(own, last), commit(own, last)])
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    )
    expect(refused).toEqual(['run_conflict'])
  })

  it('a commit without any run is refused', async () => {
    await expect(commit(await world.publisher(), closing(1))).rejects.toMatchObject({ code: 'run_conflict' })
  })
})

describe('time', () => {
  it('renews pages after a day, and signs no head that outlives a page', async () => {
    await world.send(many(40), 0)
    await world.run()
    world.minutesPass(60)
    expect((await prepare(await world.publisher(), null)).pages).toEqual([])
    world.minutesPass(31 * 60)
    const { pages } = await prepare(await world.publisher(), null)
    expect(pages.map(({ name }) => name).toSorted()).toEqual((await world.kvPages()).toSorted())
    world.minutesPass(15 * 60)
    const renewal = { failing: () => true }
    await expect(world.run(renewal)).rejects.toMatchObject({ code: 'flags_stopped' })
    expect(await world.run()).toMatchObject({ head: { count: 40 } })
  })

  it('an epoch rises even when the clock stands still; one that is far behind stops the signing', async () => {
    await world.send(many(3), 0)
    const epochs = [(await world.run())?.head?.epoch, (await world.run())?.head?.epoch]
    expect(epochs).toEqual([START, START + 1])
    world.minutesPass(-2)
    await expect(world.run()).rejects.toMatchObject({ code: 'flags_stopped' })
  })

  it('a lost database begins again above the head in KV', async () => {
    await world.send(many(3), 0)
    await world.run()
    await recreate(bindings.DB)
    await world.send(many(3), 0)
    world.clock.nowMs -= 1_000
    expect((await world.run())?.head?.epoch).toBe(START + 1)
  })

  it('a head leads back to one that is at least 55 s older and still fresh', async () => {
    await world.send(many(3), 0)
    await world.run()
    const [old] = await world.kvPages()
    await world.send([score('p0', 2, 5), score('p1', 2, 5), score('p2', 2, 5)])
    world.minutesPass(1)
    const head = (await world.run())?.head
    expect(pagesNamedBy(head?.value ?? new Uint8Array())).toContain(old)
    world.minutesPass(6)
    const later = (await world.run())?.head
    expect(pagesNamedBy(later?.value ?? new Uint8Array())).not.toContain(old)
  })

  it.each([
    { gate: { open: false }, breach: undefined },
    { gate: { open: true, ageMs: 4 * MINUTE }, breach: 'verdict_age' },
  ])('the gate is closed by $gate: content stands, and readers see why', async ({ gate, breach }) => {
    await world.send(many(3), 0)
    await world.run({ gate })
    const reading = await world.read('p1')
    expect(reading).toMatchObject({ state: 'stale', cause: 'gate_closed', entry: { score: 1 } })
    expect(reading.evidence.breaches?.[0]?.rule).toBe(breach)
  })
})

describe('what changes all pages', () => {
  it('a new secret: the old content stands until every page is there under the new one', async () => {
    await world.send(many(40), 0)
    await world.run()
    const stuck = { secret: OTHER_SECRET, failing: (put: number) => put === 5 }
    expect(await world.run(stuck)).toMatchObject({ isNew: false, head: { content: { sid: 's1' } } })
    expect(await world.read('p1')).toMatchObject({ state: 'known', evidence: { sid: 's1' } })
    expect(await world.run({ secret: OTHER_SECRET })).toMatchObject({ isNew: true, head: { count: 40 } })
    expect(await world.read('p1')).toMatchObject({ state: 'known', evidence: { sid: 's2' } })
    expect(await world.reader([bindings.FLAGS_SECRET]).read('p1')).toMatchObject({ cause: 'secret_unknown' })
  })

  it('a new contract: entries are made anew, equal pages are not put again', async () => {
    await world.send(many(40), 0)
    await world.run()
    const pages = await world.kvPages()
    await world.run({ hash: 'another', failing: () => true })
    expect(await world.kvPages()).toEqual(pages)
    expect(await world.read('p1')).toMatchObject({
      state: 'known',
      evidence: { contract: { hash: 'another' } },
    })
  })

  it('more entries: more pages', async () => {
    await world.send(many(3), 0)
    await world.run()
    await world.send(
      Array.from({ length: 120 }, (_, i) => score(`q${i}`, 1, 3_900)),
      1,
    )
    await world.run()
    expect(await world.run()).toMatchObject({ isNew: true, head: { count: 123, content: { bits: 5 } } })
    expect(await world.read('q7')).toMatchObject({ state: 'known' })
  })

  it('a commit before every slot was looked at renews the old content', async () => {
    await world.send(many(3), 0)
    await world.run()
    await world.send(Array.from({ length: 120 }, (_, i) => score(`q${i}`, 1, 3_900)))
    await world.run()
    await world.run()
    const own = await world.publisher({
      hash: 'another',
      bounds: { feedRows: 1_000, feedPages: 1, offeredPages: 16 },
    })
    const { fence, pages, more } = await prepare(own, null)
    expect({ pages, more }).toEqual({ pages: [], more: true })
    expect(await commit(own, closing(fence))).toMatchObject({ isNew: false, head: { count: 123 } })
  })

  it('a page that would be too large doubles the pages at once', async () => {
    await world.send(many(3), 0)
    await world.run()
    for (let part = 0; part < 3; part++)
      await world.send(
        Array.from({ length: 400 }, (_, i) => score(`q${part}-${i}`, 1, 3_900)),
        1,
      )
    const result = await world.run()
    expect(result).toMatchObject({ isNew: true, head: { count: 1_203 } })
    expect(result?.head?.content.bits).toBeGreaterThan(4)
    expect(await world.read('q2-399')).toMatchObject({ state: 'known' })
  })
})

describe('what goes wrong', () => {
  it('a record that makes no entry is set aside, its neighbours are published', async () => {
    await world.send([score('x', 1, 7), score('y', 1, 5_000)], 0)
    await world.run()
    expect(await world.read('x')).toMatchObject({ state: 'known' })
    expect(await world.read('y')).toMatchObject({ state: 'unknown' })
    const { results } = await bindings.DB.prepare('SELECT source, row FROM _quarantine').all()
    expect(results).toEqual([{ source: 'flags', row: '{"who":"y"}' }])
  })

  it('pages that are lost in KV are offered again', async () => {
    await world.send(many(40), 0)
    const head = (await world.run())?.head
    const lost = pagesNamedBy(head?.value ?? new Uint8Array()).slice(0, 2)
    const own = await world.publisher()
    const { fence } = await prepare(own, null)
    const { pages } = await prepare(own, { fence, acknowledged: [], lost })
    expect(pages.map(({ name }) => name).toSorted()).toEqual(lost.toSorted())
    expect((await prepare(own, { fence, acknowledged: lost, lost: [] })).pages).toEqual([])
  })

  it('the log forgets values before heads, and heads that have expired', async () => {
    await world.send(many(3), 0)
    for (let n = 0; n < 5; n++) {
      await world.run()
      world.minutesPass(1)
    }
    const kept = () =>
      bindings.DB.prepare('SELECT count(*) AS heads, count(value) AS values_ FROM _flags_log').first()
    expect(await kept()).toEqual({ heads: 5, values_: 2 })
    world.minutesPass(62)
    await world.run()
    expect(await kept()).toEqual({ heads: 1, values_: 1 })
  })
})
