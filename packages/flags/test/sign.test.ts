/** The product's side: what is refused, and the numbers of publishing. */
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../src/entry.ts'
import { canonicalJson } from '../src/canonical-json.ts'
import { peekHead } from '../src/peek-head.ts'
import {
  chooseBits,
  deriveFlagKeys,
  encodeEntry,
  encodePage,
  epochInKv,
  gateOf,
  importSigningKey,
  nextEpoch,
  pageIsDue,
  pageOutlives,
  placesOf,
  slotOf,
  type FlagEntry,
} from '../src/sign.ts'
import { createWorld, NOW, resign, SECRET, type Moment } from './world.ts'

const KIB = 1_024
const HOUR_MS = 3_600_000
const AUD = 'test/risk.fraud/v1/checkout'

test.each<[JsonValue, string]>([
  [
    { b: 1, a: [true, null, 'é\n"'], '€': {}, '\r': 1, '😀': 1, '\uFB33': 1 },
    '{"\\r":1,"a":[true,null,"é\\n\\""],"b":1,"€":{},"😀":1,"\uFB33":1}',
  ],
  [[Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
])('canonical JSON %#', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

// What TypeScript forbids and a caller's data may hold all the same.
const noJson: [code: string, entry: unknown][] = [
  ['entry_invalid', { score: Number.NaN }],
  ['entry_invalid', { score: Infinity }],
  ['entry_invalid', { score: undefined }],
  ['entry_invalid', { at: new Date(NOW) }],
  ['entry_invalid', { by: new Map() }],
  ['entry_invalid', { n: 1n }],
  ['entry_invalid', { text: '\uD800' }],
  ['entry_invalid', { '\uDC00': 1 }],
  ['entry_invalid', [1]],
  ['entry_invalid', 'text'],
  ['entry_too_large', { text: 'x'.repeat(4_086) }],
  ['entry_too_large', { text: 'ü'.repeat(2_043) }],
]
test.each(noJson)('no entry: %s %#', (code, entry) => {
  expect(() => encodeEntry(entry as FlagEntry)).toThrow(expect.objectContaining({ code }))
})

test('the largest entry', () => {
  expect(encodeEntry({ text: 'x'.repeat(4_085) }).length).toBe(4_096)
})

describe('pages', () => {
  const tag = (letter: string) => letter.repeat(22)
  const refused: [code: string, slot: number, lines: { tag: string; json: string }[]][] = [
    ['slot_invalid', -1, []],
    ['slot_invalid', 4_096, []],
    ['slot_invalid', 0.5, []],
    ['entry_invalid', 0, [{ tag: 'short', json: '{}' }]],
    [
      'entry_invalid',
      0,
      [
        { tag: tag('a'), json: '{}' },
        { tag: tag('a'), json: '{"b":1}' },
      ],
    ],
    ['entry_invalid', 0, [{ tag: tag('a'), json: '{\n}' }]],
    ['entry_invalid', 0, [{ tag: tag('a'), json: '1' }]],
    [
      'page_too_large',
      0,
      Array.from({ length: 70 }, (_, at) => ({
        tag: `${at}`.padStart(22, '0'),
        json: encodeEntry({ text: 'x'.repeat(4_000) }),
      })),
    ],
  ]
  test.each(refused)('refused: %s %#', async (code, slot, lines) => {
    await expect(encodePage(await deriveFlagKeys(SECRET, AUD), slot, lines)).rejects.toMatchObject({ code })
  })

  test('an empty slot has none; equal content in any order gives equal bytes; other content another nonce', async () => {
    const keys = await deriveFlagKeys(SECRET, AUD)
    const lines = [
      { tag: tag('a'), json: '{}' },
      { tag: tag('B'), json: '{}' },
    ]
    expect(await encodePage(keys, 3, [])).toBeNull()
    const page = await encodePage(keys, 3, lines)
    expect(await encodePage(keys, 3, lines.toReversed())).toEqual(page)
    const other = await encodePage(keys, 4, lines)
    expect(other?.value.subarray(22, 34)).not.toEqual(page?.value.subarray(22, 34))
  })
})

describe('heads', () => {
  const refused: [code: string, moment: Moment][] = [
    ['head_invalid', { freshMs: 600_001 }],
    ['head_invalid', { expiresMs: 3_600_001 }],
    ['head_invalid', { freshMs: 0 }],
    ['head_invalid', { freshMs: 2_000, expiresMs: 1_000 }],
    ['head_invalid', { watermark: 1.5 }],
    ['head_invalid', { lagMs: -1 }],
    [
      'head_invalid',
      {
        gate: {
          open: false,
          breaches: Array.from({ length: 400 }, () => ({ product: 'p', rule: 'r', since: NOW })),
        },
      },
    ],
    ['prev_unfit', { prev: new Uint8Array(9) }],
    ['page_expiring', { oldestPutAtMs: NOW - 46 * HOUR_MS - 1 }],
  ]
  test.each(refused)('refused: %s %#', async (code, moment) => {
    const world = await createWorld()
    await expect(world.sign({ cust_1: {} }, moment)).rejects.toMatchObject({ code })
  })

  test('prev: at least 55 s older, same shape and secret', async () => {
    const world = await createWorld()
    const { head } = await world.sign({ cust_1: {} })
    const prev = head.value
    world.clock.nowMs += 54_999
    await expect(world.sign({ cust_1: {} }, { prev })).rejects.toMatchObject({ code: 'prev_unfit' })
    world.clock.nowMs += 1
    await expect(world.sign({ cust_1: {} }, { prev, bits: 5 })).rejects.toMatchObject({ code: 'prev_unfit' })
    await expect(world.sign({}, { prev, sid: 's2' })).rejects.toMatchObject({ code: 'prev_unfit' })
    const next = await world.sign({ cust_1: {} }, { prev })
    expect(peekHead(next.head.value)?.claims.prev).toEqual({
      epoch: NOW,
      fresh_until: NOW + 300_000,
      watermark: NOW,
      gate_open: true,
    })
  })

  test('the largest head fits', async () => {
    const world = await createWorld()
    const pages = (letter: string) =>
      Array.from({ length: 4_096 }, (_, slot) => ({ slot, name: letter.repeat(43) }))
    const content = { bits: 12, oldestPutAtMs: NOW }
    const prev = await world.signNaming(pages('E'), content)
    world.clock.nowMs += 60_000
    const head = await world.signNaming(pages('I'), { ...content, prev: prev.value })
    expect(head.value.length).toBeLessThan(300_000)
    expect(peekHead(head.value)?.block.diff.length).toBe(34 * 4_096)
  })

  test.each(['', '{}', '{"kid":"k1","d":"AA","x":"AA"}', '{"kid":"k 1"}', '[]', 'null'])(
    'no key: %s',
    async (json) => {
      await expect(importSigningKey(json)).rejects.toMatchObject({ code: 'key_invalid' })
    },
  )
})

test('epochs rise, and stop when they run ahead of the clock', () => {
  expect(nextEpoch(NOW, null)).toBe(NOW)
  expect(nextEpoch(NOW, NOW - 60_000)).toBe(NOW)
  expect(nextEpoch(NOW, NOW)).toBe(NOW + 1)
  expect(nextEpoch(NOW, NOW + 60_000)).toBe(NOW + 60_001)
  expect(() => nextEpoch(NOW, NOW + 60_001)).toThrow(expect.objectContaining({ code: 'epoch_ahead' }))
})

test('a product that lost its log goes on from its own head in KV, and from nobody else’s', async () => {
  const world = await createWorld()
  const { head } = await world.sign({})
  expect(await epochInKv(head.value, world)).toBe(NOW)
  const ahead = await resign(head.value, world.key, (claims) => ({ ...claims, epoch: NOW * 2 }))
  expect(await epochInKv(ahead, world)).toBe(NOW * 2)
  expect(await epochInKv(await resign(head.value, world.foreign, (claims) => claims), world)).toBeNull()
  expect(await epochInKv(new Uint8Array(), world)).toBeNull()
})

describe('shape', () => {
  const entryBytes = 200
  test.each([
    [0, 4],
    [5_000, 6],
    [10_000, 7],
    [100_000, 10],
    [1_000_000, 12],
    [4_000_000, 12],
  ])('%i subjects start with %i bits', (subjects, bits) => {
    expect(chooseBits({ totalBytes: subjects * entryBytes, largestBytes: 0 }, null)).toBe(bits)
  })

  test.each<[string, number, number, number, number]>([
    ['stays up to 24 KiB mean', 24 * KIB * 64, 0, 6, 6],
    ['doubles above', 24 * KIB * 64 + 1, 0, 6, 7],
    ['doubles until the mean fits', 200 * KIB * 64, 0, 6, 10],
    ['doubles above 200 KiB of one page', 0, 200 * KIB + 1, 6, 7],
    ['never shrinks', 0, 0, 6, 6],
    ['ends at 12', 900 * KIB * 4_096, 250 * KIB, 12, 12],
  ])('%s', (_what, totalBytes, largestBytes, current, bits) => {
    expect(chooseBits({ totalBytes, largestBytes }, current)).toBe(bits)
  })

  test('places of all slots follow each other at every width', () => {
    for (let bits = 4; bits <= 12; bits++) {
      const ranges = Array.from({ length: 2 ** bits }, (_, slot) => placesOf(slot, bits))
      expect(ranges.at(0)?.first).toBe(0)
      expect(ranges.at(-1)?.last).toBe(4_095)
      for (const [slot, { first, last }] of ranges.entries())
        expect([slotOf(first, bits), slotOf(last, bits), ranges[slot + 1]?.first ?? last + 1]).toEqual([
          slot,
          slot,
          last + 1,
        ])
    }
    for (const bits of [3, 13, 4.5])
      expect(() => slotOf(0, bits)).toThrow(expect.objectContaining({ code: 'slot_invalid' }))
  })
})

test('pages are renewed after 24 to 30 hours, spread by slot, and in time for every head', () => {
  const due = (slot: number, hours: number) =>
    pageIsDue({ slot, bits: 4, putAtMs: NOW }, NOW + hours * HOUR_MS)
  expect([due(0, 23.9), due(0, 24), due(8, 26.9), due(8, 27), due(15, 29.6), due(15, 29.7)]).toEqual([
    false,
    true,
    false,
    true,
    false,
    true,
  ])
  expect(pageOutlives(NOW, NOW + 47 * HOUR_MS)).toBe(true)
  expect(pageOutlives(NOW, NOW + 47 * HOUR_MS + 1)).toBe(false)
})

test('a gate is as open as a verdict of the last three minutes says', () => {
  const breaches = [{ product: 'purchase.orders', rule: 'volume', since: NOW }]
  const gate = (atMs: number, open = true) =>
    gateOf({ open, breaches, judgedAtMs: NOW }, 'risk.fraud', NOW + atMs)
  expect(gate(180_000)).toEqual({ open: true, breaches })
  expect(gate(0, false)).toEqual({ open: false, breaches })
  const late = { product: 'risk.fraud', rule: 'verdict_age', since: NOW }
  expect(gate(180_001)).toEqual({ open: false, breaches: [...breaches, late] })
  expect(gate(-180_001)).toMatchObject({ open: false })
})
