import { expect, it } from 'vitest'
import { shareOfEach } from '../products/shares.ts'

const of = (domain: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ domain, id: `${domain}.p${n}` }))
const ids = (products: readonly { id: string }[]) => products.map(({ id }) => id)

it('no domain pushes others out by having many products', () => {
  const all = [...of('a', 100), ...of('m', 2), ...of('z', 1)]
  expect(ids(shareOfEach(all, 6))).toEqual(['a.p0', 'm.p0', 'z.p0', 'a.p1', 'm.p1', 'a.p2'])
})

it('where there is time for all, all are there', () =>
  expect(ids(shareOfEach([...of('b', 2), ...of('a', 1)], 40)).toSorted()).toEqual(['a.p0', 'b.p0', 'b.p1']))
