/** How large a JSON value may be before it is looked into: what is wrong with each of its parts has to fit into memory. */
import type { ContractProblem } from '../definition/contract-error.ts'

/** The bounds of a value. */
export interface Extent {
  /** Levels of objects and lists. */
  readonly levels: number
  /** Members of one object, or items of one list. */
  readonly members: number
  /** Members and items in all. An object counts for four more: it can lack many things. */
  readonly values: number
}

const OBJECT_VALUES = 4

/** What is too large about the value; undefined if nothing is. Looks no further than the bounds: it may be deeper than the stack. */
export function extentProblem(
  value: unknown,
  { levels, members, values }: Extent,
): ContractProblem | undefined {
  let left = values
  const problemOf = (part: unknown, path: readonly string[]): ContractProblem | undefined => {
    if (part === null || typeof part !== 'object') return undefined
    if (path.length === levels) return { path: '', problem: `is nested deeper than ${levels} levels` }
    const inside: readonly (readonly [string, unknown])[] = Object.entries(part)
    if (inside.length > members)
      return { path: path.join('.'), problem: `has more than ${members} members or items` }
    left -= inside.length + (Array.isArray(part) ? 0 : OBJECT_VALUES)
    if (left < 0) return { path: '', problem: 'has more members and items than any product needs' }
    for (const [name, each] of inside) {
      const problem = problemOf(each, [...path, name])
      if (problem) return problem
    }
    return undefined
  }
  return problemOf(value, [])
}
