/** All fields of a contract with where they stand: members of structs and items of lists too. */
import type { Contract } from '../definition/contract.ts'
import { classes, type Class, type Field, type Reference } from '../definition/fields.ts'

/** A field and where it stands. */
export interface FieldAt {
  /** `fields.details.country`; the items of a list are `fields.reasons.items`. */
  readonly path: string
  /** Its own name; items are called as their list is. */
  readonly name: string
  readonly field: Field
  /** What its values are made of: said of itself or of what it is a part of. */
  readonly from: readonly Reference[] | undefined
}

/** Every field, each before its parts. */
export function* fieldsWithin({ fields }: Pick<Contract, 'fields'>): Generator<FieldAt> {
  for (const [name, field] of Object.entries(fields))
    yield* within({ path: `fields.${name}`, name, field, from: field.from })
}

function* within(at: FieldAt): Generator<FieldAt> {
  yield at
  for (const part of partsOf(at)) yield* within(part)
}

/** The members of a struct, the items of a list. */
export function partsOf({ path, name, field, from }: FieldAt): readonly FieldAt[] {
  const members = Object.entries(field.fields ?? {}).map(([member, of]) => ({
    path: `${path}.${member}`,
    name: member,
    field: of,
    from: of.from ?? from,
  }))
  if (!field.items) return members
  return [...members, { path: `${path}.items`, name, field: field.items, from: field.items.from ?? from }]
}

/** Whether one class asks for less care than another. */
export const isBelow = (one: Class, other: Class): boolean => classes.indexOf(one) < classes.indexOf(other)

/** Whether a product holds personal or sensitive data. */
export const holdsPersonalData = (contract: Pick<Contract, 'fields'>): boolean =>
  [...fieldsWithin(contract)].some(({ field }) => !isBelow(field.class, 'personal'))
