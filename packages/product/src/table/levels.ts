/**
 * Sequences for views that hide fields. Whoever follows changes by `_seq` is told that a record changed also where all that
 * changed is hidden. So each class that a view may end at has a column with the number of the last change of what such a
 * view shows, kept in the same statement as the change.
 */
import { classes, classOf, highestClass, type Class, type Contract } from '@meshloop/contract'
import { MAX_COLUMNS, SYSTEM_COLUMNS } from '../limits.ts'

/** What a view of all fields up to a class follows. */
export interface Level {
  /** The highest class that such a view shows. */
  readonly class: Class
  readonly column: string
  /** The fields that it shows beside the key, whose changes count. */
  readonly fields: readonly string[]
}

const PREFIX = '_seq_'

/** Whether a column of `records` is a level's. */
export const isLevelColumn = (column: string): boolean => column.startsWith(PREFIX)

/**
 * The levels of a contract: from the class of its key to the one before its highest. A table that has no column left for one
 * does without: such a view is not followed.
 */
export function levelsOf(contract: Contract): Level[] {
  const { fields, key } = contract
  const names = Object.keys(fields)
  const rank = (field: string): number => classes.indexOf(classIn(contract, field))
  const occurring = new Set(names.map(rank))
  const [least, most] = [Math.max(...key.map(rank)), Math.max(...occurring)]
  const between = classes.filter((_, index) => occurring.has(index) && index >= least && index < most)
  return between.slice(0, MAX_COLUMNS - SYSTEM_COLUMNS - names.length).map((each) => ({
    class: each,
    column: `${PREFIX}${each}`,
    fields: names.filter((field) => !key.includes(field) && rank(field) <= classes.indexOf(each)),
  }))
}

/** The class of a field of the contract; the highest that there is of one that it has not. */
export function classIn({ fields }: Contract, name: string): Class {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  return field ? classOf(field) : highestClass(classes)
}
