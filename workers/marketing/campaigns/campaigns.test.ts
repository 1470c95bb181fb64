import { derivedSuite, setUp, type Bench } from '@meshloop/product/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { campaigns } from './contract.ts'
import { derivation } from './derive.ts'
import worker from './index.ts'

const key = { campaign_id: 'cmp_2026_45', customer_id: 'cust_1' }
const SENT = '2026-11-03T08:00:00.000Z'
const sent = (happened_at = SENT) => ({ event: 'sent', happened_at })
const order = (placed_at: string, more: object = {}) => ({
  placed_at,
  status: 'paid',
  total_cents: 1_000,
  currency: 'EUR',
  ...more,
})
const build = (newsletter: object[], orders: object[]) => derivation.build(key, { newsletter, orders })

derivedSuite({
  worker,
  derivation,
  rows: (n, revision) => {
    const campaign_id = `cmp_${n % 3}`
    const customer_id = `cust_${String(n).padStart(2, '0')}`
    const at = (hour: number) => new Date(Date.UTC(2026, 0, 1 + (n % 3), hour)).toISOString()
    return {
      // Every fifth customer has the link from elsewhere.
      newsletter:
        n % 5 === 4
          ? []
          : [{ event_id: `nws_${n}`, customer_id, event: 'sent', happened_at: at(8), campaign_id }],
      orders:
        n % 2 === 0 && n % 5 !== 4
          ? [orderOf(n, 0, customer_id, campaign_id, at(9), revision)]
          : [0, 1].map((i) => orderOf(n, i, customer_id, campaign_id, at(9 + i), revision)),
    }
  },
})

const orderOf = (
  n: number,
  i: number,
  customer_id: string,
  campaign_id: string,
  placed_at: string,
  revision: number,
) => ({
  order_id: `ord_${n}_${i}`,
  customer_id,
  placed_at,
  updated_at: new Date(Date.parse(placed_at) + revision).toISOString(),
  status: 'paid',
  total_cents: 1_000 * n + (n % 5 === 4 ? 0 : revision),
  currency: n % 2 === 0 ? 'EUR' : 'USD',
  shipping_address_id: null,
  payment_method_id: null,
  item_count: 1,
  // A correction takes the link away from the second order of somebody who was not sent the campaign.
  campaign_id: revision > 0 && i === 1 && n % 5 === 4 ? null : campaign_id,
  session_id: null,
})

describe('conversion', () => {
  const none = { orders: 0, purchased: 0, other_orders: 0, turnover_cents: null, currency: null }
  const one = { orders: 1, purchased: 1, other_orders: 0, turnover_cents: 1_000, currency: 'EUR' }
  it.each<[string, object[], object[], object | undefined]>([
    ['nobody', [], [], undefined],
    ['sent, nothing ordered', [sent()], [], { ...none, recipient: 1, sent_at: SENT, reached_at: SENT }],
    ['ordered at the moment of sending', [sent()], [order(SENT)], { ...one, first_order_at: SENT }],
    ['ordered after fourteen days', [sent()], [order('2026-11-17T08:00:00.000Z')], one],
    [
      'ordered a moment later',
      [sent()],
      [order('2026-11-17T08:00:00.001Z')],
      { ...none, other_orders: 1, first_order_at: null },
    ],
    ['ordered before sending', [sent()], [order('2026-11-03T07:59:59.999Z')], { ...none, other_orders: 1 }],
    ['cancelled', [sent()], [order('2026-11-04T08:00:00.000Z', { status: 'cancelled' })], none],
    ['returned', [sent()], [order('2026-11-04T08:00:00.000Z', { status: 'returned' })], none],
    [
      'sent twice: the first sending counts',
      [sent(), sent('2026-11-05T08:00:00.000Z')],
      [order('2026-11-04T08:00:00.000Z')],
      { ...one, sent_at: SENT },
    ],
    [
      'several orders, one in another currency',
      [sent()],
      [
        order('2026-11-04T08:00:00.000Z'),
        order('2026-11-05T08:00:00.000Z', { total_cents: 500 }),
        order('2026-11-06T08:00:00.000Z', { currency: 'USD' }),
      ],
      { orders: 3, purchased: 1, turnover_cents: 1_500, currency: 'EUR' },
    ],
    [
      'not sent: kept apart',
      [],
      [order('2026-11-04T08:00:00.000Z')],
      {
        ...none,
        recipient: 0,
        sent_at: null,
        other_orders: 1,
        reached_at: '2026-11-04T08:00:00.000Z',
        first_order_at: null,
      },
    ],
    ['not sent and cancelled', [], [order(SENT, { status: 'cancelled' })], undefined],
  ])('%s', (_, newsletter, orders, expected) => {
    const record = build(newsletter, orders)
    if (expected) expect(record).toMatchObject({ ...key, ...expected })
    else expect(record).toBeUndefined()
  })
})

describe('what a campaign brought', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, campaigns, [])
    await bench.empty()
  })

  it.each([
    [
      '/aggregate?by=campaign_id&measures=recipients,purchasers,purchases',
      '_rollup_campaign_id',
      '["cmp_1"]',
    ],
    ['/aggregate?by=campaign_id', '_rollup_campaign_id_currency', '["cmp_1","EUR"]'],
  ])('%s is answered from %s', async (path, table, group) => {
    const totals = 'recipients, purchasers, purchases, other_orders'
    const turnover = table.endsWith('currency')
    await bench.env.DB.prepare(
      `INSERT INTO ${table} (grp, _n, ${totals}${turnover ? ', turnover' : ''}) VALUES (?, 9, 7, 3, 4, 2${turnover ? ', 12345' : ''})`,
    )
      .bind(group)
      .run()
    expect(await bench.json(path)).toMatchObject({
      groups: [{ campaign_id: 'cmp_1', recipients: 7, purchasers: 3, purchases: 4 }],
    })
  })
})
