/** How much care a whole field needs: views show fields whole, with everything that is inside of them. */
import { classes, type Class, type Field } from './fields.ts'

/** The highest class of a field and its parts: of a list or struct that is classed below them, theirs. */
export function classOf({ class: own, fields = {}, items }: Field): Class {
  const parts = [...Object.values(fields), ...(items ? [items] : [])]
  return highestClass([own, ...parts.map(classOf)])
}

/** The highest of some classes; the lowest that there is of none. */
export const highestClass = (some: readonly Class[]): Class =>
  classes.findLast((each) => some.includes(each)) ?? classes[0]
