/** Fraud risk: what is normal for a customer, what just changed, and how suspicious the newest order is. */
import { defineProduct, id, int, list, money, oneOf, struct, text, time } from '@meshloop/contract'
import { points } from './points.ts'

const reasonCodes = [
  'AMOUNT_ABOVE_NORMAL',
  'ADDRESS_JUST_CHANGED',
  'TAKEOVER_SIGNALS',
  'NEW_PAYMENT_METHOD',
  'ORDER_BURST',
  'NEW_ACCOUNT',
] as const

const seen = ['purchase.orders#placed_at', 'customer.accounts#happened_at'] as const
const kept = ['purchase.orders#status', 'purchase.orders#placed_at'] as const
const amounts = ['purchase.orders#status', 'purchase.orders#total_cents', 'purchase.orders#currency'] as const
const accountEvents = ['customer.accounts#event', 'customer.accounts#happened_at'] as const
/** All that the score is measured on. */
const everything = [
  ...kept,
  'purchase.orders#total_cents',
  'purchase.orders#currency',
  'purchase.orders#shipping_address_id',
  'purchase.orders#payment_method_id',
  ...accountEvents,
] as const

const personal = { class: 'personal' } as const
const maybe = { class: 'personal', nullable: true } as const

/** One record a customer, in its newest state. */
export const fraud = defineProduct({
  id: 'risk.fraud',
  version: '1.2.0',
  title: 'Fraud risk',
  purpose:
    'The risk context of each customer: what is normal, what just changed, and how suspicious the newest order is, with reasons. It goes back into the checkout as signed flags, where it is judged together with the basket.',
  limitations:
    'Points are set by hand, not learned. Of a customer the last 256 orders of each status and 64 account events of each kind count. The score judges the newest order and stays until the next one; it is no verdict on a person. Other products and apps may use it against fraud only.',
  terms:
    'Against fraud only, and never as the only ground to refuse somebody: whoever is refused can have a person look at it. Not to be passed on outside the company.',
  owner: { team: 'Risk', support: 'risk-data@shop.example' },
  access: { groups: { least: 5, of: 'customer_id', by: ['currency'] } },
  fields: {
    customer_id: id('Customer whose risk it is', {
      class: 'personal',
      name: 'Customer number',
      of: 'customer.accounts#customer_id',
      from: ['purchase.orders#customer_id', 'customer.accounts#customer_id'],
      examples: ['cust_000042'],
    }),
    last_seen_at: time('The newest order or account event that counts here', {
      name: 'Last seen',
      from: seen,
      examples: ['2026-11-01T09:30:00.000Z'],
    }),
    score: int(
      'How suspicious the newest order is: the sum of the points of its reasons, 1,000 at most. 0 without orders. A score judges an order together with what came before it; orders that are cancelled later keep theirs.',
      {
        ...personal,
        name: 'Risk score',
        synonyms: ['fraud score', 'suspicion'],
        from: everything,
        min: 0,
        max: 1000,
        examples: [620],
      },
    ),
    reasons: list(
      struct(
        {
          code: oneOf(
            reasonCodes,
            reasonCodes.map((code) => `${code}: ${points[code].text}.`).join(' '),
            personal,
          ),
          points: int('What it adds to the score', { ...personal, min: 0, max: 1000 }),
        },
        'One reason',
        personal,
      ),
      'What the score is made of, the weightiest first; none when nothing is unusual',
      { ...personal, name: 'Reasons', from: everything, max: reasonCodes.length },
    ),
    orders: int('How many orders were seen that were not cancelled', {
      name: 'Orders',
      from: kept,
      min: 0,
      examples: [14],
    }),
    usual_cents: money(
      'What the customer usually spends: the median of the last 32 orders that were not cancelled. None below three orders.',
      { name: 'Usual amount', from: amounts, unit: 'currency', nullable: true, min: 0, examples: [4150] },
    ),
    spread_cents: money(
      'How far orders usually lie from the usual amount: the median absolute deviation of the same orders',
      { name: 'Usual spread', from: amounts, unit: 'currency', nullable: true, min: 0, examples: [1200] },
    ),
    largest_cents: money('The largest order that was not cancelled', {
      name: 'Largest amount',
      from: amounts,
      unit: 'currency',
      nullable: true,
      min: 0,
      examples: [12990],
    }),
    long_run_cents: money(
      'The mean of all orders seen that were not cancelled. It moves slowly: where the usual runs ahead of it, somebody may be walking it up.',
      { name: 'Mean amount', from: amounts, unit: 'currency', nullable: true, min: 0, examples: [4400] },
    ),
    currency: text(
      'ISO 4217 code of the amounts: the currency of the newest order that was not cancelled. Orders in others are left out of the amounts.',
      {
        name: 'Currency',
        from: [...kept, 'purchase.orders#currency'],
        nullable: true,
        max: 3,
        examples: ['EUR'],
      },
    ),
    first_order_at: time('The first order seen that was not cancelled', {
      name: 'First order',
      from: kept,
      nullable: true,
    }),
    last_order_at: time('The newest order, cancelled or not: the one that the score judges', {
      name: 'Newest order',
      from: ['purchase.orders#placed_at'],
      nullable: true,
    }),
    known_addresses: list(
      id('Address', personal),
      'Addresses that a completed order used at least 14 days before the newest order; the 16 used last',
      {
        ...personal,
        name: 'Known addresses',
        from: [...kept, 'purchase.orders#shipping_address_id'],
        max: 16,
      },
    ),
    known_cards: list(
      id('Card or account', personal),
      'Cards and accounts that paid a completed order at least 14 days before the newest order; the 16 used last',
      {
        ...personal,
        name: 'Known means of payment',
        from: [...kept, 'purchase.orders#payment_method_id'],
        max: 16,
      },
    ),
    address_changed_at: time(
      'When the address last changed. The first address of a new account is no change.',
      { ...maybe, name: 'Address changed', from: [...accountEvents, 'purchase.orders#placed_at'] },
    ),
    email_changed_at: time('When the e-mail address last changed', {
      ...maybe,
      name: 'E-mail address changed',
      from: accountEvents,
    }),
    password_reset_at: time('When the password was last reset', {
      ...maybe,
      name: 'Password reset',
      from: accountEvents,
    }),
    new_device_at: time('When somebody last signed in from a new device', {
      ...maybe,
      name: 'New device',
      from: accountEvents,
    }),
  },
  key: ['customer_id'],
  eventTime: 'last_seen_at',
  indexes: ['score', 'last_order_at'],
  measures: {
    customers: { means: 'How many customers', count: true },
    orders: { means: 'How many orders of theirs were seen', sum: 'orders' },
  },
  dimensions: ['currency'],
  rollups: [{ by: ['currency'], measures: ['customers', 'orders'] }],
  // Its inputs promise five minutes, its own runs come once a minute: with the time of a run this is what can be kept.
  freshness: 'PT10M',
  frequency: 'P1D',
  retention: 'P365D',
  availability: 99,
  lifecycle: { generalAvailability: '2026-11-15' },
  quality: {
    scored_with_an_order: {
      means: 'Without an order there is nothing to be suspicious of',
      dimension: 'accuracy',
      when: [{ field: 'last_order_at', is: 'null' }],
      holds: [{ field: 'score', is: 'eq', value: 0 }],
    },
    first_before_last: {
      means: 'The first order is no later than the newest one',
      dimension: 'consistency',
      holds: [{ field: 'first_order_at', is: 'lte', other: 'last_order_at' }],
    },
    seen_after_ordered: {
      means: 'Nobody orders after being seen last',
      dimension: 'consistency',
      holds: [{ field: 'last_order_at', is: 'lte', other: 'last_seen_at' }],
    },
    amounts_have_a_currency: {
      means: 'Every amount has a currency',
      dimension: 'completeness',
      when: [{ field: 'largest_cents', is: 'present' }],
      holds: [{ field: 'currency', is: 'present' }],
    },
    few_high_scores: {
      means: 'Hardly anybody is highly suspicious: more tells of a mistake rather than of many thieves',
      severity: 'warning',
      dimension: 'accuracy',
      holds: [{ field: 'score', is: 'lt', value: 900 }],
      unit: 'percent',
      bound: { lt: 10 },
    },
  },
  inputs: [
    { product: 'purchase.orders', major: 1 },
    { product: 'customer.accounts', major: 1 },
  ],
  flags: { set: 'checkout', subject: 'customer_id' },
  gate: ['freshness'],
  reintegration: {
    decided_by: 'Risk, with Purchase and Data Protection',
    why: 'Fraud is cheapest to stop at the checkout. A check that sees only the basket misses accounts that were taken over and amounts that are unusual for this customer.',
    risk: 'Honest customers may be asked for one more proof, or their order be reviewed. Nobody is blocked by a score alone: the checkout decides by basket and context together, and what it cannot trust it ignores.',
    review_by: '2027-05-31',
  },
})
