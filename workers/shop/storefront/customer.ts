/** What the shop knows of a customer: addresses and cards, imported once from orders made elsewhere. */
import * as z from 'zod'
import type { World } from './env.ts'
import { tick, TIME } from './outbox/clock.ts'

/** A customer at the counter. The newest addresses and cards first, those of the last day after them. */
export interface Customer {
  readonly customer_id: string
  readonly addresses: readonly string[]
  readonly cards: readonly string[]
}

const DAY_MS = 86_400_000
const MAX_SHOWN = 5

const pastOrdersSchema = z.object({
  records: z.array(
    z.object({
      placed_at: z.iso.datetime(),
      shipping_address_id: z.string().nullable(),
      payment_method_id: z.string().nullable(),
    }),
  ),
})

/**
 * Lets a customer in, which prefetches the flag. On the first visit addresses and cards of earlier orders are asked of
 * purchase.orders; while it cannot be asked the next visit tries again.
 */
export async function welcome(world: World, customerId: string): Promise<Customer> {
  world.waitUntil(world.flags.prefetch(customerId))
  const { db } = world
  const known = await db
    .prepare('SELECT imported_ms FROM customers WHERE customer_id = ?1')
    .bind(customerId)
    .first<{ imported_ms: number | null }>()
  if (known?.imported_ms === undefined || known.imported_ms === null) await importPast(world, customerId)
  const { results } = await db
    .prepare(
      'SELECT kind, id FROM belongings WHERE customer_id = ?1 ORDER BY since_ms > ?2, since_ms DESC, id',
    )
    .bind(customerId, world.now() - DAY_MS)
    .all<{ kind: 'address' | 'card'; id: string }>()
  const ids = (kind: 'address' | 'card') =>
    results.flatMap((each) => (each.kind === kind ? [each.id] : [])).slice(0, MAX_SHOWN)
  return { customer_id: customerId, addresses: ids('address'), cards: ids('card') }
}

/** Customers of the last orders, for the start page. */
export async function recentCustomers(db: D1Database): Promise<readonly string[]> {
  const { results } = await db
    .prepare(
      `SELECT customer_id FROM (SELECT rowid AS place, customer_id FROM orders ORDER BY rowid DESC LIMIT 50)
       GROUP BY customer_id ORDER BY max(place) DESC LIMIT 6`,
    )
    .all<{ customer_id: string }>()
  return results.map(({ customer_id }) => customer_id)
}

async function importPast({ db, ask, now, tell }: World, customerId: string): Promise<void> {
  const query = new URLSearchParams({
    customer_id: customerId,
    sort: '-placed_at',
    fields: 'placed_at,shipping_address_id,payment_method_id',
    limit: '50',
  })
  let past: z.output<typeof pastOrdersSchema>['records']
  try {
    past = pastOrdersSchema.parse(await ask('purchase.orders', `/records?${query}`)).records
  } catch (error) {
    tell(error) // a shop goes on selling without it
    return
  }
  const belongings = past.flatMap(({ placed_at, shipping_address_id, payment_method_id }) => [
    { kind: 'address', id: shipping_address_id, since_ms: Date.parse(placed_at) },
    { kind: 'card', id: payment_method_id, since_ms: Date.parse(placed_at) },
  ])
  await db.batch([
    tick(db, now()),
    db
      .prepare(
        `INSERT INTO customers (customer_id, first_seen_ms, imported_ms) VALUES (?1, ${TIME}, ${TIME})
         ON CONFLICT (customer_id) DO UPDATE SET imported_ms = excluded.imported_ms`,
      )
      .bind(customerId),
    db
      .prepare(
        `INSERT INTO belongings (customer_id, kind, id, since_ms)
         SELECT ?1, value ->> 'kind', value ->> 'id', value ->> 'since_ms' FROM json_each(?2) WHERE value ->> 'id' IS NOT NULL
         ON CONFLICT (customer_id, kind, id) DO UPDATE SET since_ms = min(since_ms, excluded.since_ms)`,
      )
      .bind(customerId, JSON.stringify(belongings)),
  ])
}
