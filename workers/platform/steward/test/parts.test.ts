/** The steward's small parts. */
import { describe, expect, it } from 'vitest'
import { createBudget } from '../budget.ts'
import { inputsFirst, nameOf, type Product } from '../products.ts'
import { driftOf, qualityOf, qualitySchema } from '../promises.ts'
import { gateOf } from '../tick.ts'

const product = (id: string, ...inputs: string[]): Product => ({
  id,
  major: 1,
  freshness: 'PT5M',
  inputs: inputs.map((input) => ({ product: input, major: 1 })),
  flags: null,
  gate: ['freshness'],
  contract_hash: 'h',
})

describe('the order of products', () => {
  it.each([
    [
      [product('c.c', 'b.b'), product('b.b', 'a.a'), product('a.a')],
      ['a.a', 'b.b', 'c.c'],
    ],
    [
      [product('b.b', 'a.a', 'x.unknown'), product('a.a')],
      ['a.a', 'b.b'],
    ],
    [
      [product('a.a', 'b.b'), product('b.b', 'a.a'), product('c.c')],
      ['c.c', 'a.a', 'b.b'],
    ],
    [[], []],
  ])('inputs come first: %#', (products, order) => {
    expect(inputsFirst(products).map(({ id }) => id)).toEqual(order)
    expect(products.map(nameOf).toSorted()).toEqual(inputsFirst(products).map(nameOf).toSorted())
  })
})

describe('the gate', () => {
  const kept = { product: { id: 'a.a', major: 1 }, isKept: false, detail: '', evidence: null }
  const bad = (rule: 'drift' | 'quality', badRuns: number) => ({ ...kept, rule, badRuns, badSinceMs: 2_000 })

  it.each([
    [0, null, true, []],
    [1, 1_000, true, ['freshness']],
    [2, 1_000, false, ['freshness']],
  ])('%i bad checks in a row', (badRuns, badSinceMs, open, rules) => {
    const gate = gateOf({ product: product('a.a'), badRuns, badSinceMs, promises: [] }, 5_000)
    expect([gate.open, gate.breaches.map(({ rule }) => rule)]).toEqual([open, rules])
  })

  it.each<[readonly string[], boolean, readonly string[]]>([
    [['freshness', 'drift', 'quality'], false, ['freshness', 'drift', 'quality']],
    [['quality'], true, ['quality']],
    [['drift'], false, ['drift']],
    [[], true, []],
  ])('names %j: of other promises it knows nothing', (gate, open, rules) => {
    const promises = [bad('drift', 2), bad('quality', 1)]
    const verdict = gateOf(
      { product: { ...product('a.a'), gate: [...gate] }, badRuns: 1, badSinceMs: 1_000, promises },
      5_000,
    )
    expect([verdict.open, verdict.breaches.map(({ rule }) => rule)]).toEqual([open, rules])
  })
})

describe('findings', () => {
  const judgedOne = {
    rule: 'r',
    severity: 'error' as const,
    counts: 'nulls',
    count: 1,
    of: 2,
    unit: 'rows' as const,
  }
  const rule = { ...judgedOne, bound: { eq: 0 }, kept: false, judged_at: '2026-01-01T00:00:00.000Z' }

  it.each([
    ['a broken rule', [rule], 'current', false, true],
    ['a broken rule of older data', [rule], 'older', false, true],
    ['a broken rule that only warns', [{ ...rule, severity: 'warning' as const }], 'current', true, false],
    ['too many records, or too few', [{ ...rule, counts: 'rows' }], 'current', false, false],
    ['both', [rule, { ...rule, counts: 'rows' }], 'current', false, true],
    ['too much to judge', [], 'failed', false, false],
    ['too much to judge, and a broken rule before', [rule], 'failed', false, true],
    ['no rules', [], 'none', true, false],
  ] as const)('%s', (_, quality, quality_state, isKept, closesGate) => {
    expect(qualityOf({ quality: [...quality], quality_state })).toMatchObject([{ isKept, closesGate }])
  })

  it('are none while nobody has judged, and while nobody knows what is registered', () => {
    expect(qualityOf({ quality: [], quality_state: 'unjudged' })).toEqual([])
    expect(driftOf({ ...product('a.a'), contract_hash: null }, 'h')).toEqual([])
    expect(driftOf(product('a.a'), 'h')).toMatchObject([{ isKept: true, closesGate: false }])
    expect(driftOf(product('a.a'), 'g')).toMatchObject([{ isKept: false, closesGate: true }])
  })

  it('are made of what a product of an earlier runtime says, too', () => {
    expect(qualityOf(qualitySchema.parse({}))).toMatchObject([{ isKept: true }])
  })
})

describe('the budget', () => {
  it('gives no more operations on KV than there are, whoever asks', () => {
    const budget = createBudget(() => 0, 1, 5)
    expect([budget.take(3), budget.isOver(), budget.take(3), budget.isOver()]).toEqual([3, false, 2, true])
    expect(budget.take(1)).toBe(0)
  })

  it('ends with its time', () => {
    const clock = { now: 0 }
    const budget = createBudget(() => clock.now, 10)
    expect(budget.isOver()).toBe(false)
    clock.now = 10
    expect(budget.isOver()).toBe(true)
  })
})
