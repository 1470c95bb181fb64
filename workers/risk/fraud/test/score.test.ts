import { describe, expect, it } from 'vitest'
import type { AccountEvent, Order } from '../history.ts'
import type { ReasonCode } from '../points.ts'
import { judge } from '../score.ts'
import { ago, event, opened, order, regular } from './history.ts'

type Case = readonly [what: string, orders: readonly Order[], events?: readonly AccountEvent[]]

/** The reason codes of the newest of these orders. */
const codes = (orders: readonly Order[], events: readonly AccountEvent[] = []) =>
  judge(orders, events).reasons.map(({ code }) => code)

const big = { total_cents: 40_000 }
const elsewhere = { shipping_address_id: 'elsewhere' }
const newest = order()

/** Each sign with histories that show it, and with innocent ones that look alike. */
const signs: Readonly<Record<ReasonCode, { fires: readonly Case[]; not: readonly Case[] }>> = {
  AMOUNT_ABOVE_NORMAL: {
    fires: [
      ['ten times the usual', [...regular, order(ago({}), big)]],
      [
        'ten times the usual, before it was cancelled',
        [...regular, order(ago({}), { ...big, status: 'cancelled' })],
      ],
      ['a big first order', [order(ago({}), big)]],
      [
        'a walk-up: 40 quiet orders make 120 EUR look usual, the long run remembers',
        [
          ...regular,
          ...Array.from({ length: 40 }, (_, i) =>
            order(ago({ hours: 70 - i }), { total_cents: 4_000 + 200 * i }),
          ),
          order(ago({}), { total_cents: 34_000 }),
        ],
      ],
    ],
    not: [
      ['twice the usual', [...regular, order(ago({}), { total_cents: 8_000 })]],
      [
        'four times the usual of somebody who spends now 10, now 100 EUR',
        [
          ...regular.map((each, i) => ({ ...each, total_cents: i % 2 === 0 ? 1_000 : 10_000 })),
          order(ago({}), { total_cents: 20_000 }),
        ],
      ],
      ['an ordinary first order', [newest]],
      [
        'much in another currency, in which it is a first order',
        [...regular, order(ago({}), { currency: 'JPY', total_cents: 9_000 })],
      ],
    ],
  },
  ADDRESS_JUST_CHANGED: {
    fires: [
      [
        'an order to it hours later',
        [...regular, order(ago({}), elsewhere)],
        [event('address_changed', ago({ hours: 3 }))],
      ],
      [
        'an order to it five days later',
        [...regular, order(ago({}), elsewhere)],
        [event('address_changed', ago({ days: 5 }))],
      ],
      [
        'the second address of an account that is hours old',
        [order(ago({}), elsewhere)],
        [...opened(1), event('address_changed', ago({ hours: 2 }))],
      ],
    ],
    not: [
      [
        'changed, but the order goes home as ever',
        [...regular, newest],
        [event('address_changed', ago({ hours: 3 }))],
      ],
      [
        'moved two weeks ago',
        [...regular, order(ago({}), elsewhere)],
        [event('address_changed', ago({ days: 14 }))],
      ],
      ['the first address of a new account', [newest], opened(1)],
      ['a present to a new address that is not the account’s', [...regular, order(ago({}), elsewhere)]],
      [
        'changed after the order',
        [...regular, order(ago({}), elsewhere)],
        [event('address_changed', ago({ hours: -1 }))],
      ],
      [
        'picked up',
        [...regular, order(ago({}), { shipping_address_id: null })],
        [event('address_changed', ago({ hours: 3 }))],
      ],
    ],
  },
  TAKEOVER_SIGNALS: {
    fires: [
      [
        'new device, then the password',
        [...regular, newest],
        [event('new_device_login', ago({ hours: 5 })), event('password_reset', ago({ hours: 4 }))],
      ],
      [
        'new device, then the e-mail address',
        [...regular, newest],
        [event('new_device_login', ago({ hours: 40 })), event('email_changed', ago({ hours: 39 }))],
      ],
    ],
    not: [
      [
        'a traveller signs in from abroad',
        [...regular, newest],
        [event('new_device_login', ago({ hours: 5 })), event('new_device_login', ago({ hours: 2 }))],
      ],
      ['a forgotten password', [...regular, newest], [event('password_reset', ago({ hours: 4 }))]],
      [
        'somebody else asks for reset after reset',
        [...regular, newest],
        [9, 8, 7, 6].map((hours) => event('password_reset', ago({ hours }))),
      ],
      [
        'a new telephone last week, a forgotten password today',
        [...regular, newest],
        [event('new_device_login', ago({ days: 6 })), event('password_reset', ago({ hours: 4 }))],
      ],
      [
        'after the order',
        [...regular, newest],
        [event('new_device_login', ago({ hours: -1 })), event('password_reset', ago({ hours: -2 }))],
      ],
    ],
  },
  NEW_PAYMENT_METHOD: {
    fires: [
      ['a card that was never seen', [...regular, order(ago({}), { payment_method_id: 'other' })]],
      [
        'a card that was first seen last week',
        [
          ...regular,
          order(ago({ days: 7 }), { payment_method_id: 'other' }),
          order(ago({}), { payment_method_id: 'other' }),
        ],
      ],
      [
        'a card whose old order was cancelled',
        [
          order(ago({ days: 58 }), { payment_method_id: 'other', status: 'cancelled' }),
          ...regular,
          order(ago({}), { payment_method_id: 'other' }),
        ],
      ],
    ],
    not: [
      ['the usual card', [...regular, newest]],
      [
        'the second card, used a month ago',
        [
          order(ago({ days: 58 }), { payment_method_id: 'other' }),
          ...regular,
          order(ago({}), { payment_method_id: 'other' }),
        ],
      ],
      [
        'the first card of a newcomer',
        [order(ago({ days: 2 })), order(ago({}), { payment_method_id: 'other' })],
      ],
      ['nothing to pay', [...regular, order(ago({}), { payment_method_id: null })]],
    ],
  },
  ORDER_BURST: {
    fires: [
      [
        'three within the hour',
        [...regular, order(ago({ minutes: 59 })), order(ago({ minutes: 30 })), newest],
      ],
      [
        'cancelled ones count',
        [...regular, ...[9, 6, 3].map((minutes) => order(ago({ minutes }), { status: 'cancelled' })), newest],
      ],
    ],
    not: [
      ['something forgotten: two within the hour', [...regular, order(ago({ minutes: 30 })), newest]],
      ['three in a day', [...regular, order(ago({ hours: 9 })), order(ago({ hours: 4 })), newest]],
    ],
  },
  NEW_ACCOUNT: {
    fires: [
      ['opened yesterday', [newest], opened(1)],
      ['opened five days ago, ordered before', [order(ago({ days: 4 })), newest], opened(5)],
    ],
    not: [
      ['opened a month ago', [newest], opened(30)],
      ['an old customer of whom no event is known', [newest]],
      [
        'an old customer with a new telephone',
        [...regular, newest],
        [event('new_device_login', ago({ hours: 2 }))],
      ],
      [
        'an old customer who changes the e-mail address first',
        [newest],
        [event('email_changed', ago({ hours: 2 }))],
      ],
    ],
  },
}

