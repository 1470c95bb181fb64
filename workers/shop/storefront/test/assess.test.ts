/** Each reason fires on what it is for, and not on its innocent look-alike. */
import { expect, test } from 'vitest'
import { assess, type Basket } from '../assess/assess.ts'
import type { RiskContext } from '../assess/context.ts'
import { readContext } from '../assess/context.ts'

const NOW = Date.UTC(2026, 10, 22)
const HOUR = 3_600_000
const DAY = 24 * HOUR

const regular: RiskContext = {
  score: 0,
  reasons: [],
  orders: 20,
  usual_cents: 4_000,
  spread_cents: 1_000,
  largest_cents: 9_000,
  long_run_cents: 4_200,
  currency: 'EUR',
  first_order_at: NOW - 300 * DAY,
  last_order_at: NOW - DAY,
  known_addresses: ['home', 'office'],
  known_cards: ['main'],
  address_changed_at: null,
  email_changed_at: null,
  password_reset_at: null,
  new_device_at: null,
}
const basket: Basket = {
  totalCents: 4_500,
  currency: 'EUR',
  address: 'home',
  card: 'main',
  ordersLastHour: 0,
  addressChangedMs: null,
  nowMs: NOW,
}
const fresh = { orders: 0, usual_cents: null, spread_cents: null, long_run_cents: null, first_order_at: null }
const nothingKnown = { ...fresh, known_addresses: [], known_cards: [] }

type Case = [what: string, codes: string[], context: Partial<RiskContext>, basket: Partial<Basket>]

const cases: Case[] = [
  ['an ordinary order', [], {}, {}],
  ['ten times the usual', ['AMOUNT_ABOVE_NORMAL'], {}, { totalCents: 40_000 }],
  ['twice the usual', [], {}, { totalCents: 8_000 }],
  ['much for somebody whose orders vary much', [], { spread_cents: 3_000 }, { totalCents: 22_000 }],
  ['a little more, where all orders are alike', [], { spread_cents: 0 }, { totalCents: 5_500 }],
  [
    'far above, after a quiet walk-up raised the median',
    ['AMOUNT_ABOVE_NORMAL'],
    { usual_cents: 16_000, spread_cents: 1_500, long_run_cents: 6_000 },
    { totalCents: 40_000 },
  ],
  ['an amount where no usual one is known', [], { usual_cents: null }, { totalCents: 400_000 }],
  ['an address never used', ['ADDRESS_JUST_CHANGED'], {}, { address: 'elsewhere' }],
  ['the other address of two', [], {}, { address: 'office' }],
  ['picked up', [], {}, { address: null }],
  ['who has moved, ordering to the old address', [], { address_changed_at: NOW - DAY }, {}],
  ['a card never used', ['NEW_PAYMENT_METHOD'], {}, { card: 'other' }],
  ['nothing to pay', [], {}, { card: null }],
  ['a changed e-mail address', ['TAKEOVER_SIGNALS'], { email_changed_at: NOW - HOUR }, {}],
  ['a reset password', ['TAKEOVER_SIGNALS'], { password_reset_at: NOW - HOUR }, {}],
  ['a reset password a week ago', [], { password_reset_at: NOW - 7 * DAY }, {}],
  ['a new device: a traveller', [], { new_device_at: NOW - HOUR }, {}],
  ['the fourth order in an hour', ['ORDER_BURST'], {}, { ordersLastHour: 3 }],
  ['the third order in an hour', [], {}, { ordersLastHour: 2 }],
  ['a first order to a first address', ['NEW_ACCOUNT'], nothingKnown, { totalCents: 30_000 }],
  ['a first order of long ago', [], { orders: 2 }, {}],
  [
    'what the flag remembers',
    ['AMOUNT_ABOVE_NORMAL'],
    { score: 700, reasons: [{ code: 'AMOUNT_ABOVE_NORMAL', points: 300 }] },
    {},
  ],
  [
    'what the flag remembers of last month',
    [],
    { last_order_at: NOW - 30 * DAY, score: 700, reasons: [{ code: 'AMOUNT_ABOVE_NORMAL', points: 300 }] },
    {},
  ],
  ['a code of a later model', [], { score: 900, reasons: [{ code: 'TEA_LEAVES', points: 900 }] }, {}],
  [
    'a takeover',
    ['AMOUNT_ABOVE_NORMAL', 'TAKEOVER_SIGNALS', 'ADDRESS_JUST_CHANGED'],
    { email_changed_at: NOW - HOUR, new_device_at: NOW - HOUR, address_changed_at: NOW - HOUR },
    { totalCents: 60_000, address: 'elsewhere' },
  ],
]

test.each(cases)('%s: %j', (_what, codes, context, more) => {
  const reasons = assess({ ...regular, ...context }, { ...basket, ...more })
  expect(reasons.map(({ code }) => code)).toEqual(codes)
  for (const { points, because } of reasons) {
    expect(points).toBeGreaterThan(0)
    expect(points).toBeLessThanOrEqual(500)
    expect(because).toMatch(/^[A-Z€$£].*\.$/)
  }
})

test('a just changed address weighs more, also if only the shop knows of the change yet', () => {
  const points = (context: Partial<RiskContext>, more: Partial<Basket>) =>
    assess({ ...regular, ...context }, { ...basket, address: 'elsewhere', ...more })[0]?.points
  expect(points({}, {})).toBe(200)
  expect(points({ address_changed_at: NOW - HOUR }, {})).toBe(250)
  expect(points({}, { addressChangedMs: NOW - 1_000 })).toBe(250)
  expect(points({}, { addressChangedMs: NOW - 30 * DAY })).toBe(200)
})

test('a code that the basket shows itself is not counted again from the record', () => {
  const context = { ...regular, score: 500, reasons: [{ code: 'AMOUNT_ABOVE_NORMAL', points: 500 }] }
  const reasons = assess(context, { ...basket, totalCents: 40_000 })
  expect(reasons).toHaveLength(1)
  expect(reasons[0]).toMatchObject({ from: 'basket', points: 400 })
})

test('an entry of another shape has no context', () => {
  expect(readContext({})).toBeUndefined()
  expect(readContext({ ...regular, score: 'high' })).toBeUndefined()
})
