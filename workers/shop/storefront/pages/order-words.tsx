/** Where an order stands, in words and a sign. */
import type { Order } from '../order.ts'
import { measured } from '../words.ts'

/** What the customer reads about it. */
export function standing({ status, judgement }: Pick<Order, 'status' | 'judgement'>): {
  readonly title: string
  readonly kind: 'good' | 'waits' | 'held' | 'gone'
} {
  if (status === 'cancelled') return { title: 'Cancelled', kind: 'gone' }
  if (status === 'paid')
    return { title: judgement.outcome === 'approve' ? 'Paid' : 'Confirmed and paid', kind: 'good' }
  return judgement.outcome === 'review'
    ? { title: 'A person is looking at it', kind: 'held' }
    : { title: 'Waits for your confirmation', kind: 'waits' }
}

/** The badge of an order. */
export function Badge({ order }: { order: Pick<Order, 'status' | 'judgement'> }) {
  const { title, kind } = standing(order)
  return <span class={`badge ${kind}`}>{title}</span>
}

/** The measured way of an order to the flag that covers it. */
export function loopWords({ placed_ms, covered_epoch_ms, covered_seen_ms }: Order): string {
  if (covered_epoch_ms === null || covered_seen_ms === null) return 'on its way'
  return measured(Math.max(0, covered_epoch_ms - placed_ms))
}
