/** Sources reach back far enough: what is told of a time does not depend on where the question begins. */
import { expect, it } from 'vitest'
import type { Happening } from '../src/happening.ts'
import { happeningsBetween } from '../src/happenings.ts'
import { createShop } from '../src/shop.ts'
import { DAY, HOUR } from '../src/time.ts'

it('the same happens in 80 days as in their quarters of a day', () => {
  const shop = createShop({ seed: 21, customers: 400 })
  const fromMs = Date.UTC(2026, 8, 1)
  const whole = [...happeningsBetween(shop, fromMs, fromMs + 80 * DAY)]
  const quarters = Array.from({ length: 4 * 80 }, (_, quarter) => fromMs + quarter * 6 * HOUR)
  const pieces = quarters.flatMap((start) => [...happeningsBetween(shop, start, start + 6 * HOUR)])
  expect(pieces.map(nameOf).toSorted()).toEqual(whole.map(nameOf).toSorted())
})

const nameOf = (happening: Happening): string =>
  `${happening.atMs} ${happening.kind === 'order' ? happening.order.order_id : happening.event.event_id}`
