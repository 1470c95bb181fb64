/** What happens in the shop, before it is told to the products as records. */
import type { Row } from '@meshloop/contract'
import type { accounts } from '@meshloop/customer-accounts'
import type { newsletter } from '@meshloop/marketing-newsletter'
import type { orders } from '@meshloop/purchase-orders'
import type { Customer } from './customer.ts'
import type { Shop } from './shop.ts'

/** A record of purchase.orders. */
export type OrderRecord = Row<typeof orders>
/** A record of customer.accounts. */
export type AccountRecord = Row<typeof accounts>
/** A record of marketing.newsletter. */
export type NewsletterRecord = Row<typeof newsletter>

/** What fraudsters do. */
export type FraudScenario = 'account_takeover' | 'card_testing' | 'slow_walk_up' | 'new_account'
/** What honest customers do that looks like it. */
export type LookAlike = 'moved_house' | 'seasonal_splurge' | 'big_first_order' | 'traveller'

/** The story that an order belongs to. */
export interface Story {
  readonly scenario: FraudScenario | LookAlike
  readonly fraud: boolean
}

interface Happened {
  /** Shop time. */
  readonly atMs: number
  readonly customer: Customer
}

/** Somebody places an order. What becomes of it follows (see order-life.ts). */
export interface OrderPlaced extends Happened {
  readonly kind: 'order'
  readonly order: Omit<OrderRecord, 'placed_at' | 'updated_at' | 'status'>
  /** None for an ordinary order. */
  readonly story: Story | undefined
}

/** Something happens to an account. */
export interface AccountEvent extends Happened {
  readonly kind: 'account'
  readonly event: Omit<AccountRecord, 'happened_at'>
}

/** Somebody subscribes, leaves or is sent a campaign. */
export interface NewsletterEvent extends Happened {
  readonly kind: 'newsletter'
  readonly event: Omit<NewsletterRecord, 'happened_at'>
}

/** Anything that happens. */
export type Happening = OrderPlaced | AccountEvent | NewsletterEvent

/**
 * One way in which things happen. All that it tells follows from anchors: a day, a move, a campaign, a fraud.
 */
export interface Source {
  /** No happening is later after its anchor than this; none is earlier. */
  readonly reachMs: number
  /** What follows from the anchors in [fromMs, toMs), shop time, each anchor once; more anchors do no harm. */
  readonly happenings: (shop: Shop, fromMs: number, toMs: number) => Iterable<Happening>
}
