/** The same name means the same everywhere in the mesh. */
import { own } from '../../check/own.ts'
import { majorOf, type Contract } from '../../definition/contract.ts'
import type { Field } from '../../definition/fields.ts'
import type { Breach, MeshView, Policy } from '../policy.ts'

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
    for (const other of newestOthers(contract, mesh))
      for (const [name, field] of Object.entries(contract.fields)) {
        const namesake = own(other.fields, name)
        if (namesake)
          yield* compare(`fields.${name}`, side(contract, name, field), side(other, name, namesake))
      }
  },
}

interface Side {
  readonly id: string
  readonly field: Field
  readonly reference: string
}

const side = ({ id }: Contract, name: string, field: Field): Side => ({
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

function* compare(path: string, mine: Side, theirs: Side): Generator<Breach> {
  const [one, other] = [mine.field, theirs.field]
  const unlike = (what: string, a: string | undefined, b: string | undefined): Breach => ({
    path,
    problem: `${what} is ${a ?? 'none'}, in ${theirs.id} ${b ?? 'none'}`,
  })
  if (one.kind !== other.kind) yield unlike('its kind', one.kind, other.kind)
  if (one.unit !== other.unit) yield unlike('its unit', one.unit, other.unit)
  if (one.class !== other.class) yield unlike('its class', one.class, other.class)
  if (refersTo(mine, theirs)) return // the same values, in whatever words
  if (one.of !== other.of) yield unlike('what it refers to', one.of, other.of)
  else if (!shareAWord(one.means, other.means))
    yield { path, problem: `means "${one.means}", in ${theirs.id} "${other.means}"` }
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
    (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
      .filter((word) => !fillers.has(word))
      .map((word) => word.replace(/s$/, '')),
  )
