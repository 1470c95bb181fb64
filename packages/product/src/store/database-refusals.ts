/** What D1 says when it cannot take a query now: told to callers as what they can do about it. */
import { ProductError } from '../problems.ts'

/** Parts of D1's messages (developers.cloudflare.com/d1/observability/debug-d1), and what each is. */
const refusals = [
  { says: /overloaded|too many requests queued|queued for too long/i, code: 'overloaded', seconds: 10 },
  {
    says: /exceeded maximum db size|database or disk is full|SQLITE_FULL/i,
    code: 'database_full',
    seconds: 3_600,
  },
  {
    says: /exceeded timeout|exceeded its cpu time|network connection lost|object to be reset|db reset because|cannot resolve d1 db|internal error while starting up|transient issue/i,
    code: 'database_unavailable',
    seconds: 30,
  },
] as const

const details = {
  overloaded: 'The database has more to do than it can.',
  database_full: 'The database of this product has no room left.',
  database_unavailable: 'The database did not answer.',
} as const

/** The refusal that an error of D1 means; undefined for any other error, and for one that is a fault of ours. */
export function refusalOf(error: unknown): ProductError | undefined {
  if (!(error instanceof Error) || error instanceof ProductError) return undefined
  const found = refusals.find(({ says }) => says.test(error.message))
  return found && new ProductError(found.code, details[found.code], [], { retryAfterSeconds: found.seconds })
}
