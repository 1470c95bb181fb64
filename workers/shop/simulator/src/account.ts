/** Makes account events. */
import type { Customer } from './customer.ts'
import type { Draws } from './draws.ts'
import type { AccountEvent, AccountRecord } from './happening.ts'

/** An account event at that shop time; details that are left out are not known. */
export function accountEvent(
  customer: Customer,
  atMs: number,
  draws: Draws,
  event: AccountRecord['event'],
  details: Partial<AccountRecord['details']>,
): AccountEvent {
  return {
    kind: 'account',
    atMs: Math.floor(atMs),
    customer,
    event: {
      event_id: draws.id('acc_', 10),
      customer_id: customer.id,
      event,
      details: { address_id: null, device_id: null, country: null, ...details },
    },
  }
}

/** A country other than the customer's own. */
export function abroad(customer: Customer, draws: Draws): string {
  const country = draws.pick(['ES', 'IT', 'PL', 'PT', 'TR', 'RO', 'US', 'GB', 'TH', 'BR'])
  return country === customer.country ? 'ES' : country
}
