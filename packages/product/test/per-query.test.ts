/** What is kept of query strings: the token's own, and no more than a memory takes. */
import { wholeView } from '@meshloop/access/claims'
import { expect, it } from 'vitest'
import { perQuery } from '../src/http/per-query.ts'
import type { Shown } from '../src/http/shown.ts'

const shownTo = (consumer: string): Shown => ({ view: wholeView, consumer, totalsOnly: false })

it('is each token’s own', () => {
  const of = perQuery<string>()
  const [a, b] = [shownTo('a'), shownTo('b')]
  expect(['x', 'y'].map((made) => of(a, '?q=1', () => made))).toEqual(['x', 'x'])
  expect(of(b, '?q=1', () => 'z')).toBe('z')
})

it('is bounded over all tokens', () => {
  const of = perQuery<object>()
  const tokens = Array.from({ length: 1_000 }, (_, n) => shownTo(`t${n}`))
  const asked = tokens.flatMap((shown) =>
    Array.from({ length: 100 }, (_, n) => ({ shown, search: `?q=${n}` })),
  )
  for (const { shown, search } of asked) of(shown, search, () => ({}))
  let kept = 0
  for (const { shown, search } of asked.toReversed()) {
    let isMade = false
    of(shown, search, () => {
      isMade = true
      return {}
    })
    if (isMade) break
    kept += 1
  }
  expect(kept).toBeLessThanOrEqual(2_000)
  expect(kept).toBeGreaterThan(0)
})
