/** Every field of a derived product says which fields of its inputs it is made of. */
import { own } from '../../check/own.ts'
import type { Contract } from '../../definition/contract.ts'
import type { Reference } from '../../definition/fields.ts'
import { fieldsWithin } from '../field-at.ts'
import type { MeshView, Policy } from '../policy.ts'
import { inputOf, partsOfReference } from '../registered.ts'

/** Judges `from`; a field without one is covered by what it is a part of. */
export const derivedFieldsSayFrom: Policy = {
  id: 'derived-fields-say-from',
  severity: 'error',
  reason: 'Where a value comes from decides how it is protected, and who is told when the source changes.',
  remedy:
    'List in from the fields of the inputs that the values are made of, e.g. purchase.orders#total_cents; an empty list says that none of them shows.',
  *check(contract, mesh) {
    if (contract.projects) return // read from the records of a newer major, which says it
    for (const { path, field, from } of fieldsWithin(contract)) {
      if (contract.inputs && from === undefined)
        yield { path: `${path}.from`, problem: 'does not say what it is made of' }
      for (const reference of field.from ?? []) {
        const problem = problemOf(reference, contract, mesh)
        if (problem !== undefined) yield { path: `${path}.from`, problem }
      }
    }
  },
}

function problemOf(reference: Reference, { inputs = [] }: Contract, mesh: MeshView): string | undefined {
  const { product, field } = partsOfReference(reference)
  const named = inputs.filter((input) => input.product === product)
  if (named.length === 0) return `${product} is no input of this product`
  const registered = named.flatMap((input) => inputOf(input, mesh) ?? [])
  const isThere = registered.length === 0 || registered.some(({ fields }) => own(fields, field))
  return isThere ? undefined : `${product} has no field ${field}`
}
