/** What becomes of an order: placed, paid, shipped, completed; a few are cancelled or returned. */
import { Draws } from './draws.ts'
import type { OrderPlaced, OrderRecord } from './happening.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

/** A status that an order reaches. */
export interface OrderStep {
  readonly status: OrderRecord['status']
  /** Shop time. Steps are at least a minute apart, so that they differ at every pace. */
  readonly atMs: number
}

const PAID_WITHIN = 30 * MINUTE
const SHIPPED_WITHIN = 3 * DAY
const COMPLETED_WITHIN = 6 * DAY
const RETURNED_WITHIN = 10 * DAY

/** No step is later after placing than this. */
export const orderLifeMs = PAID_WITHIN + SHIPPED_WITHIN + COMPLETED_WITHIN + RETURNED_WITHIN

/** All steps of an order, in their order. They do not depend on its story: status gives no fraud away. */
export function stepsOf(seed: number, { atMs, order }: OrderPlaced): readonly OrderStep[] {
  const draws = new Draws(seed, order.order_id)
  const steps: OrderStep[] = [{ status: 'placed', atMs }]
  let last = atMs
  const then = (status: OrderStep['status'], soonest: number, latest: number): void => {
    last = Math.floor(last + draws.between(soonest, latest))
    steps.push({ status, atMs: last })
  }
  if (draws.chance(0.02)) {
    then('cancelled', 2 * MINUTE, PAID_WITHIN)
    return steps
  }
  then('paid', MINUTE, PAID_WITHIN)
  if (draws.chance(0.01)) {
    then('cancelled', HOUR, DAY)
    return steps
  }
  then('shipped', 6 * HOUR, SHIPPED_WITHIN)
  then('completed', DAY, COMPLETED_WITHIN)
  if (draws.chance(0.06)) then('returned', DAY, RETURNED_WITHIN)
  return steps
}
