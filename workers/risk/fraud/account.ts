/** What a customer's account events say. */
import { between, HOUR, type AccountEvent, type Order } from './history.ts'

const TOGETHER_WITHIN = 24 * HOUR

/** The newest event of a kind; null when there is none. `events`: oldest first. */
export const newest = (events: readonly AccountEvent[], kind: AccountEvent['event']): string | null =>
  events.findLast(({ event }) => event === kind)?.happened_at ?? null

/** Address changes. The first address of a new account is none: nothing was ordered before, and there was no other. */
export function addressChanges(
  events: readonly AccountEvent[],
  orders: readonly Order[],
): readonly AccountEvent[] {
  const changes = events.filter(({ event }) => event === 'address_changed')
  const [first] = changes
  const firstOrder = orders[0]
  const begins = first !== undefined && (firstOrder === undefined || firstOrder.placed_at > first.happened_at)
  return begins && hasOpened(events) ? changes.slice(1) : changes
}

/** Whether the events go back to the beginning of the account: it begins with a sign-in from a new device. */
export const hasOpened = (events: readonly AccountEvent[]): boolean => events[0]?.event === 'new_device_login'

/**
 * How many kinds of takeover signs came together within so many milliseconds before a moment: a sign-in from a new device,
 * and after it, within a day, a reset password or a changed e-mail address. 0 without the sign-in, 1 when it stands alone.
 */
export function takeoverSigns(events: readonly AccountEvent[], at: string, withinMs: number): number {
  const recent = events.filter(({ happened_at }) => isWithin(happened_at, at, withinMs))
  const counts = recent
    .filter(({ event }) => event === 'new_device_login')
    .map((login) => 1 + kindsAfter(recent, login.happened_at))
  return Math.max(0, ...counts)
}

/** Whether `earlier` lies at most so many milliseconds before `at`, and not after it. */
export function isWithin(earlier: string, at: string, withinMs: number): boolean {
  const ms = between(earlier, at)
  return ms >= 0 && ms <= withinMs
}

const kindsAfter = (events: readonly AccountEvent[], login: string): number =>
  new Set(
    events
      .filter(({ event }) => event === 'password_reset' || event === 'email_changed')
      .filter(({ happened_at }) => isWithin(login, happened_at, TOGETHER_WITHIN))
      .map(({ event }) => event),
  ).size
