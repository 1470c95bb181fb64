/** One difference while it is being judged: what it does to whom, before the step follows from it. */
import { canonicalJson } from '../content/canonical.ts'
import type { Contract } from '../definition/contract.ts'
import type { Effect, Finding } from './finding.ts'

/** A difference. Whatever breaks somebody takes a major; `step` is what it takes otherwise. */
export interface Change extends Pick<Finding, 'code' | 'path' | 'what' | 'remedy' | 'fields'> {
  /** Default `none`. */
  readonly readers?: Effect
  /** Default `none`. */
  readonly sources?: Effect
  /** What becomes of rows; told where there is somebody who sends them. */
  readonly rows?: string
  /** Default `minor`. */
  readonly step?: 'patch' | 'minor'
}

/** Compares one member of two contracts. */
export type Comparer = (before: Contract, after: Contract) => Iterable<Change>

/** Judges a change. Where nobody sends rows, nothing breaks sources. */
export function findingOf(
  { step = 'minor', readers = 'none', remedy, rows, ...change }: Change,
  hasSources: boolean,
): Finding {
  const sources = hasSources ? (change.sources ?? 'none') : 'none'
  const what = rows !== undefined && hasSources ? `${change.what}; ${rows}` : change.what
  const finding = { ...change, what, readers, sources }
  if (readers !== 'breaks' && sources !== 'breaks') return { ...finding, step }
  return { ...finding, step: 'major', ...(remedy !== undefined && { remedy }) }
}

/** Whether two values of a contract are written differently. */
export const differ = (before: unknown, after: unknown): boolean =>
  before !== after && canonicalJson(before ?? null) !== canonicalJson(after ?? null)

/** The change of a member that is written differently and promises the same: a default spelled out, another order. */
export const rewritten = (path: string): Change => ({
  code: 'rewritten',
  path,
  what: `${path} says the same in another way or order`,
  step: 'patch',
})

const MAX_SHOWN_CHARS = 80

/** A value as it stands in a sentence: JSON, cut where it is long. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = canonicalJson(value)
  return text.length <= MAX_SHOWN_CHARS ? text : `${text.slice(0, MAX_SHOWN_CHARS - 1)}…`
}
