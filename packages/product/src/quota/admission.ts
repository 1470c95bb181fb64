/**
 * Who may ask once more: requests a minute of each consumer, and rows a day where its grant has a quota.
 *
 * Everything is counted in the isolate first. A limit of requests therefore holds for each isolate; the binding RATE, where it
 * is bound, joins those of one location, and is asked from half of the limit on. Sources and the mesh's own machines
 * (`ingest`, `run`, `check`, `flags`) are not counted here: no reader locks them out.
 */
import type { AccessClaims } from '@meshloop/access/claims'
import { majorOf, type Contract } from '@meshloop/contract'
import type { Cost } from '../store/meter.ts'
import type { UsageCounter } from '../usage/counter.ts'
import { ProductError } from '../problems.ts'
import { limitHeaders, type LimitHeaders, type LimitStanding } from './limit-headers.ts'
import { createRequestWindows, WINDOW_MS, type Window } from './request-windows.ts'
import { createRowsOfDay, type Account } from './rows-of-day.ts'

/** Requests of one consumer a minute, unless the contract says another number. */
export const USUAL_REQUESTS = 1_200

const DAY_SECONDS = 86_400

/** A consumer that was verified, and what it is limited by. */
export interface Asking {
  readonly contract: Contract
  readonly claims: Pick<AccessClaims, 'sub' | 'rows_per_day'>
  /** Something is hidden from it, which the number of rows that were read would tell of. */
  readonly isFlat: boolean
}

/** A request that was let in, or would not be. */
export interface Admission {
  /** Where its consumer stands: the request first, then the rows if its grant has a quota. */
  readonly limits: () => readonly LimitStanding[]
  /** The same as `RateLimit-Policy` and `RateLimit` say it. */
  readonly headers: () => LimitHeaders
  /** @throws {ProductError} `rate_limited` */
  readonly refuseMany: () => Promise<void>
  /** @throws {ProductError} `quota_exceeded` */
  readonly refuseUsedUp: () => Promise<void>
  /** Reads anew what was charged today, if that is due. */
  readonly look: () => Promise<void>
  readonly charge: (cost: Cost) => void
}

/** What admission works with. */
export interface AdmissionOptions {
  readonly db: D1Database
  readonly usage: UsageCounter
  /** Unix ms. */
  readonly now: () => number
  /** Joins the isolates of one location. Default: each counts for itself. */
  readonly rate?: Pick<RateLimit, 'limit'> | undefined
  /** Requests of one consumer a minute instead of the contract's: for load tests. */
  readonly requests?: number | undefined
}

/** Counts the request that is asked, and says how it stands. One of these an isolate, for all majors. */
export function createAdmissions(options: AdmissionOptions): (asking: Asking) => Admission {
  const { db, usage, now, rate } = options
  const windows = createRequestWindows()
  const rows = createRowsOfDay(db, usage, now)
  return ({ contract, claims, isFlat }) => {
    const major = majorOf(contract)
    const quota = options.requests ?? contract.limits?.requests ?? USUAL_REQUESTS
    const name = `${major} ${claims.sub}`
    const at = now()
    const window: Window = windows.count(name, at)
    const account: Account | undefined =
      claims.rows_per_day === undefined
        ? undefined
        : { major, consumer: claims.sub, rowsPerDay: claims.rows_per_day, isFlat }
    const limits = (): readonly LimitStanding[] => {
      const requests: LimitStanding = {
        name: 'requests',
        quota,
        windowSeconds: WINDOW_MS / 1000,
        left: quota - window.used,
        secondsLeft: (window.endsAt - at) / 1000,
      }
      if (account === undefined) return [requests]
      return [
        requests,
        {
          name: 'rows',
          quota: account.rowsPerDay,
          windowSeconds: DAY_SECONDS,
          left: account.rowsPerDay - rows.known(account),
          secondsLeft: secondsLeftOfDay(now()),
        },
      ]
    }
    return {
      limits,
      headers: () => limitHeaders(limits()),
      async refuseMany() {
        const isOver =
          window.used > quota ||
          (rate !== undefined && window.used * 2 > quota && !(await rate.limit({ key: name })).success)
        if (isOver) throw tooMany(claims.sub, quota, (window.endsAt - at) / 1000)
      },
      async refuseUsedUp() {
        if (account === undefined) return
        if ((await rows.charged(account)) >= account.rowsPerDay)
          throw usedUp(account, secondsLeftOfDay(now()))
      },
      async look() {
        if (account !== undefined) await rows.charged(account)
      },
      charge(cost) {
        if (account !== undefined) rows.charge(account, cost)
      },
    }
  }
}

const secondsLeftOfDay = (ms: number): number => DAY_SECONDS - (ms % (DAY_SECONDS * 1000)) / 1000

const tooMany = (consumer: string, quota: number, retryAfterSeconds: number): ProductError =>
  new ProductError('rate_limited', `${consumer} may ask ${quota} times a minute.`, [], { retryAfterSeconds })

const usedUp = ({ consumer, rowsPerDay }: Account, retryAfterSeconds: number): ProductError =>
  new ProductError(
    'quota_exceeded',
    `${consumer} has read the ${rowsPerDay} rows that its grant gives it a day; the day ends at midnight UTC.`,
    [],
    { retryAfterSeconds },
  )
