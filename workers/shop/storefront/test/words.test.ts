import { expect, it } from 'vitest'
import { duration, measured, money } from '../words.ts'

it.each([
  [0, '0.0 s'],
  [41_320, '41.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [119_600, '2 min 0 s'],
  [125_000, '2 min 5 s'],
])('%i ms are measured as %s', (ms, words) => {
  expect(measured(ms)).toBe(words)
})

it.each([
  [999, 'a moment'],
  [1_000, '1 second'],
  [7_199_999, '1 hour'],
  [2 * 86_400_000, '2 days'],
])('%i ms last %s', (ms, words) => {
  expect(duration(ms)).toBe(words)
})

it.each([
  [5, 'EUR', '€0.05'],
  [123_456_789, 'USD', '$1,234,567.89'],
  [100, 'CHF', 'CHF 1.00'],
])('%i cents of %s are %s', (cents, currency, words) => {
  expect(money(cents, currency)).toBe(words)
})
