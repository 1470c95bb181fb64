/** The steward's side on a real namespace: putting, pacing, scrubbing, witnessing. */
import { describe, expect, test } from 'vitest'
import type { Bytes } from '../src/bytes.ts'
import { pageName } from '../src/names.ts'
import {
  createWritePace,
  pagesNamedBy,
  publishHead,
  publishPages,
  scrubPages,
  witnessHead,
  type FlagKvWriter,
} from '../src/publish.ts'
import { headFingerprint } from '../src/sign.ts'
import { createWorld, flip, FLAGS, NOW, only, resign, type World } from './world.ts'

const ENTRIES = { cust_1: { score: 912 } }
const MANY = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`cust_${at}`, { score: at }]))

describe('putting', () => {
  test('pages and head stay for two days', async () => {
    const world = await createWorld()
    const { pages } = await world.publish(MANY)
    const { keys } = await FLAGS.list({ prefix: `mf1/${world.aud}/` })
    expect(keys.map((key) => key.name).toSorted()).toEqual(
      [`mf1/${world.aud}/head`, ...pages.map((page) => `mf1/${world.aud}/p/${page.name}`)].toSorted(),
    )
    // KV counts from its own clock, to the second.
    for (const { expiration = 0 } of keys)
      expect(Math.abs(expiration - Date.now() / 1_000 - 172_800)).toBeLessThan(60)
  })

  test('what is no page under its name is refused, and its neighbours are put', async () => {
    const world = await createWorld()
    const good = new Uint8Array([1, 2, 3])
    const large = new Uint8Array(262_145)
    const result = await publishPages(targetOf(world), [
      { name: 'A'.repeat(43), value: good },
      { name: await pageName(large), value: large },
      { name: await pageName(good), value: good },
      { name: await pageName(good), value: good },
    ])
    expect(result).toEqual({
      acknowledged: [await pageName(good)],
      // In the order in which they ended.
      refused: expect.toSatisfy(
        (refused: object[]) =>
          refused.length === 2 &&
          refused.some(isRefusal('page_name_wrong')) &&
          refused.some(isRefusal('page_too_large')),
      ),
      left: [],
    })
    expect(await publishHead(targetOf(world), good)).toBe('head_malformed')
  })

  test('at most 900 operations a call, six at a time; the rest is left', async () => {
    const world = await createWorld()
    const pages = await Promise.all(
      Array.from({ length: 903 }, (_, at) => named(new Uint8Array([at >> 8, at & 255]))),
    )
    const kv = slow()
    const publishing = publishPages({ ...targetOf(world), kv }, pages)
    await kv.drain(900)
    const result = await publishing
    expect(kv.most()).toBe(6)
    expect(result.acknowledged.length).toBe(900)
    expect(result.left).toEqual(pages.slice(900).map((page) => page.name))
  })

  test('a key is written once a second, pages and head alike', async () => {
    const world = await createWorld()
    const { head, pages } = await world.sign(ENTRIES)
    const target = targetOf(world)
    const page = only(pages)
    const outcomes: unknown[] = []
    for (const atMs of [0, 1, 999, 1_000, 1_999, 2_000, 500]) {
      world.clock.nowMs = NOW + atMs
      const { refused } = await publishPages(target, [page])
      outcomes.push([atMs, refused[0]?.code ?? null, await publishHead(target, head.value)])
    }
    const soon = 'write_too_soon'
    expect(outcomes).toEqual([
      [0, null, null],
      [1, soon, soon],
      [999, soon, soon],
      [1_000, null, null],
      [1_999, soon, soon],
      [2_000, null, null],
      [500, soon, soon],
    ])
  })

  test('a failing namespace is a code, not an exception', async () => {
    const world = await createWorld()
    const { head, pages } = await world.sign(ENTRIES)
    const kv: FlagKvWriter = { put: () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests')) }
    const target = { ...targetOf(world), kv }
    expect(await publishPages(target, pages)).toMatchObject({
      refused: [{ code: 'kv_error' }],
      acknowledged: [],
    })
    expect(await publishHead(target, head.value)).toBe('kv_error')
  })
})

describe('scrubbing', () => {
  test('damaged and missing pages are named and mended from the product', async () => {
    const world = await createWorld()
    const { pages, head } = await world.publish(MANY)
    const [damaged, missing, lost] = pages
    if (!damaged || !missing || !lost) throw new Error('too few pages')
    await world.putPage(damaged.name, flip(damaged.value, 30))
    await world.deletePage(missing.name)
    await world.deletePage(lost.name)
    world.clock.nowMs += 1_000
    const source = async (name: string) =>
      pages.find((page) => page.name === name && page !== lost)?.value ?? null
    const names = pagesNamedBy(head.value)
    const first = await scrubPages(targetOf(world), names, source)
    expect({ ...first, intact: first.intact.length }).toEqual({
      intact: pages.length - 3,
      missing: expect.toSatisfy((found: string[]) => same(found, [missing.name, lost.name])),
      damaged: [damaged.name],
      mended: expect.toSatisfy((found: string[]) => same(found, [damaged.name, missing.name])),
      unread: [],
      left: [],
    })
    world.clock.nowMs += 1_000
    expect(await scrubPages(targetOf(world), names, source)).toMatchObject({
      missing: [lost.name],
      damaged: [],
      mended: [],
    })
  })

  test('100 pages a call', async () => {
    const world = await createWorld()
    const names = Array.from({ length: 130 }, (_, at) => `page_${at}`)
    const result = await scrubPages(targetOf(world), names, async () => null)
    expect(result.missing.length).toBe(100)
    expect(result.left).toEqual(names.slice(100))
  })

  test('a head names the pages of the head before it too', async () => {
    const world = await createWorld()
    const first = await world.publish(ENTRIES)
    world.clock.nowMs += 60_000
    const second = await world.publish({ cust_1: { score: 1 } }, { prev: first.head.value })
    const names = [only(second.pages).name, only(first.pages).name]
    expect(pagesNamedBy(second.head.value)).toEqual(names)
    expect(() => pagesNamedBy(new Uint8Array())).toThrow(expect.objectContaining({ code: 'head_invalid' }))
  })
})

describe('the witness', () => {
  const cases: [what: string, verdict: object, act: (world: World) => Promise<unknown>][] = [
    ['our head', { verdict: 'logged', epoch: NOW }, async () => {}],
    [
      'our older head',
      { verdict: 'logged', epoch: NOW },
      async (w) => {
        const [old] = w.log
        w.clock.nowMs += 60_000
        await w.publish(ENTRIES)
        await w.putHead(old?.value ?? '')
      },
    ],
    ['none', { verdict: 'bad', cause: 'head_missing' }, (w) => w.deleteHead()],
    ['garbage', { verdict: 'bad', cause: 'head_malformed' }, (w) => w.putHead('garbage')],
    [
      'a foreign key',
      { verdict: 'bad', cause: 'head_signature' },
      async (w) => w.putHead(await resign(await w.getHead(), w.foreign, (c) => c)),
    ],
    [
      'our signature over a damaged block',
      { verdict: 'bad', cause: 'index_hash' },
      async (w) => w.putHead(flip(await w.getHead(), (await w.getHead()).length - 1)),
    ],
    [
      'our key, another flag set',
      { verdict: 'bad', cause: 'head_audience' },
      async (w) =>
        w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, aud: 'test/risk.fraud/v1/other' }))),
    ],
    [
      'our key, not our head',
      { verdict: 'stolen_key', epoch: NOW, kid: 'k1' },
      async (w) => w.putHead(await resign(await w.getHead(), w.key, (c) => ({ ...c, count: 0 }))),
    ],
    [
      'our key, from the future',
      { verdict: 'stolen_key', kid: 'k1' },
      async (w) =>
        w.putHead(
          await resign(await w.getHead(), w.key, (c) => ({
            ...c,
            epoch: NOW + 7_200_000,
            expires: NOW + 9_000_000,
          })),
        ),
    ],
    [
      'a head so old that the log forgot it',
      { verdict: 'bad', cause: 'head_expired' },
      async (w) => {
        w.clock.nowMs += 3_600_000
        w.log.length = 0
      },
    ],
  ]
  test.each(cases)('%s', async (_what, verdict, act) => {
    const world = await createWorld()
    await world.publish(ENTRIES)
    await act(world)
    const { kv, aud, pins } = world
    const isLogged = async (fingerprint: string) => world.log.some((head) => head.fingerprint === fingerprint)
    expect(await witnessHead({ kv, aud, pins, isLogged, nowMs: world.now() })).toMatchObject(verdict)
  })

  test('a fingerprint is of the signed part alone', async () => {
    const world = await createWorld()
    const { head } = await world.sign(ENTRIES)
    expect(await headFingerprint(flip(head.value, head.value.length - 1))).toBe(head.fingerprint)
    await expect(headFingerprint(new Uint8Array())).rejects.toMatchObject({ code: 'head_invalid' })
  })
})

function targetOf(world: World) {
  return { kv: world.kv, aud: world.aud, pace: createWritePace(world.now) }
}

function isRefusal(code: string) {
  return (refusal: object) => 'code' in refusal && refusal.code === code
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join()
}

async function named(value: Bytes) {
  return { name: await pageName(value), value }
}

/** A namespace that finishes a put only when told to. */
function slow() {
  const waiting: (() => void)[] = []
  let most = 0
  let arrived = Promise.withResolvers<void>()
  return {
    most: () => most,
    put: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
        most = Math.max(most, waiting.length)
        arrived.resolve()
      }),
    async drain(puts: number) {
      for (let done = 0; done < puts; done++) {
        if (waiting.length === 0) await arrived.promise
        arrived = Promise.withResolvers<void>()
        waiting.shift()?.()
        // Lets the publisher take its next page before the next put ends.
        if (waiting.length > 0) await Promise.resolve()
      }
    },
  }
}
