/**
 * Rows that a consumer was charged for on a day (UTC): those that all isolates have written down, and those that this one has
 * counted since.
 *
 * An isolate looks again after a minute, and whenever it has itself charged a hundredth of the quota. So each isolate goes
 * beyond a quota by a hundredth of it at most, and by the requests that are under way at that moment.
 */
import { sql, statement } from '../store/sql.ts'
import type { Cost } from '../store/meter.ts'
import { hoursOfDay } from '../usage/costs.ts'
import type { UsageCounter } from '../usage/counter.ts'

/** Whose day it is, and how it is charged. */
export interface Account {
  readonly major: number
  readonly consumer: string
  readonly rowsPerDay: number
  /** True where rows that were read would tell of what is hidden: each request is then charged alike. */
  readonly isFlat: boolean
}

/** Charges, and says what was charged. */
export interface RowsOfDay {
  /** Rows that were charged today. Looks into the database when that is due. */
  readonly charged: (account: Account) => Promise<number>
  /** What is known without looking. */
  readonly known: (account: Account) => number
  readonly charge: (account: Account, cost: Cost) => void
}

/** Rows that a request counts for where the true number would tell of what is hidden. */
export const FLAT_ROWS = 100

const LOOK_AFTER_MS = 60_000
/** A look that was cut off with its request counts as over then. */
const LOOKING_MS = 10_000
const MAX_ACCOUNTS = 10_000
const SHARE = 100
const DAY_MS = 86_400_000

interface Day {
  /** Days since 1970, UTC. */
  readonly day: number
  readonly written: number
  readonly lookedAt: number
  /** Charged by this isolate since it looked. */
  own: number
}

/** Counts beside `usage`, which writes. `now`: Unix ms. */
export function createRowsOfDay(db: D1Database, usage: UsageCounter, now: () => number): RowsOfDay {
  const days = new Map<string, Day>()
  const looking = new Map<string, number>()
  const today = (): number => Math.floor(now() / DAY_MS)
  const dayOf = (account: Account): Day | undefined => {
    const day = days.get(nameOf(account))
    return day?.day === today() ? day : undefined
  }
  const keep = (account: Account, day: Day): void => {
    const name = nameOf(account)
    days.delete(name)
    const [oldest] = days.size >= MAX_ACCOUNTS ? days.keys() : []
    if (oldest !== undefined) days.delete(oldest)
    days.set(name, day)
  }
  const known = (account: Account): number => {
    const day = dayOf(account)
    return day === undefined ? 0 : day.written + day.own
  }
  return {
    known,
    charge(account, cost) {
      const day = dayOf(account)
      const rows = account.isFlat ? FLAT_ROWS : cost.rowsRead
      if (day) day.own += rows
      else keep(account, { day: today(), written: 0, lookedAt: -Infinity, own: rows })
    },
    async charged(account) {
      const before = dayOf(account)
      const isCurrent =
        before !== undefined &&
        now() < before.lookedAt + LOOK_AFTER_MS &&
        before.own * SHARE < account.rowsPerDay
      // While somebody else writes or looks, what is on the way is in neither count: the next request looks.
      if (isCurrent || usage.isWriting() || (looking.get(nameOf(account)) ?? 0) > now()) return known(account)
      looking.set(nameOf(account), now() + LOOKING_MS)
      try {
        await look(account)
      } catch (error) {
        // oxlint-disable-next-line no-console -- a Worker's log is its console
        console.error(error) // this isolate goes on with what it knows
      }
      looking.delete(nameOf(account))
      return known(account)
    },
  }

  async function look(account: Account): Promise<void> {
    const [day, lookedAt, counted] = [today(), now(), dayOf(account)?.own ?? 0]
    // What this isolate has counted is among what it then reads.
    await usage.flush()
    const written = await readCharged(db, account, lookedAt)
    keep(account, { day, written, lookedAt, own: Math.max(0, (dayOf(account)?.own ?? 0) - counted) })
  }
}

const nameOf = ({ major, consumer, isFlat }: Account): string =>
  `${major} ${consumer}${isFlat ? ' flat' : ''}`

/** At most a row an hour is read. */
async function readCharged(
  db: D1Database,
  { major, consumer, isFlat }: Account,
  now: number,
): Promise<number> {
  const row = await statement(
    db,
    sql`SELECT coalesce(sum(requests), 0) AS requests, coalesce(sum(rows_read), 0) AS rows_read FROM _cost
        WHERE hour IN (SELECT value FROM json_each(${JSON.stringify(hoursOfDay(now))})) AND major = ${major} AND consumer = ${consumer}`,
  ).first<{ requests: number; rows_read: number }>()
  return isFlat ? (row?.requests ?? 0) * FLAT_ROWS : (row?.rows_read ?? 0)
}
