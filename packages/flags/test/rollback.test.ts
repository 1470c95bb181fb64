/** Old copies: heads put back, two heads of one epoch, retired keys, missing pages. */
import { describe, expect, test } from 'vitest'
import { headKey } from '../src/names.ts'
import { createHangingKv, createWorld, NOW, only, short } from './world.ts'

const ENTRIES = { cust_1: { score: 912 } }

describe('epochs', () => {
  test('an old head put back: warm readers keep the newer one; the alarm comes when the gap exceeds three minutes', async () => {
    const world = await createWorld()
    const older = await world.publish({ cust_1: { score: 1 } })
    world.clock.nowMs += 180_000
    const old = await world.publish({ cust_1: { score: 2 } })
    world.clock.nowMs += 60_000
    const warm = world.reader()
    await world.publish({ cust_1: { score: 3 } })
    await warm.read('cust_1')
    for (const [head, severity] of [
      [old.head, 'notice'],
      [older.head, 'alarm'],
    ] as const) {
      await world.putHead(head.value)
      world.clock.nowMs += 31_000
      expect(await warm.read('cust_1')).toMatchObject({
        state: 'known',
        entry: { score: 3 },
        evidence: { events: ['head_older'] },
      })
      expect(world.events.at(-1)).toMatchObject({ code: 'head_older', severity })
    }
    // Kept back for good, it ends as stale and then as nothing, never as the old content.
    world.clock.nowMs = NOW + 240_000 + 300_000
    expect(await warm.read('cust_1')).toMatchObject({
      state: 'stale',
      cause: 'head_old',
      entry: { score: 3 },
    })
    world.clock.nowMs = NOW + 240_000 + 3_600_000
    expect(short(await warm.read('cust_1'))).toBe('unavailable/head_expired')
  })

  test('an old head put back: cold readers take it for five minutes at most', async () => {
    const world = await createWorld()
    const old = await world.publish({ cust_1: { score: 1 } })
    world.clock.nowMs += 299_999
    await world.publish({ cust_1: { score: 2 } })
    await world.putHead(old.head.value)
    expect(await world.reader().read('cust_1')).toMatchObject({ state: 'known', entry: { score: 1 } })
    world.clock.nowMs += 1
    expect(await world.reader().read('cust_1')).toMatchObject({
      state: 'stale',
      cause: 'head_old',
      entry: { score: 1 },
    })
  })

  test('two heads of one epoch', async () => {
    const world = await createWorld()
    await world.publish({ cust_1: { score: 1 } })
    const warm = world.reader()
    await warm.read('cust_1')
    await world.publish({ cust_1: { score: 2 } })
    world.clock.nowMs += 31_000
    expect(await warm.read('cust_1')).toMatchObject({
      state: 'known',
      entry: { score: 1 },
      evidence: { events: ['head_equivocation'] },
    })
    expect(world.events.at(-1)).toMatchObject({ code: 'head_equivocation', severity: 'alarm' })
    world.clock.nowMs = NOW + 300_000
    expect(short(await warm.read('cust_1'))).toBe('untrusted/head_equivocation')
  })

  test('a retired key: its last head ages out, and nothing new of it is taken', async () => {
    const world = await createWorld()
    const pins = world.pins.map((pin) => (pin.kid === 'k1' ? { ...pin, until: NOW + 60_000 } : pin))
    await world.publish(ENTRIES)
    const read = () => world.reader({ pins }).read('cust_1')
    world.clock.nowMs += 120_000
    expect(short(await read())).toBe('known')
    await world.publish(ENTRIES)
    expect(short(await read())).toBe('untrusted/head_key_window')
    await world.publish(ENTRIES, { key: world.next })
    expect(short(await read())).toBe('known')
  })

  test('the same bytes under a reader of another flag set', async () => {
    const world = await createWorld()
    const other = await createWorld()
    await world.publish(ENTRIES)
    const pins = world.pins.flatMap((pin) => [pin, { ...pin, aud: other.aud }])
    await world.kv.put(headKey(other.aud), await world.getHead())
    expect(short(await other.reader({ pins }).read('cust_1'))).toBe('untrusted/head_audience')
  })
})

describe('a missing page, with a head before', () => {
  const later = { cust_1: { score: 2 } }

  async function rolledBack(change: { open?: boolean; afterMs?: number; entries?: object } = {}) {
    const world = await createWorld()
    const first = await world.publish(ENTRIES, { gate: { open: change.open ?? true, breaches: [] } })
    world.clock.nowMs += 60_000
    const second = await world.publish(later, { prev: first.head.value })
    await world.deletePage(only(second.pages).name)
    world.clock.nowMs += change.afterMs ?? 0
    return { world, first, second }
  }

  test('the page before answers, and says so', async () => {
    const { world, first } = await rolledBack()
    expect(await world.reader().read('cust_1')).toMatchObject({
      state: 'known',
      entry: { score: 912 },
      evidence: {
        via: 'prev',
        epoch: NOW,
        ageMs: 60_000,
        watermark: NOW,
        page: only(first.pages).name,
        events: ['page_missing'],
      },
    })
  })

  test('and the slot that was empty before answers too', async () => {
    const world = await createWorld()
    const first = await world.publish({})
    world.clock.nowMs += 60_000
    const second = await world.publish(later, { prev: first.head.value })
    await world.deletePage(only(second.pages).name)
    expect(await world.reader().read('cust_1')).toMatchObject({
      state: 'unknown',
      evidence: { via: 'prev', page: null, events: ['page_missing'] },
    })
  })

  const outcomes: [string, string, Parameters<typeof rolledBack>[0]][] = [
    ['up to its end', 'known', { afterMs: 239_999 }],
    ['not after its end', 'unavailable/page_missing', { afterMs: 240_000 }],
    ['not when its gate was closed', 'unavailable/page_missing', { open: false }],
  ]
  test.each(outcomes)('%s: %s', async (_when, outcome, change) => {
    const { world } = await rolledBack(change)
    expect(short(await world.reader().read('cust_1'))).toBe(outcome)
  })

  test('not when it is missing too', async () => {
    const { world, first } = await rolledBack()
    await world.deletePage(only(first.pages).name)
    expect(short(await world.reader().read('cust_1'))).toBe('unavailable/page_missing')
  })

  test('a wrong one in its place is named, not passed over', async () => {
    const { world, first, second } = await rolledBack()
    await world.putPage(only(second.pages).name, only(first.pages).value)
    expect(short(await world.reader().read('cust_1'))).toBe('untrusted/page_hash')
    await world.deletePage(only(second.pages).name)
    await world.putPage(only(first.pages).name, only(second.pages).value)
    expect(short(await world.reader().read('cust_1'))).toBe('untrusted/page_hash')
  })

  test('a page that did not change has nothing before it', async () => {
    const world = await createWorld()
    const first = await world.publish(ENTRIES)
    world.clock.nowMs += 60_000
    await world.publish(ENTRIES, { prev: first.head.value })
    await world.deletePage(only(first.pages).name)
    expect(short(await world.reader().read('cust_1'))).toBe('unavailable/page_missing')
  })

  test('a page that is late', async () => {
    const { world, second } = await rolledBack()
    const name = only(second.pages).name
    const { kv, timer, hold } = createHangingKv(world.kv)
    hold((key) => key.endsWith(name))
    expect(await world.reader({ kv, timer }).read('cust_1')).toMatchObject({
      state: 'known',
      evidence: { via: 'prev', events: ['timeout'] },
    })
  })
})
