/** Exceptions: what is not held against a product, for how long, and who answers for it. */
import type { Day } from '../definition/lifecycle.ts'
import { daysBetween } from './day.ts'
import type { Breach, Exception, PolicyFinding } from './policy.ts'
import { isTeam } from './reachable.ts'

/** The longest that an exception may run, in days from today. */
export const MAX_EXCEPTION_DAYS = 366

const policy = {
  policy: 'exceptions-are-current',
  severity: 'warning',
  reason: 'An exception is for a time, and somebody answers for it; what runs on unseen has become the rule.',
  remedy: `Keep the policy, or have the exception recorded anew: with an owner, a reason and a last day at most ${MAX_EXCEPTION_DAYS} days ahead.`,
  excused: null,
} as const

/** Why an exception excuses nothing today; undefined when it is in force. */
export function problemOfException(exception: Exception, today: Day): string | undefined {
  const { owner, reason, expires } = exception
  if (!isTeam(owner)) return `"${owner}" is nobody who answers for it`
  if (reason.trim() === '') return 'has no reason'
  const days = daysBetween(today, expires)
  if (Number.isNaN(days)) return `"${expires}" is no day`
  if (days < 0) return `has expired on ${expires}`
  return days > MAX_EXCEPTION_DAYS
    ? `runs until ${expires}, ${days} days ahead; ${MAX_EXCEPTION_DAYS} are the most`
    : undefined
}

/** The exception that covers this breach. `exceptions` are those in force for the product. */
export const covering = (
  id: string,
  { path }: Breach,
  exceptions: readonly Exception[],
): Exception | undefined =>
  exceptions.find(
    (exception) =>
      exception.policy === id &&
      (exception.path === undefined || path === exception.path || path.startsWith(`${exception.path}.`)),
  )

/** What is wrong with the exceptions themselves. `ids`: all policies that there are for the product. */
export function* findingsOfExceptions(
  exceptions: readonly Exception[],
  ids: ReadonlySet<string>,
  today: Day,
): Generator<PolicyFinding> {
  for (const exception of exceptions) {
    const unknown = ids.has(exception.policy) ? undefined : 'names no policy that there is'
    const problem = problemOfException(exception, today) ?? unknown
    if (problem !== undefined)
      yield {
        ...policy,
        path: exception.path ?? '',
        problem: `the exception from ${exception.policy} of ${exception.owner} ${problem}`,
      }
  }
}
