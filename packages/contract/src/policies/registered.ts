/** Looking up products and fields that a contract names. */
import { own } from '../check/own.ts'
import { majorOf, type Contract, type InputRef } from '../definition/contract.ts'
import type { Field, Reference } from '../definition/fields.ts'
import type { MeshView } from './policy.ts'

/** `purchase` of `purchase.orders`. */
export const domainOf = (product: string): string => product.split('.', 1)[0] ?? ''

/** All registered majors of a product, the newest first. A product knows itself before it is registered. */
export function majorsOf(product: string, contract: Contract, mesh: MeshView): readonly Contract[] {
  const others = mesh.products.filter(
    ({ id, version }) =>
      id === product && !(id === contract.id && majorOf({ version }) === majorOf(contract)),
  )
  return [...(contract.id === product ? [contract] : []), ...others].toSorted(
    (a, b) => majorOf(b) - majorOf(a),
  )
}

/** The registered contract of an input. */
export const inputOf = ({ product, major }: InputRef, mesh: MeshView): Contract | undefined =>
  mesh.products.find(({ id, version }) => id === product && majorOf({ version }) === major)

/** Product and field of a reference. */
export function partsOfReference(reference: Reference): { readonly product: string; readonly field: string } {
  const [product = '', field = ''] = reference.split('#')
  return { product, field }
}

/** Where a reference leads: the newest registered major that has the field. */
export function targetOf(
  reference: Reference,
  contract: Contract,
  mesh: MeshView,
): { readonly contract: Contract; readonly field: Field } | undefined {
  const { product, field: name } = partsOfReference(reference)
  for (const candidate of majorsOf(product, contract, mesh)) {
    const field = own(candidate.fields, name)
    if (field) return { contract: candidate, field }
  }
  return undefined
}
