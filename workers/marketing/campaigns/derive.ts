/** How marketing.campaigns is built: newsletter × orders of each campaign and customer. */
import type { Row } from '@meshloop/contract'
import { newsletterV1 } from '@meshloop/marketing-newsletter'
import { derive, input } from '@meshloop/product'
import { orders } from '@meshloop/purchase-orders'
import { campaigns } from './contract.ts'

const newsletterFields = ['event', 'happened_at'] as const
const orderFields = ['placed_at', 'status', 'total_cents', 'currency'] as const

type NewsletterEvent = Readonly<Pick<Row<typeof newsletterV1>, (typeof newsletterFields)[number]>>
type Order = Readonly<Pick<Row<typeof orders>, (typeof orderFields)[number]>>

/** Fourteen days: then the next two campaigns have come, and who orders does so for other reasons. */
const CONVERTS_WITHIN_MS = 14 * 86_400_000

/** Rows without a campaign (subscriptions, most orders) belong to no record, so the runtime leaves them out. */
export const derivation = derive({
  out: campaigns,
  key: ['campaign_id', 'customer_id'],
  inputs: {
    newsletter: input(newsletterV1, {
      by: ['campaign_id', 'customer_id'],
      fields: newsletterFields,
      last: 20,
    }),
    orders: input(orders, { by: ['campaign_id', 'customer_id'], fields: orderFields, last: 100 }),
  },
  build: (key, rows) => conversion(key, rows.newsletter, rows.orders),
})

/** One recipient, or one customer who ordered without being sent the campaign. Both lists oldest first. */
function conversion(
  key: { readonly campaign_id: string; readonly customer_id: string },
  events: readonly NewsletterEvent[],
  orders: readonly Order[],
): Row<typeof campaigns> | undefined {
  const sentAt = events.find(({ event }) => event === 'sent')?.happened_at ?? null
  const kept = orders.filter(({ status }) => status !== 'cancelled' && status !== 'returned')
  const brought = kept.filter(({ placed_at }) => sentAt !== null && converts(sentAt, placed_at))
  const reachedAt = sentAt ?? kept[0]?.placed_at
  if (reachedAt === undefined) return undefined
  return {
    ...key,
    reached_at: reachedAt,
    sent_at: sentAt,
    recipient: sentAt === null ? 0 : 1,
    purchased: brought.length > 0 ? 1 : 0,
    orders: brought.length,
    other_orders: kept.length - brought.length,
    first_order_at: brought[0]?.placed_at ?? null,
    ...turnover(brought),
  }
}

function converts(sentAt: string, placedAt: string): boolean {
  const ms = Date.parse(placedAt) - Date.parse(sentAt)
  return ms >= 0 && ms <= CONVERTS_WITHIN_MS
}

function turnover(orders: readonly Order[]) {
  const currency = orders[0]?.currency ?? null
  if (currency === null) return { turnover_cents: null, currency }
  const cents = orders.filter((order) => order.currency === currency).map((order) => order.total_cents)
  return { turnover_cents: cents.reduce((sum, each) => sum + each, 0), currency }
}
