import { expect, test } from 'vitest'
import { isCron, isDue } from '../src/host/crons.ts'

test.each([
  ['* * * * *', '2026-11-17T09:30:00Z', true],
  ['30 9 * * *', '2026-11-17T09:30:00Z', true],
  ['31 9 * * *', '2026-11-17T09:30:00Z', false],
  ['*/15 * * * *', '2026-11-17T09:30:00Z', true],
  ['*/20 * * * *', '2026-11-17T09:30:00Z', false],
  ['10-40/10 * * * *', '2026-11-17T09:30:00Z', true],
  ['10-20,30 8,9 * * *', '2026-11-17T09:30:00Z', true],
  ['30 9 17 11 *', '2026-11-17T09:30:00Z', true],
  ['30 9 17 12 *', '2026-11-17T09:30:00Z', false],
  ['* * * * 3', '2026-11-17T09:30:00Z', true], // a Tuesday; Cloudflare counts Sunday as 1
  ['* * * * 2', '2026-11-17T09:30:00Z', false],
])('%s at %s: %s', (cron, at, due) => {
  expect(isCron(cron)).toBe(true)
  expect(isDue(cron, new Date(at))).toBe(due)
})

test.each(['', '* * * *', '* * * * * *', '* * L * *', 'MON * * * *', '*/ * * * *', '1, * * * *'])(
  'not a cron: "%s"',
  (cron) => {
    expect(isCron(cron)).toBe(false)
  },
)
