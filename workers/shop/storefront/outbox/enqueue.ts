/** Outbox rows, written in the transaction of what they tell: either both are there or neither. */

/**
 * The order as it now stands becomes a row for purchase.orders. With `attempt` only if that attempt to answer the order's
 * confirmation was the one that counted.
 */
export const enqueueOrder = (
  db: D1Database,
  orderId: string,
  attempt: string | null = null,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO outbox (product, row)
       SELECT 'purchase.orders', json_object('order_id', order_id, 'customer_id', customer_id, 'placed_ms', placed_ms,
         'updated_ms', updated_ms, 'status', status, 'total_cents', total_cents, 'currency', currency,
         'shipping_address_id', shipping_address_id, 'payment_method_id', payment_method_id, 'item_count', item_count,
         'campaign_id', campaign_id, 'session_id', session_id)
       FROM orders WHERE order_id = ?1
         AND (?2 IS NULL OR EXISTS (SELECT 1 FROM confirmations WHERE order_id = ?1 AND attempt = ?2))`,
    )
    .bind(orderId, attempt)

/** The event becomes a row for customer.accounts. */
export const enqueueAccountEvent = (db: D1Database, eventId: string): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO outbox (product, row)
       SELECT 'customer.accounts', json_object('event_id', event_id, 'customer_id', customer_id, 'event', event,
         'happened_ms', happened_ms, 'address_id', address_id, 'country', country)
       FROM account_events WHERE event_id = ?1`,
    )
    .bind(eventId)
