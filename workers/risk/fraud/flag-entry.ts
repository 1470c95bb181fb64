/** What an app reads of a customer: the record without the id, and what is known about as keyed hashes. */
import type { Row } from '@meshloop/contract'
import type { fraud } from './contract.ts'

/**
 * The flag of one customer. `hash` is the keyed hash of the flag set: the app compares the address and card in its hand with
 * `hash('address', …)` and `hash('card', …)`, and the flag itself names nobody's.
 */
export async function entry(
  record: Row<typeof fraud>,
  hash: (label: 'address' | 'card', value: string) => Promise<string>,
) {
  const { customer_id: _, known_addresses, known_cards, ...shown } = record
  return {
    ...shown,
    known_addresses: await Promise.all(known_addresses.map((address) => hash('address', address))),
    known_cards: await Promise.all(known_cards.map((card) => hash('card', card))),
  }
}
