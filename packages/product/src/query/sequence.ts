/**
 * Which sequence a view's changes are followed by. A view of everything follows every change. One that hides fields follows
 * the sequence of its class (`table/levels.ts`), which stands still where all that changed is hidden.
 */
import type { View } from '@meshloop/access/claims'
import { classes, highestClass, type Class, type Contract } from '@meshloop/contract'
import { classIn, levelsOf } from '../table/levels.ts'
import { visibleFields } from './visible.ts'

/** The column of every change. */
export const EVERY_CHANGE = '_seq'

/**
 * The column whose numbers tell of what a view shows and of nothing that it hides; undefined where there is none, because
 * the view's fields are no whole classes.
 *
 * @param stored The contract of the stored records: of an older major the newest's.
 * @param sourceOf Name of the stored field that a field's values come from; undefined of a constant.
 */
export function sequenceOf(
  contract: Contract,
  view: View,
  stored: Contract,
  sourceOf: (field: string) => string | undefined,
): string | undefined {
  const shown = visibleFields(contract, view)
  const top = highestClass(shown.map((field) => classIn(contract, field)))
  const storedTop = highestClass(shown.flatMap((field) => storedClass(stored, sourceOf(field))))
  const hidden = Object.keys(contract.fields).filter((field) => !shown.includes(field))
  const isWhole = hidden.every((field) => isAbove(classIn(contract, field), top))
  // A newer major that protects a field more has others beside it of which this view knows nothing.
  if (!isWhole || (hidden.length > 0 && isAbove(storedTop, top))) return undefined
  const level = levelsOf(stored).find((each) => each.class === storedTop)
  if (level) return level.column
  const showsHighest = Object.keys(stored.fields).every(
    (field) => !isAbove(classIn(stored, field), storedTop),
  )
  return hidden.length === 0 || showsHighest ? EVERY_CHANGE : undefined
}

const storedClass = (stored: Contract, source: string | undefined): Class[] =>
  source === undefined ? [] : [classIn(stored, source)]

const isAbove = (one: Class, other: Class): boolean => classes.indexOf(one) > classes.indexOf(other)
