/** The order in which products can be registered: each after what its contract names, which must be there by then. */
import { majorOf, type Contract } from '@meshloop/contract'
import { fieldsWithin } from '@meshloop/contract/policies'

interface HasContract {
  readonly contract: Contract
}

/**
 * Each product after its older majors, its inputs and the products that its fields refer to. Products that name each
 * other in a circle keep their order: the catalog tells which reference leads nowhere yet.
 */
export function inRegistrationOrder<P extends HasContract>(products: readonly P[]): readonly P[] {
  const ordered = new Set<P>()
  const visit = (product: P, above: ReadonlySet<P>): void => {
    if (ordered.has(product) || above.has(product)) return
    const path = new Set([...above, product])
    for (const other of products) if (needs(product.contract, other.contract)) visit(other, path)
    ordered.add(product)
  }
  for (const product of products) visit(product, new Set())
  return [...ordered]
}

function needs(contract: Contract, other: Contract): boolean {
  if (contract.id === other.id) return majorOf(other) < majorOf(contract)
  const isInput = (contract.inputs ?? []).some(
    ({ product, major }) => product === other.id && major === majorOf(other),
  )
  return isInput || [...fieldsWithin(contract)].some(({ field }) => field.of?.startsWith(`${other.id}#`))
}
