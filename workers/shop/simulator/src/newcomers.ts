/** People who find the shop: about one a day for each 600 regular customers. */
import { newCustomer, newCustomerStaysMs, type Customer } from './customer.ts'
import { occasionsBetween } from './occasions.ts'
import type { Shop } from './shop.ts'

const JOIN_PER_CUSTOMER_AND_DAY = 0.0016

/** Who joins honestly in [fromMs, toMs), shop time. */
export function newcomersBetween(shop: Shop, fromMs: number, toMs: number): Customer[] {
  const joining = occasionsBetween(shop, 'newcomer', JOIN_PER_CUSTOMER_AND_DAY, fromMs, toMs)
  return [...joining].map(({ number, atMs }) => newCustomer(shop.seed, number, atMs))
}

/** Everybody who may be active in [fromMs, toMs): the regulars, and newcomers who have not left. */
export const customersBetween = (shop: Shop, fromMs: number, toMs: number): readonly Customer[] => [
  ...shop.customers,
  ...newcomersBetween(shop, fromMs - newCustomerStaysMs, toMs),
]
