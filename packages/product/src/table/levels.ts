/**
 * Sequences for views that hide fields. Whoever follows changes by `_seq` is told that a record changed also where all that
 * changed is hidden. So each class that a view may end at has a column with the number of the last change of what such a
 * view shows, kept in the same statement as the change.
 */
import { classes, classOf, highestClass, type Class, type Contract } from '@meshloop/contract'
import { MAX_COLUMNS, SYSTEM_COLUMNS } from '../limits.ts'

/** A column of `records` with the number of the last change of some of its fields. */
export interface Sequence {
  readonly column: string
  /** The fields beside the key whose changes count. */
  readonly fields: readonly string[]
}

/** What a view of all fields up to a class follows: its fields are those that such a view shows. */
export interface Level extends Sequence {
  /** The highest class that such a view shows. */
  readonly class: Class
}

const PREFIX = '_seq_'

/** Whether a column of `records` is a sequence beside that of every change. */
export const isSequenceColumn = (column: string): boolean => column.startsWith(PREFIX)

/**
 * The number of the change that brought a record, or brought it back: no correction moves it. It is the order in which totals
 * that protect persons count (`totals/counted.ts`). Undefined where they do not, and where the table has no column left.
 */
export const arrivalOf = (contract: Contract): Sequence | undefined =>
  contract.access?.groups && columnsLeft(contract) > 0
    ? { column: `${PREFIX}arrival`, fields: [] }
    : undefined

/** Every sequence beside that of every change. */
export function sequencesOf(contract: Contract): Sequence[] {
  const arrival = arrivalOf(contract)
  return [...levelsOf(contract), ...(arrival ? [arrival] : [])]
}

const columnsLeft = ({ fields }: Contract): number =>
  MAX_COLUMNS - SYSTEM_COLUMNS - Object.keys(fields).length

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
  return between.slice(0, columnsLeft(contract) - (arrivalOf(contract) ? 1 : 0)).map((each) => ({
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
