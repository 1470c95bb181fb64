/** The same name means the same everywhere in the mesh. */
import { own } from '../../check/own.ts'
import { majorOf, type Contract } from '../../definition/contract.ts'
import type { Field } from '../../definition/fields.ts'
import type { MeshView, Policy } from '../policy.ts'

/** Products a field is compared with until so many are found that mean something else by its name. */
const SHOWN = 3
/** Characters of a meaning: what comes later explains it. */
const LOOKED_AT = 500

/** Compares fields with those of the same name in the newest majors of other products. */
export const oneNameOneMeaning: Policy = {
  id: 'one-name-one-meaning',
  severity: 'warning',
  reason:
    'People and agents combine fields that are called the same; where they mean something else, the result is wrong and nobody sees it.',
  remedy:
    'Give one of them another name; or give both the same kind, unit, class and reference, and say what they mean in the same words.',
  *check(contract, mesh) {
    if (contract.projects) return // its names are going
    const others = newestOthers(contract, mesh)
    for (const [name, field] of Object.entries(contract.fields)) {
      const mine = sideOf(contract, name, field)
      let shown = 0
      for (const other of others) {
        const namesake = own(other.fields, name)
        const problem = namesake && unlikeness(mine, sideOf(other, name, namesake))
        if (problem === undefined) continue
        yield { path: `fields.${name}`, problem }
        if (++shown === SHOWN) break
      }
    }
  },
}

interface Side {
  readonly id: string
  readonly field: Field
  readonly reference: string
}

const sideOf = ({ id }: Contract, name: string, field: Field): Side => ({
  id,
  field,
  reference: `${id}#${name}`,
})

const newestOthers = ({ id }: Contract, { products }: MeshView): readonly Contract[] =>
  products.filter(
    (product) =>
      product.id !== id &&
      !products.some((newer) => newer.id === product.id && majorOf(newer) > majorOf(product)),
  )

/** The first thing in which two fields of one name are unlike. */
function unlikeness(mine: Side, theirs: Side): string | undefined {
  const [one, other] = [mine.field, theirs.field]
  const differ = (what: string, a = 'none', b = 'none') => `${what} is ${a}, in ${theirs.id} ${b}`
  if (one.kind !== other.kind) return differ('its kind', one.kind, other.kind)
  if (one.unit !== other.unit) return differ('its unit', one.unit, other.unit)
  if (one.class !== other.class) return differ('its class', one.class, other.class)
  if (refersTo(mine, theirs)) return undefined // the same values, in whatever words
  if (one.of !== other.of) return differ('what it refers to', one.of, other.of)
  if (shareAWord(one.means, other.means)) return undefined
  return `means "${one.means}", in ${theirs.id} "${other.means}"`
}

/** Both to the same field, or one to the other. */
const refersTo = (one: Side, other: Side): boolean =>
  (one.field.of !== undefined && one.field.of === other.field.of) ||
  one.field.of === other.reference ||
  other.field.of === one.reference

const fillers = new Set(
  'a an and are as at be been but by for from has have how if in into is it its no none not of on or that the their this to was were what when where which who with without'.split(
    ' ',
  ),
)

const shareAWord = (one: string, other: string): boolean => {
  const words = wordsOf(other)
  return [...wordsOf(one)].some((word) => words.has(word))
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    (
      text
        .slice(0, LOOKED_AT)
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? []
    )
      .filter((word) => !fillers.has(word))
      .map((word) => word.replace(/s$/, '')),
  )
