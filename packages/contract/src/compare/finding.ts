/** What a change of a contract means for those who rely on it. */

/** What a version number has to change by, least first. */
export const steps = ['none', 'patch', 'minor', 'major'] as const

/** What a version number has to change by. */
export type Step = (typeof steps)[number]

/** What a change does to one side: `breaks` what works today, `notice` is worth telling, `none` goes unseen. */
export type Effect = 'none' | 'notice' | 'breaks'

/** One difference between two contracts. */
export interface Finding {
  /** Stable name of the kind of change, e.g. `field_removed`. */
  readonly code: string
  /** Where, as in a contract problem: `fields.status.values`. */
  readonly path: string
  /** What changed, in a sentence. */
  readonly what: string
  /** For those who read records, aggregates, changes or flags. */
  readonly readers: Effect
  /** For those who send rows. */
  readonly sources: Effect
  readonly step: Step
  /** How to get there without breaking anybody; for a change that breaks somebody. */
  readonly remedy?: string
  /** The fields of the older contract whose readers are concerned; absent when it concerns every reader. */
  readonly fields?: readonly string[]
}

/** Everything that differs, and what follows. */
export interface Comparison {
  readonly findings: readonly Finding[]
  /** The largest step of the findings. */
  readonly step: Step
  readonly readers: 'compatible' | 'breaks'
  readonly sources: 'compatible' | 'breaks'
}

/** Somebody who uses the older contract. */
export interface Use {
  readonly consumer: string
  /** Fields that it reads; null when nothing narrower is known than all. */
  readonly fields: readonly string[] | null
}
