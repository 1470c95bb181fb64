import { describe, expect, it } from 'vitest'
import { mean, median, medianDeviation } from '../statistics.ts'

describe('statistics', () => {
  it.each<[number[], number | undefined, number | undefined, number | undefined]>([
    [[], undefined, undefined, undefined],
    [[7], 7, 0, 7],
    [[9, 1], 5, 4, 5],
    [[1, 2, 1_000_000], 2, 1, 333_334],
    [[4, 1, 2, 4], 3, 1, 3],
    [[5, 5, 5, 5], 5, 0, 5],
  ])('of %j: median %s, deviation %s, mean %s', (values, middle, deviation, average) => {
    expect(median(values)).toBe(middle)
    expect(medianDeviation(values)).toBe(deviation)
    expect(mean(values)).toBe(average)
  })
})
