import { rowReader, type Row } from '@meshloop/contract'
import { derivedSuite } from '@meshloop/product/testing'
import { describe, expect, it } from 'vitest'
import { riskContext } from '../context.ts'
import { fraud } from '../contract.ts'
import { derivation } from '../derive.ts'
import { entry } from '../flag-entry.ts'
import worker from '../index.ts'
import { ago, event, opened, order, regular } from './history.ts'

derivedSuite({
  worker,
  derivation,
  rows: (n, revision) => {
    const customer_id = `cust_${String(n).padStart(2, '0')}`
    const at = (day: number) => new Date(Date.UTC(2026, 0, 1 + day, n)).toISOString()
    return {
      // Every seventh customer has not ordered yet.
      orders: (n % 7 === 6 ? [] : [0, 20, 21, 22]).map((day) => ({
        order_id: `ord_${n}_${day}`,
        customer_id,
        placed_at: at(day),
        updated_at: new Date(Date.parse(at(day)) + revision).toISOString(),
        status: day === 21 && n % 3 === 0 ? 'cancelled' : 'completed',
        total_cents: 1_000 * (n + 1) + 100 * day * (revision + 1),
        currency: n % 2 === 0 ? 'EUR' : 'USD',
        shipping_address_id: n % 4 === 0 ? null : `adr_${n}`,
        payment_method_id: `card_${n}_${day % 2}`,
        item_count: 1,
        campaign_id: null,
        session_id: null,
      })),
      accounts: [
        {
          event_id: `acc_${n}`,
          customer_id,
          event: revision > 0 ? 'email_changed' : 'password_reset',
          happened_at: at(n % 2 === 0 ? 10 : 25),
          details: { address_id: null, device_id: null, country: null },
        },
      ],
    }
  },
})

it('counts rows by kind: cancelled orders and address changes, which cost nothing, push nothing else out of sight', () => {
  expect(derivation.inputs).toMatchObject({ orders: { each: 'status' }, accounts: { each: 'event' } })
})

const context = (
  ...[orders, events]: [Parameters<typeof riskContext>[1], Parameters<typeof riskContext>[2]]
) => {
  const record = riskContext('cust_1', orders, events)
  if (record === undefined) throw new Error('this customer was seen')
  expect(rowReader(fraud)(record)).toEqual({ record })
  return record
}

describe('the context of a customer', () => {
  it('is nothing without orders and events', () => {
    expect(riskContext('cust_1', [], [])).toBeUndefined()
  })

  it('says what is usual, without cancelled orders and other currencies', () => {
    const others = [
      order(ago({ days: 2 }), { total_cents: 900_000, status: 'cancelled' }),
      order(ago({ days: 1 }), { total_cents: 700_000, currency: 'USD' }),
    ]
    expect(context([...regular, ...others, order()], [])).toMatchObject({
      orders: 12,
      usual_cents: 4_000,
      spread_cents: 250,
      largest_cents: 4_500,
      long_run_cents: 4_000,
      currency: 'EUR',
      first_order_at: ago({ days: 57 }),
      last_order_at: ago({}),
    })
  })

  it('calls nothing usual below three orders', () => {
    expect(context([order(ago({ days: 1 })), order()], [])).toMatchObject({
      orders: 2,
      usual_cents: null,
      spread_cents: null,
      long_run_cents: null,
      largest_cents: 4_000,
    })
  })

  it('looks at the last 32 orders for the usual, at all for the long run', () => {
    const early = Array.from({ length: 68 }, (_, i) => order(ago({ days: 200 - i }), { total_cents: 1_000 }))
    const late = Array.from({ length: 32 }, (_, i) => order(ago({ days: 32 - i }), { total_cents: 6_000 }))
    expect(context([...early, ...late], [])).toMatchObject({ usual_cents: 6_000, long_run_cents: 2_600 })
  })

  it('knows addresses and cards of completed orders 14 days before the newest order', () => {
    const used = (
      placed_at: string,
      name: string,
      status: 'completed' | 'shipped' | 'returned' = 'completed',
    ) => order(placed_at, { shipping_address_id: `adr_${name}`, payment_method_id: `card_${name}`, status })
    const orders = [
      used(ago({ days: 30 }), 'b'),
      used(ago({ days: 29 }), 'returned', 'returned'),
      used(ago({ days: 28 }), 'shipped', 'shipped'),
      used(ago({ days: 14 }), 'a'),
      used(ago({ days: 14, ms: -1 }), 'young'),
      order(),
    ]
    expect(context(orders, [])).toMatchObject({
      known_addresses: ['adr_a', 'adr_b'],
      known_cards: ['card_a', 'card_b'],
    })
  })

  it('holds when what last happened, but no first address', () => {
    const events = [
      ...opened(20),
      event('password_reset', ago({ days: 9 })),
      event('password_reset', ago({ days: 8 })),
      event('new_device_login', ago({ days: 2 })),
    ]
    const times = {
      password_reset_at: ago({ days: 8 }),
      new_device_at: ago({ days: 2 }),
      email_changed_at: null,
    }
    expect(context([], events)).toMatchObject({
      ...times,
      address_changed_at: null,
      last_seen_at: ago({ days: 2 }),
      last_order_at: null,
      currency: null,
      score: 0,
    })
    const moved = [...events, event('address_changed', ago({ days: 1 }))]
    expect(context([], moved)).toMatchObject({ ...times, address_changed_at: ago({ days: 1 }) })
  })
})

describe('a flag', () => {
  it('is the record without the customer’s id, addresses and cards hashed', async () => {
    const record: Row<typeof fraud> = context([...regular, order()], [])
    const flag = await entry(record, async (label, value) => `${label}(${value})`)
    expect(flag).toMatchObject({ known_addresses: ['address(home)'], known_cards: ['card(visa)'], score: 0 })
    expect(Object.keys({ ...flag, customer_id: '' }).toSorted()).toEqual(Object.keys(fraud.fields).toSorted())
    expect(JSON.stringify(flag)).not.toContain('cust_1')
  })

  it('stays below 4,096 bytes however much is known', async () => {
    const orders = Array.from({ length: 256 }, (_, i) =>
      order(ago({ days: 300 - i }), { shipping_address_id: `adr_${i}`, payment_method_id: `card_${i}` }),
    )
    const record = context([...orders, order()], [])
    expect(record.known_addresses).toHaveLength(16)
    const flag = await entry(record, async () => 'x'.repeat(22))
    expect(JSON.stringify(flag).length).toBeLessThan(2_048)
  })
})
