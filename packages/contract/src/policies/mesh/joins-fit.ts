/** A join leads to a field that is there, is of the same kind and unit, and can be looked up by. */
import { filterable, type Contract } from '../../definition/contract.ts'
import type { Field, Reference } from '../../definition/fields.ts'
import { fieldsWithin } from '../field-at.ts'
import type { MeshView, Policy } from '../policy.ts'
import { domainOf, majorsOf, partsOfReference, targetOf } from '../registered.ts'

/** Judges `of`. */
export const joinsFit: Policy = {
  id: 'joins-fit',
  severity: 'error',
  reason:
    'A reference is a promise that two products can be joined: people and agents build on it without trying.',
  remedy:
    'Refer to a field of a registered product that has the same kind and unit and is its key or indexed; register that product first, or leave of out.',
  *check(contract, mesh) {
    for (const { path, field } of fieldsWithin(contract)) {
      const problem = field.of && problemOf(field, field.of, contract, mesh)
      if (problem !== undefined) yield { path: `${path}.of`, problem }
    }
  },
}

function problemOf(
  field: Field,
  reference: Reference,
  contract: Contract,
  mesh: MeshView,
): string | undefined {
  const { product, field: name } = partsOfReference(reference)
  const target = targetOf(reference, contract, mesh)
  if (!target)
    return majorsOf(product, contract, mesh).length === 0
      ? `${product} is not registered`
      : `${product} has no field ${name}`
  if (target.contract.visibility === 'internal' && domainOf(product) !== domainOf(contract.id))
    return `${product} is internal to ${domainOf(product)}`
  if (target.field.kind !== field.kind)
    return `is a ${field.kind}, but ${reference} is a ${target.field.kind}`
  // The unit of money names a field of its own product.
  if (field.kind !== 'money' && target.field.unit !== field.unit)
    return `is in ${field.unit ?? 'no unit'}, but ${reference} is in ${target.field.unit ?? 'no unit'}`
  if (!filterable(target.contract).includes(name))
    return `${reference} cannot be looked up by: it is neither key nor indexed`
  return undefined
}
