/**
 * The points that each sign of fraud adds to a score, set by hand: a cold start, until a model is trained on labels.
 *
 * A sign has a strength (score.ts measures it); of its steps the highest that the strength reaches counts.
 */

/** One row of the table. */
interface Sign {
  /** What it tells an analyst. */
  readonly text: string
  /** Rising. `from` is in the sign's own unit, which the comment beside it names. */
  readonly steps: readonly { readonly from: number; readonly points: number }[]
}

/** The table. No sign alone reaches 500: what blocks an order needs at least two. */
export const points = {
  AMOUNT_ABOVE_NORMAL: {
    text: 'the amount is far above what the customer normally spends',
    // Times the normal amount. Honest splurges are three to seven times, so amount alone stays low.
    steps: [
      { from: 3, points: 120 },
      { from: 4, points: 200 },
      { from: 6, points: 260 },
      { from: 9, points: 320 },
    ],
  },
  ADDRESS_JUST_CHANGED: {
    text: 'the order goes to an address that is not known yet, and the address was changed days or hours before',
    // 1: within a week, 2: within a day. People who move order as usual: that is why the amount counts more.
    steps: [
      { from: 1, points: 80 },
      { from: 2, points: 180 },
    ],
  },
  TAKEOVER_SIGNALS: {
    text: 'shortly before, the account was signed in to from a new device and its password reset or e-mail changed',
    // Different kinds of events. One alone is everyday, and outsiders can provoke a reset: it counts nothing.
    steps: [
      { from: 2, points: 350 },
      { from: 3, points: 420 },
    ],
  },
  NEW_PAYMENT_METHOD: {
    text: 'a customer with known cards pays with one that is not known',
    // 0 or 1. Cards are replaced and many people have a second one.
    steps: [{ from: 1, points: 70 }],
  },
  ORDER_BURST: {
    text: 'many orders within an hour',
    // Orders within the hour up to this one, it included.
    steps: [
      { from: 3, points: 180 },
      { from: 4, points: 340 },
      { from: 6, points: 420 },
    ],
  },
  NEW_ACCOUNT: {
    text: 'the account is only days old',
    // 1: within a week, 2: within two days.
    steps: [
      { from: 1, points: 60 },
      { from: 2, points: 120 },
    ],
  },
} as const satisfies Readonly<Record<string, Sign>>

/** Names a sign. */
export type ReasonCode = keyof typeof points

/** Why a score is what it is: the signs that were found, each with its points. */
export interface Reason {
  readonly code: ReasonCode
  readonly points: number
}

/** The points of a sign at that strength; 0 below its first step. */
export const pointsFor = (code: ReasonCode, strength: number): number =>
  points[code].steps.findLast(({ from }) => strength >= from)?.points ?? 0
