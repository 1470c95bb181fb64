/** Recognises fields that were given another name: declared by a projection, or of the same shape and meaning. */
import { own } from '../check/own.ts'
import { canonicalJson } from '../content/canonical.ts'
import { majorOf, type Contract, type Fields } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { projected } from '../definition/projection.ts'

/** Newer names by older ones. */
export type Renames = ReadonlyMap<string, string>

/** How alike two fields have to be, between 0 and 1. Half of all words: below that `placed_at` becomes `shipped_at`. */
const MIN_LIKENESS = 0.5

/** Renames of the contract's own fields. What an older major declares comes first. */
export function renamesOf(before: Contract, after: Contract): Renames {
  return findRenames(before.fields, after.fields, declaredRenames(before, after))
}

/** Renames among fields, or among the members of a struct; the most alike first, each name once. */
export function findRenames(before: Fields, after: Fields, declared: Renames = new Map()): Renames {
  const targets = new Set(declared.values())
  const gone = candidates(before, (name) => !declared.has(name) && !own(after, name))
  const come = candidates(after, (name) => !own(before, name) && !targets.has(name))
  const pairs = gone
    .flatMap((from) => come.map((to) => ({ from: from.name, to: to.name, likeness: likeness(from, to) })))
    .filter((pair) => pair.likeness >= MIN_LIKENESS)
    .toSorted((a, b) => b.likeness - a.likeness)
  const renames = new Map(declared)
  for (const { from, to } of pairs)
    if (!renames.has(from) && !targets.has(to)) {
      renames.set(from, to)
      targets.add(to)
    }
  return renames
}

/** Whether `before` is an older major that is read from the records of `after`. */
export const declaresRenames = ({ projects, version }: Contract, after: Contract): boolean =>
  projects?.major === majorOf(after) && majorOf({ version }) !== projects.major

function declaredRenames(before: Contract, after: Contract): Renames {
  const { projects, fields } = before
  if (!projects || !declaresRenames(before, after)) return new Map()
  const sources = Object.keys(fields).flatMap((name) => {
    const source = projected(projects, name)
    return 'from' in source ? [[name, source.from] as const] : []
  })
  const kept = new Set(sources.filter(([name, from]) => name === from).map(([name]) => name))
  return new Map(
    sources.filter(([name, from]) => name !== from && own(after.fields, from) && !kept.has(from)),
  )
}

/** A field that may have been renamed. Made once: there may be as many pairs as 95 times 95. */
interface Candidate {
  readonly name: string
  readonly field: Field
  /** Equal for fields that hold the same. */
  readonly shape: string
  readonly means: ReadonlySet<string>
  /** Words of its name too. */
  readonly words: ReadonlySet<string>
}

const candidates = (fields: Fields, isOne: (name: string) => boolean): readonly Candidate[] =>
  Object.entries(fields)
    .filter(([name]) => isOne(name))
    .map(([name, field]) => {
      const means = wordsOf(field.means)
      const words = new Set([...wordsOf(name), ...means])
      return { name, field, shape: shapeOf(field), means: new Set(means), words }
    })

function shapeOf({ kind, class: care, of, unit, values, items, fields }: Field): string {
  // the unit of money is the name of a field, which may have been renamed with it
  const measured = kind === 'money' ? undefined : unit
  return canonicalJson([kind, care, of, measured, values, items, fields])
}

function likeness(from: Candidate, to: Candidate): number {
  if (from.shape !== to.shape) return 0
  const [before, after] = [from.field, to.field]
  if (after.synonyms?.includes(from.name) || before.synonyms?.includes(to.name)) return 1
  if (before.means === after.means) return 1
  return Math.max(shared(from.means, to.means), shared(from.words, to.words))
}

/** Words that most sentences have tell nothing. */
const fillers = new Set('a an and are as at be by for from has if id in is it its of on or that the this to was were what when where which who with'.split(' ')) // prettier-ignore

/** What a long meaning is about stands at its beginning, and 95 times 95 pairs are compared. */
const MAX_WORDS = 100

const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !fillers.has(word)).slice(0, MAX_WORDS)

/** Jaccard index: words in both of all words. */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length
  const all = a.size + b.size - both
  return all === 0 ? 0 : both / all
}
