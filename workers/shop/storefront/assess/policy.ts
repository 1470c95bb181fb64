/**
 * What follows from a flag's state and the reasons: approve, ask the customer, or let a person look.
 *
 * The policy is neither open nor closed, it is one for each state. Nothing counts as "no risk" because it could not be
 * read, and nobody is held up by a score alone.
 */
import type { FlagReading } from '@meshloop/flags/read'
import { money } from '../words.ts'
import { pointsOf, reasonKinds, type Reason } from './reason.ts'

/** approve: paid at once. step_up: waits until the customer says "it was me". review: waits until a person has looked. */
export type Outcome = 'approve' | 'step_up' | 'review'

/** Which rules decided. static: the shop's own, because the flag says nothing that may be used. */
export type PolicyName = 'known' | 'stale' | 'unknown' | 'static'

/** A decision with everything that led to it. */
export interface Decision {
  readonly outcome: Outcome
  readonly policy: PolicyName
  readonly points: number
  readonly reasons: readonly Reason[]
  /** The rule that tipped it, in words. */
  readonly rule: string
}

/** What is decided about. `isNewAddress`: the shop itself has not known it for a day. */
export interface Order {
  readonly totalCents: number
  readonly currency: string
  readonly isNewAddress: boolean
  /** The flag's score, while it is recent; else 0. */
  readonly score: number
}

const STEP_UP_POINTS = 400
/**
 * A score of the newest order that alone makes the shop ask. The splurges of honest people, three to seven times the usual
 * amount, stay below (workers/risk/fraud/points.ts).
 */
const STEP_UP_SCORE = 300
const REVIEW_POINTS = 700
/** Of each of the two reasons that a review needs. */
const REVIEW_REASON_POINTS = 200
/** Above these the shop asks, whatever else: in cents of any of its currencies. */
const STALE_LIMIT_CENTS = 150_00
const UNKNOWN_LIMIT_CENTS = 300_00
const STATIC_LIMIT_CENTS = 100_00

/**
 * Which rules a reading is decided by. A verified entry that cannot be understood is no flag (`isReadable`), and one
 * without a usual amount says nothing that a basket could be compared with (`hasUsual`).
 */
export function policyOf(state: FlagReading['state'], isReadable: boolean, hasUsual: boolean): PolicyName {
  switch (state) {
    case 'known':
      return isReadable ? (hasUsual ? 'known' : 'unknown') : 'static'
    case 'stale':
      return isReadable ? 'stale' : 'static'
    case 'unknown':
      return 'unknown'
    case 'untrusted':
    case 'unavailable':
      return 'static'
  }
}

/** Decides. */
export function decide(policy: PolicyName, order: Order, reasons: readonly Reason[]): Decision {
  const points = pointsOf(reasons)
  const { outcome, rule } = ruleOf(policy, order, reasons, points)
  return { outcome, policy, points, reasons, rule }
}

function ruleOf(
  policy: PolicyName,
  { totalCents, currency, isNewAddress, score }: Order,
  reasons: readonly Reason[],
  points: number,
): { readonly outcome: Outcome; readonly rule: string } {
  const limit = limits[policy]
  if (policy === 'known' && points >= REVIEW_POINTS && areIndependent(reasons))
    return { outcome: 'review', rule: `${points} points from independent reasons: a person looks at it.` }
  if (points >= STEP_UP_POINTS)
    return { outcome: 'step_up', rule: `${points} points; from ${STEP_UP_POINTS} on the customer is asked.` }
  if (score >= STEP_UP_SCORE)
    return {
      outcome: 'step_up',
      rule: `The score of the last order is ${score}; from ${STEP_UP_SCORE} on the customer is asked.`,
    }
  if (totalCents > limit.cents)
    return {
      outcome: 'step_up',
      rule: `${limit.why} Above ${money(limit.cents, currency)} the customer is asked.`,
    }
  if (policy === 'static' && isNewAddress)
    return { outcome: 'step_up', rule: `${limit.why} For a new address the customer is asked.` }
  return {
    outcome: 'approve',
    rule: `${limit.why} ${points} points; below ${STEP_UP_POINTS} nobody is asked.`,
  }
}

const limits: Readonly<Record<PolicyName, { readonly cents: number; readonly why: string }>> = {
  known: { cents: Infinity, why: 'The customer’s risk is known.' },
  stale: { cents: STALE_LIMIT_CENTS, why: 'What is known of the customer is older than promised.' },
  unknown: { cents: UNKNOWN_LIMIT_CENTS, why: 'Nothing is known of the customer yet.' },
  static: { cents: STATIC_LIMIT_CENTS, why: 'The customer’s risk could not be checked.' },
}

/**
 * Two reasons seen in this basket, from two sources, one of which no outsider can provoke: a poisoned score, or somebody
 * who only knows a victim's name, cannot have a customer's orders held.
 */
function areIndependent(reasons: readonly Reason[]): boolean {
  const weighty = reasons
    .filter(({ from, points }) => from === 'basket' && points >= REVIEW_REASON_POINTS)
    .map(({ code }) => reasonKinds[code])
  return (
    new Set(weighty.map(({ source }) => source)).size >= 2 &&
    weighty.some(({ provokableBy }) => provokableBy !== 'outsider')
  )
}
