/** Why a part of an imported document is kept aside, in words. */
import { isObject } from './json.ts'
import type { Kept } from './kept.ts'
import { namesIn } from './names.ts'
import { readProperty } from './read-property.ts'

/** A part of a document that a contract has no word for. */
export interface KeptPart {
  /** Where: names joined by slashes, items of lists by their names. */
  readonly path: string
  readonly reason: string
}

/** The parts, with a reason for each. */
export const explainKept = (kept: readonly Kept[]): KeptPart[] =>
  kept.map((part) => ({ path: part.at, reason: reasonFor(part) }))

function reasonFor({ at, is, over, order }: Kept): string {
  const [last = '', list = ''] = at.split('/').toReversed()
  if (order) return 'the order of its items is not the contract’s'
  if (list === 'properties' && isObject(is)) {
    const read = readProperty(is, { names: namesIn({ schema: [{ properties: [is] }] }) })
    return 'aside' in read ? read.aside : 'is nested deeper than a field may be'
  }
  if (list === 'quality') return 'is a rule that only somebody else can judge'
  if (last === 'pattern') return 'a regular expression of a document is never compiled'
  if (over === undefined) return 'a contract has no word for it'
  return `the contract says ${shorten(over)}`
}

const shorten = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}
