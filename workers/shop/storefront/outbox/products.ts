/** The products that the storefront is a source of, and how rows of its outbox become their records. */
import { majorOf, type Contract, type Row } from '@meshloop/contract'
import { accounts } from '@meshloop/customer-accounts'
import { orders } from '@meshloop/purchase-orders'

/** The name under which both products know this source. */
export const SOURCE = 'storefront'

/** Each with its contract; the order is that in which they are sent. */
const products = { 'purchase.orders': orders, 'customer.accounts': accounts } satisfies Record<
  string,
  Contract
>

/** Id of a product that the storefront sends to. */
export type ProductId = keyof typeof products

/** All of them. */
export const productIds: readonly ProductId[] = ['purchase.orders', 'customer.accounts']

/** Whom a batch is for: `purchase.orders/v1`. */
export const audienceOf = (product: ProductId): string => `${product}/v${majorOf(products[product])}`

/** Product and major, as `@meshloop/client` wants them. */
export const referenceOf = (product: ProductId) => ({ product, major: majorOf(products[product]) })

/** An order as the outbox keeps it: times in milliseconds since 1970. */
export type OrderRow = Omit<Row<typeof orders>, 'placed_at' | 'updated_at'> & {
  readonly placed_ms: number
  readonly updated_ms: number
}

/** An account event as the outbox keeps it. */
export interface AccountEventRow extends Omit<Row<typeof accounts>, 'happened_at' | 'details'> {
  readonly happened_ms: number
  readonly address_id: string | null
  readonly country: string | null
}

/** The record of a row. The database wrote it from columns of these types, so it is not checked again. */
export function recordOf(product: ProductId, row: string): object {
  const kept: unknown = JSON.parse(row)
  return product === 'purchase.orders' ? orderOf(kept as OrderRow) : accountEventOf(kept as AccountEventRow)
}

function orderOf({ placed_ms, updated_ms, ...order }: OrderRow): Row<typeof orders> {
  return { ...order, placed_at: instant(placed_ms), updated_at: instant(updated_ms) }
}

function accountEventOf(row: AccountEventRow): Row<typeof accounts> {
  const { happened_ms, address_id, country, ...event } = row
  return { ...event, happened_at: instant(happened_ms), details: { address_id, country, device_id: null } }
}

/** RFC 3339 UTC with milliseconds. */
export const instant = (ms: number): string => new Date(ms).toISOString()
