/** A field that refers to another product's field holds the same values, and needs the same care. */
import { fieldsWithin, isBelow } from '../field-at.ts'
import type { Policy } from '../policy.ts'
import { targetOf } from '../registered.ts'

/** Judges `of`; references that lead nowhere are for another policy. */
export const referenceClassedAsItsTarget: Policy = {
  id: 'reference-classed-as-its-target',
  severity: 'error',
  reason:
    'A field that refers to another one holds its values: classed lower, it lets out what is protected over there.',
  remedy: 'Raise the class to that of the field that it refers to.',
  *check(contract, mesh) {
    for (const { path, field } of fieldsWithin(contract)) {
      const target = field.of && targetOf(field.of, contract, mesh)?.field
      if (target && isBelow(field.class, target.class))
        yield { path: `${path}.class`, problem: `is ${field.class}, but ${field.of} is ${target.class}` }
    }
  },
}
