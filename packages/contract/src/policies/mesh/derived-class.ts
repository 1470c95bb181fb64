/** A derived field is never classed below what it is made of. */
import { own } from '../../check/own.ts'
import type { InputRef } from '../../definition/contract.ts'
import type { Reference } from '../../definition/fields.ts'
import { fieldsWithin, isBelow } from '../field-at.ts'
import type { Policy } from '../policy.ts'
import { inputOf, partsOfReference } from '../registered.ts'

/** Judges classes by `from`. What is called as a field of an input is taken to be made of it, whatever `from` says. */
export const derivedClass: Policy = {
  id: 'derived-class',
  severity: 'error',
  reason: 'Copying protected values into another product does not make them less protected.',
  remedy:
    'Raise the class to the highest of the fields in from; if nothing of them shows any more, take them out of from and give it a name of its own, or have an exception recorded.',
  *check(contract, mesh) {
    const { inputs = [] } = contract
    for (const { path, name, field, from = [] } of fieldsWithin(contract))
      for (const reference of new Set([...from, ...namesakes(name, inputs)])) {
        const { product, field: source } = partsOfReference(reference)
        const sources = inputs
          .filter((input) => input.product === product)
          .flatMap((input) => own(inputOf(input, mesh)?.fields ?? {}, source) ?? [])
        for (const origin of sources)
          if (isBelow(field.class, origin.class))
            yield { path: `${path}.class`, problem: `is ${field.class}, but ${reference} is ${origin.class}` }
      }
  },
}

const namesakes = (name: string, inputs: readonly InputRef[]): readonly Reference[] =>
  inputs.map(({ product }) => `${product}#${name}` as Reference) // an input's id is <domain>.<product>
