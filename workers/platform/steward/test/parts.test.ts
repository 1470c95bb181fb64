/** The steward's small parts. */
import { describe, expect, it } from 'vitest'
import { createBudget } from '../budget.ts'
import { inputsFirst, nameOf, type Product } from '../products.ts'
import { gateOf } from '../tick.ts'

const product = (id: string, ...inputs: string[]): Product => ({
  id,
  major: 1,
  freshness: 'PT5M',
  inputs: inputs.map((input) => ({ product: input, major: 1 })),
  flags: null,
  gate: ['freshness'],
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
  it.each([
    [0, null, true, []],
    [1, 1_000, true, ['freshness']],
    [2, 1_000, false, ['freshness']],
  ])('%i bad checks in a row', (badRuns, badSinceMs, open, rules) => {
    const gate = gateOf({ product: product('a.a'), badRuns, badSinceMs }, 5_000)
    expect([gate.open, gate.breaches.map(({ rule }) => rule)]).toEqual([open, rules])
  })
})

it('a gate that does not name freshness stays open', () => {
  const lenient = { ...product('a.a'), gate: ['quality'] }
  expect(gateOf({ product: lenient, badRuns: 9, badSinceMs: 1_000 }, 5_000)).toMatchObject({
    open: true,
    breaches: [],
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
