/** A customer changes the address of the account: an event, and an alert where somebody else may be at work. */
import { alertCustomer } from './alert.ts'
import { countFlag } from './alarm.ts'
import type { RiskContext } from './assess/context.ts'
import type { World } from './env.ts'
import { readFlag, type CustomerFlag } from './flag.ts'
import type { AddressInput } from './input.ts'
import { instant } from './outbox/products.ts'
import { tick, TIME } from './outbox/clock.ts'
import { enqueueAccountEvent } from './outbox/enqueue.ts'
import { flush } from './outbox/flush.ts'
import { duration } from './words.ts'

const RECENT_MS = 3 * 86_400_000

/** What came of it. */
export interface AddressChanged {
  readonly event_id: string
  readonly address_id: string
  readonly happened_at: string
  /** Whether the customer was alerted. */
  readonly alerted: boolean
}

/** Changes the address. */
export async function changeAddress(world: World, input: AddressInput): Promise<AddressChanged> {
  const { db, now, newId } = world
  const nowMs = now()
  const flag = await readFlag(world, input.customer_id)
  const eventId = `acc_${newId().slice(0, 16)}`
  const addressId = input.address_id ?? `adr_${newId().slice(0, 12)}`
  const signs = takeoverSigns(flag, nowMs)
  const { customer_id: customerId } = input
  const results = await db.batch<{ happened_ms?: number }>([
    tick(db, nowMs),
    db
      .prepare(
        `INSERT INTO customers (customer_id, first_seen_ms) VALUES (?1, ${TIME}) ON CONFLICT DO NOTHING`,
      )
      .bind(customerId),
    db
      .prepare(
        `INSERT INTO account_events (event_id, customer_id, event, happened_ms, address_id, country)
         VALUES (?1, ?2, 'address_changed', ${TIME}, ?3, ?4)`,
      )
      .bind(eventId, customerId, addressId, input.country),
    db
      .prepare(
        `INSERT INTO belongings (customer_id, kind, id, since_ms) VALUES (?1, 'address', ?2, ${TIME}) ON CONFLICT DO NOTHING`,
      )
      .bind(customerId, addressId),
    enqueueAccountEvent(db, eventId),
    ...(signs.length === 0
      ? []
      : alertCustomer(db, {
          alertId: `alt_${newId()}`,
          customerId,
          kind: 'address',
          subjectId: addressId,
          because: signs,
          contactBeforeMs: flag.context?.email_changed_at ?? null,
        })),
    ...countFlag(db, flag.seen, nowMs),
    db.prepare('SELECT happened_ms FROM account_events WHERE event_id = ?1').bind(eventId),
  ])
  world.waitUntil(flush(world))
  const happenedMs = results.at(-1)?.results[0]?.happened_ms ?? nowMs
  return {
    event_id: eventId,
    address_id: addressId,
    happened_at: instant(happenedMs),
    alerted: signs.length > 0,
  }
}

/** Nobody can say that all is well while the flag cannot be read; who is proved to be new has nothing to lose yet. */
function takeoverSigns({ context, seen, isReadable }: CustomerFlag, nowMs: number): readonly string[] {
  if (context !== undefined) return signsIn(context, nowMs)
  if (isReadable && seen.state !== 'untrusted' && seen.state !== 'unavailable') return []
  return ['We could not check whether somebody else uses the account, so we tell you to be safe.']
}

function signsIn(context: RiskContext, nowMs: number): readonly string[] {
  const { email_changed_at, password_reset_at, new_device_at } = context
  const signs = [
    { at: email_changed_at, what: 'The e-mail address was changed' },
    { at: password_reset_at, what: 'The password was reset' },
    { at: new_device_at, what: 'Somebody signed in from a new device' },
  ]
  return signs.flatMap(({ at, what }) =>
    at !== null && nowMs - at < RECENT_MS ? [`${what} ${duration(Math.max(0, nowMs - at))} before.`] : [],
  )
}
