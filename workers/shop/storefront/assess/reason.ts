/** Reasons: what speaks against an order, how much, why in plain words, and who could have provoked it. */

/** What is declared about each code. Two reasons are independent if their sources differ. */
export const reasonKinds = {
  AMOUNT_ABOVE_NORMAL: { source: 'amount', provokableBy: 'session' },
  ADDRESS_JUST_CHANGED: { source: 'address', provokableBy: 'session' },
  NEW_PAYMENT_METHOD: { source: 'card', provokableBy: 'session' },
  // Anybody can ask for a password reset, or order as a guest in somebody's name.
  TAKEOVER_SIGNALS: { source: 'account', provokableBy: 'outsider' },
  ORDER_BURST: { source: 'velocity', provokableBy: 'outsider' },
  NEW_ACCOUNT: { source: 'history', provokableBy: 'owner' },
} as const satisfies Record<string, { source: string; provokableBy: 'outsider' | 'session' | 'owner' }>

/** A code of {@link reasonKinds}. */
export type ReasonCode = keyof typeof reasonKinds

/** One reason. */
export interface Reason {
  readonly code: ReasonCode
  /** All points of a decision add up; 1000 is as much as any needs. */
  readonly points: number
  /** A sentence for the customer. */
  readonly because: string
  /** basket: seen in this order. record: what the flag says about orders before it. */
  readonly from: 'basket' | 'record'
}

/** Whether a text is one of our codes: a flag may hold newer ones. */
export const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(reasonKinds, code)

/** The sum. */
export const pointsOf = (reasons: readonly Reason[]): number =>
  reasons.reduce((sum, { points }) => sum + points, 0)
