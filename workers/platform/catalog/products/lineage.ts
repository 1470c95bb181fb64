/** Where a product's data comes from and goes to: inputs, products built on it, and fields that join. */
import type { Contract } from '@meshloop/contract'
import type { Product } from './product.ts'

/** A neighbour of a product. */
export interface Neighbour {
  readonly id: string
  readonly major: number
  /** Null if it is not registered here. */
  readonly title: string | null
}

/** Two fields that mean the same: the way to join two products. */
export interface Join {
  readonly field: string
  readonly product: string
  readonly their_field: string
}

/** Inputs and outputs, one step each way. */
export interface Lineage {
  readonly inputs: readonly Neighbour[]
  readonly outputs: readonly Neighbour[]
}

/** Neighbours of `product` among all that are registered. */
export function lineageOf({ id, major, contract }: Product, all: readonly Product[]): Lineage {
  const titles = new Map(all.map((product) => [`${product.id} ${product.major}`, product.contract.title]))
  const inputs = (contract.inputs ?? []).map((input) => ({
    id: input.product,
    major: input.major,
    title: titles.get(`${input.product} ${input.major}`) ?? null,
  }))
  const outputs = all
    .filter((other) => other.contract.inputs?.some((input) => input.product === id && input.major === major))
    .map((other) => ({ id: other.id, major: other.major, title: other.contract.title }))
  return { inputs, outputs }
}

/** Joins that the product's own fields declare, and those that others declare to it. */
export function joinsOf({ id, contract }: Product, all: readonly Product[]): readonly Join[] {
  const own = references(contract).map(({ field, product, their_field }) => ({ field, product, their_field }))
  const theirs = all
    .filter((other) => other.id !== id)
    .flatMap((other) =>
      references(other.contract)
        .filter(({ product }) => product === id)
        .map((reference) => ({
          field: reference.their_field,
          product: other.id,
          their_field: reference.field,
        })),
    )
  return [...own, ...theirs]
}

function references({ fields }: Contract): readonly Join[] {
  return Object.entries(fields).flatMap(([field, { of }]) => {
    const [product, their_field] = of?.split('#') ?? []
    return product && their_field ? [{ field, product, their_field }] : []
  })
}
