/** A struct or list is classed as the most protected of its parts. */
import { fieldsWithin, isBelow, partsOf } from '../field-at.ts'
import type { Policy } from '../policy.ts'

/** Views show columns: what is inside of one is shown with it. */
export const wholeClassedAsItsParts: Policy = {
  id: 'whole-classed-as-its-parts',
  severity: 'error',
  reason:
    'A struct or list is shown as a whole: with a class below that of a part, the part is shown to those who may not see it.',
  remedy: 'Raise the class of the whole to the highest of its parts.',
  *check(contract) {
    for (const at of fieldsWithin(contract))
      for (const part of partsOf(at))
        if (isBelow(at.field.class, part.field.class))
          yield {
            path: `${at.path}.class`,
            problem: `is ${at.field.class}, but its part ${part.path} is ${part.field.class}`,
          }
  },
}
