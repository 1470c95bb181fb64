/** A derived field is never classed below what it is made of. */
import { own } from '../../check/own.ts'
import { fieldsWithin, isBelow } from '../field-at.ts'
import type { Policy } from '../policy.ts'
import { inputOf, partsOfReference } from '../registered.ts'

/** Judges classes by `from`. */
export const derivedClass: Policy = {
  id: 'derived-class',
  severity: 'error',
  reason: 'Copying protected values into another product does not make them less protected.',
  remedy:
    'Raise the class to the highest of the fields in from; if nothing of them shows any more, take them out of from or have an exception recorded.',
  *check(contract, mesh) {
    for (const { path, field, from = [] } of fieldsWithin(contract))
      for (const reference of from) {
        const { product, field: name } = partsOfReference(reference)
        const sources = (contract.inputs ?? [])
          .filter((input) => input.product === product)
          .flatMap((input) => own(inputOf(input, mesh)?.fields ?? {}, name) ?? [])
        for (const source of sources)
          if (isBelow(field.class, source.class))
            yield { path: `${path}.class`, problem: `is ${field.class}, but ${reference} is ${source.class}` }
      }
  },
}
