/** What a product promises about time: freshness, frequency, retention, availability, and the days of its life. */
import type { Contract } from '../definition/contract.ts'
import { durationMs } from '../definition/duration.ts'
import type { Lifecycle } from '../definition/lifecycle.ts'
import type { Change, Comparer } from './change.ts'
import type { Effect } from './finding.ts'

interface Promised {
  readonly code: string
  /** The promise as a number; where none is stated, what that amounts to. */
  readonly of: (contract: Contract) => number
  readonly greater: 'better' | 'worse'
  readonly unstated: string
  /** What a better promise asks of sources. */
  readonly sources?: Effect
}

const ms = (duration: string | undefined): number =>
  duration === undefined ? Infinity : (durationMs(duration) ?? NaN)

/** A promise that is a number: worse breaks readers, better is worth telling. */
export function comparePromise(member: keyof typeof promises): Comparer {
  const { code, of, greater, unstated, sources = 'none' }: Promised = promises[member]
  return (before, after) => {
    const [was, is] = [of(before), of(after)]
    if (was === is) return []
    const what = `it is ${after[member] ?? unstated}, was ${before[member] ?? unstated}`
    if (is > was === (greater === 'better'))
      return [{ code: `${code}_improved`, path: member, what, sources }]
    return [
      {
        code: `${code}_worsened`,
        path: member,
        what,
        readers: 'breaks',
        remedy: `Keep ${before[member] ?? unstated} in this major, and promise less with the next one. If it cannot be kept, a breach tells so: a weaker promise would hide it.`,
      },
    ]
  }
}

const promises = {
  freshness: {
    code: 'freshness',
    of: ({ freshness }) => ms(freshness),
    greater: 'worse',
    unstated: 'not promised',
    sources: 'notice',
  },
  frequency: {
    code: 'frequency',
    of: ({ frequency }) => ms(frequency),
    greater: 'worse',
    unstated: 'not promised',
    sources: 'notice',
  },
  tombstones: {
    code: 'tombstones',
    of: ({ tombstones }) => ms(tombstones),
    greater: 'better',
    unstated: 'for good',
  },
  retention: {
    code: 'retention',
    of: ({ retention }) => (retention === undefined ? 0 : ms(retention)),
    greater: 'better',
    unstated: 'not promised',
  },
  availability: {
    code: 'availability',
    of: ({ availability }) => availability ?? 0,
    greater: 'better',
    unstated: 'not promised',
  },
} as const satisfies Partial<Record<keyof Contract, Promised>>

/** The days of a life. An end that comes nearer breaks; a first one does too, unless the major is said to be deprecated. */
export function* compareLifecycle(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.lifecycle ?? {}, after.lifecycle ?? {}]
  for (const member of ['generalAvailability', 'deprecated'] as const)
    if (was[member] !== is[member])
      yield {
        code: member === 'deprecated' ? 'deprecation_changed' : 'general_availability_changed',
        path: `lifecycle.${member}`,
        what: dated(member, was, is),
        readers: 'notice',
      }
  for (const member of ['endOfSupport', 'endOfLife'] as const) {
    const [end, newEnd] = [was[member], is[member]]
    if (end === newEnd) continue
    const code = member === 'endOfSupport' ? 'end_of_support' : 'end_of_life'
    const change = { path: `lifecycle.${member}`, what: dated(member, was, is) }
    if (newEnd === undefined || (end !== undefined && newEnd > end))
      yield { code: `${code}_postponed`, ...change, readers: 'notice' }
    // However a major ends, its readers have to be told in it: a new major could not tell them.
    else if (end === undefined && is.deprecated !== undefined)
      yield { code: `${code}_announced`, ...change, readers: 'notice' }
    else
      yield {
        code: end === undefined ? `${code}_set` : `${code}_nearer`,
        ...change,
        readers: 'breaks',
        remedy:
          end === undefined
            ? `Announce it: say with lifecycle.deprecated from when on readers should take the next major, and leave them time until ${member}.`
            : `Keep ${end}: readers plan with it. It may be postponed at any time.`,
      }
  }
}

const dated = (member: keyof Lifecycle, was: Lifecycle, is: Lifecycle): string =>
  `it is ${is[member] ?? 'not set'}, was ${was[member] ?? 'not set'}`
