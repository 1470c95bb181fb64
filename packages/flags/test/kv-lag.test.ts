/**
 * Readers over a model of KV's delay, with and without somebody who writes old values back. Whatever they show,
 * no answer may be wrong; how often there is none is counted.
 *
 * The model: a write becomes visible at a location some time after it was made, a location serves what it has
 * read (absence too) for the cacheTtl that is asked for, and a clock runs in milliseconds.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FlagReader } from '../src/read.ts'
import { headKey, pageKey } from '../src/names.ts'
import { createWorld, NOW, type Entries } from './world.ts'

interface Lag {
  /** Share of writes that come late, and by how much at most. */
  readonly share: number
  readonly upToMs: number
}

const SUBJECTS = Array.from({ length: 48 }, (_, at) => `cust_${at}`)
const MINUTES = 15
const READS_A_MINUTE = 16

test('5 % of writes up to 30 s late: always an answer, never a wrong one', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(randomness(), async (random) => {
      const counts = await simulate(random, { share: 0.05, upToMs: 30_000 }, null)
      expect(counts.failed).toBe(0)
      expect(counts.answered).toBeGreaterThan(0)
    }),
    { numRuns: 12 },
  )
})

test('20 % of writes up to 120 s late: never a wrong answer, seldom none', { timeout: 60_000 }, async () => {
  let failed = 0
  let answered = 0
  await fc.assert(
    fc.asyncProperty(randomness(), async (random) => {
      const counts = await simulate(random, { share: 0.2, upToMs: 120_000 }, null)
      failed += counts.failed
      answered += counts.answered
    }),
    { numRuns: 12 },
  )
  expect(failed / (failed + answered)).toBeLessThan(0.05)
})

test(
  'somebody deletes values and puts old ones and pages of others back: old answers within the bound, never a wrong one',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomness(), async (random) => {
        const counts = await simulate(random, { share: 0.05, upToMs: 30_000 }, { actsAMinute: 3 })
        expect(counts.answered).toBeGreaterThan(0)
      }),
      { numRuns: 12 },
    )
  },
)

async function simulate(random: Random, lag: Lag, attacker: { actsAMinute: number } | null) {
  const world = await createWorld()
  const kv = createLaggingKv(world.now, random, lag)
  const truth = new Map<number, Entries>()
  const counts = { answered: 0, failed: 0 }
  const warm = world.reader({ kv: kv.at('near') })
  let entries: Entries = {}
  let issued = NOW

  for (let minute = 0; minute < MINUTES; minute++) {
    issued = NOW + minute * 60_000
    world.clock.nowMs = issued
    entries = changed(entries, random, minute)
    truth.set(issued, entries)
    const prev = world.log.findLast((head) => head.epoch <= issued - 55_000)?.value ?? null
    const { head, pages } = await world.sign(entries, { prev, oldestPutAtMs: NOW })
    for (const page of pages) kv.put(pageKey(world.aud, page.name), page.value)
    kv.put(headKey(world.aud), head.value)
    // A location's first minute has nothing to fall back on.
    for (let read = 0; minute > 0 && read < READS_A_MINUTE; read++) {
      world.clock.nowMs = issued + Math.floor(((read + random()) / READS_A_MINUTE) * 60_000)
      if (attacker !== null && random() < attacker.actsAMinute / READS_A_MINUTE) kv.tamper()
      const reader = random() < 0.5 ? warm : world.reader({ kv: kv.at(random() < 0.5 ? 'near' : 'far') })
      await check(reader)
    }
  }
  return counts

  async function check(reader: FlagReader) {
    const subject = SUBJECTS[Math.floor(random() * SUBJECTS.length)] ?? ''
    const reading = await reader.read(subject)
    if (reading.state === 'untrusted' || reading.state === 'unavailable') {
      counts.failed++
      if (attacker === null) expect(reading.state).toBe('unavailable')
      return
    }
    counts.answered++
    const then = truth.get(reading.evidence.epoch)
    expect(then).toBeDefined()
    const entry = reading.state === 'unknown' ? null : reading.entry
    expect(entry).toEqual(then?.[subject] ?? null)
    // Fresh means fresh, by the head as by the page before: five minutes at most.
    if (reading.state !== 'stale') expect(world.now() - reading.evidence.epoch).toBeLessThan(300_000)
    if (reader === warm && attacker === null)
      expect(world.now() - reading.evidence.epoch).toBeLessThan(60_000 * 4)
  }
}

/** One subject in eight is written or removed in each minute. */
function changed(entries: Entries, random: Random, minute: number): Entries {
  const next = { ...entries }
  for (const subject of SUBJECTS) {
    if (random() >= 0.125) continue
    if (random() < 0.3) delete next[subject]
    else next[subject] = { minute }
  }
  return next
}

type Random = () => number

/** Numbers from fast-check, so that its seed and its path reproduce a failure. */
function randomness(): fc.Arbitrary<Random> {
  return fc.noShrink(fc.integer()).map((seed) => {
    let state = seed | 0
    // mulberry32
    return () => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
    }
  })
}

function createLaggingKv(now: () => number, random: Random, lag: Lag) {
  type Value = Uint8Array<ArrayBuffer> | null
  const writes = new Map<string, { readonly value: Value; readonly visibleAtMs: number }[]>()
  const put = (key: string, value: Value) => {
    const delayMs = random() < lag.share ? Math.floor(random() * lag.upToMs) : 0
    writes.set(key, [...(writes.get(key) ?? []), { value, visibleAtMs: now() + delayMs }])
  }
  const any = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
  const locations = new Map<string, Map<string, { readonly value: Value; readonly readAtMs: number }>>()

  return {
    put,
    tamper() {
      const key = any([...writes.keys()]) ?? ''
      const source = any([key, any([...writes.keys()]) ?? key]) ?? key
      put(key, random() < 0.3 ? null : (any(writes.get(source) ?? [])?.value ?? null))
    },
    at(location: string) {
      const cache = locations.get(location) ?? new Map<string, { value: Value; readAtMs: number }>()
      locations.set(location, cache)
      return {
        async get(key: string, { cacheTtl = 60 }: { cacheTtl?: number }) {
          const cached = cache.get(key)
          const isUsable = cached !== undefined && now() - cached.readAtMs < cacheTtl * 1_000
          const seen = isUsable ? cached : { value: latest(key), readAtMs: now() }
          cache.set(key, seen)
          return seen.value?.slice().buffer ?? null
        },
      }
    },
  }

  function latest(key: string): Value {
    return writes.get(key)?.findLast((write) => write.visibleAtMs <= now())?.value ?? null
  }
}