for (const [code, { fires, not }] of Object.entries(signs))
  describe(code, () => {
    for (const [what, orders, events] of fires)
      it(`is found: ${what}`, () => expect(codes(orders, events)).toContain(code))
    for (const [what, orders, events] of not)
      it(`is not found: ${what}`, () => expect(codes(orders, events)).not.toContain(code))
  })

describe('a score', () => {
  const outrageous = order(ago({}), { total_cents: 250_000, shipping_address_id: 'elsewhere' })

  it('is the sum of its reasons, the weightiest first', () => {
    const { score, reasons } = judge(
      [...regular, outrageous],
      [event('address_changed', ago({ minutes: 5 }))],
    )
    expect(reasons).toEqual([
      { code: 'AMOUNT_ABOVE_NORMAL', points: 320 },
      { code: 'ADDRESS_JUST_CHANGED', points: 180 },
    ])
    expect(score).toBe(500)
  })

  it('is 1,000 at most', () => {
    const events = [
      event('new_device_login', ago({ hours: 5 })),
      event('password_reset', ago({ hours: 4 })),
      event('email_changed', ago({ hours: 3 })),
      event('address_changed', ago({ hours: 2 })),
    ]
    const burst = [5, 4, 3].map((minutes) => order(ago({ minutes })))
    expect(judge([...regular, ...burst, { ...outrageous, payment_method_id: 'other' }], events).score).toBe(
      1000,
    )
  })

  it('is 0 for an ordinary order, and without orders', () => {
    expect(judge([...regular, newest], [])).toEqual({ score: 0, reasons: [] })
    expect(judge([], opened(1))).toEqual({ score: 0, reasons: [] })
  })

  it('never rests on one sign alone when it is 500 or more', () => {
    for (const { fires } of Object.values(signs))
      for (const [what, orders, events = []] of fires) {
        const { score, reasons } = judge(orders, events)
        expect(score < 500 || reasons.length > 1, what).toBe(true)
      }
  })
})
