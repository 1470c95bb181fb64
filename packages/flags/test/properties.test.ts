/** What must hold for any content and any single damage. fast-check prints the seed of a failure. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../src/canonical-json.ts'
import type { FlagEntry } from '../src/read.ts'
import { headKey, pageKey } from '../src/names.ts'
import { createWorld, flip, NOW, short, type Entries } from './world.ts'

const subject = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed())
const entry = fc.dictionary(
  fc.string({ maxLength: 8 }),
  fc.jsonValue({ maxDepth: 3 }),
) as fc.Arbitrary<FlagEntry>
const entries = fc.dictionary(subject, entry, { maxKeys: 30 })

test('every subject reads back its entry, every other is proved absent', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      entries,
      fc.uniqueArray(subject),
      fc.integer({ min: 4, max: 7 }),
      async (held, others, bits) => {
        const world = await createWorld()
        await world.publish(held, { bits })
        const reader = world.reader()
        for (const [name, content] of Object.entries(held)) {
          const reading = await reader.read(name)
          expect(reading.state).toBe('known')
          expect('entry' in reading && canonicalJson(reading.entry)).toBe(canonicalJson(content))
        }
        for (const name of others)
          if (!Object.hasOwn(held, name)) expect((await reader.read(name)).state).toBe('unknown')
      },
    ),
    { numRuns: 40 },
  )
})

test(
  'a byte changed anywhere never changes an answer and never makes a subject unknown',
  { timeout: 60_000 },
  async () => {
    const held: Entries = Object.fromEntries(
      Array.from({ length: 24 }, (_, at) => [`cust_${at}`, { score: at, at: NOW }]),
    )
    const world = await createWorld()
    const first = await world.publish({ ...held, cust_3: { score: 0 } })
    world.clock.nowMs += 60_000
    const { pages, head } = await world.publish(held, { prev: first.head.value })
    const values = [
      { key: headKey(world.aud), value: head.value },
      ...[...pages, ...first.pages].map(({ name, value }) => ({ key: pageKey(world.aud, name), value })),
    ]
    const at = fc.nat({ max: 1_000_000 })
    const outcomes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        at,
        at,
        fc.integer({ min: 1, max: 255 }),
        async (isHead, which, place, by) => {
          const target = values[isHead ? 0 : which % values.length] ?? { key: '', value: new Uint8Array(1) }
          await world.kv.put(target.key, flip(target.value, place % target.value.length, by))
          const reader = world.reader()
          for (const [name, content] of Object.entries(held)) {
            const reading = await reader.read(name)
            outcomes.add(short(reading))
            if (reading.state === 'known') expect(reading.entry).toEqual(content)
            else expect(reading.state).toBe('untrusted')
          }
          expect((await reader.read('stranger')).state).toMatch(/^(unknown|untrusted)$/)
          await world.kv.put(target.key, target.value)
        },
      ),
      { numRuns: 150 },
    )
    // The damage was felt: each part of the format refused some of it.
    for (const cause of [
      'known',
      'untrusted/head_key',
      'untrusted/head_signature',
      'untrusted/index_hash',
      'untrusted/page_hash',
    ])
      expect(outcomes).toContain(cause)
  },
)
