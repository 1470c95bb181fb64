/** Recognises fields that were given another name: declared by a projection, or of the same shape and meaning. */
import { own } from '../check/own.ts'
import { majorOf, type Contract, type Fields } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { projected } from '../definition/projection.ts'
import { differ } from './change.ts'

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
  const gone = Object.entries(before).filter(([name]) => !declared.has(name) && !own(after, name))
  const come = Object.entries(after).filter(([name]) => !own(before, name) && !targets.has(name))
  const pairs = gone
    .flatMap(([from, field]) => {
      const words = wordsOf(from, field)
      return come.map(([to, other]) => ({ from, to, likeness: likeness(from, field, words, to, other) }))
    })
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

function likeness(from: string, before: Field, words: Words, to: string, after: Field): number {
  if (!isSameShape(before, after)) return 0
  if (after.synonyms?.includes(from) || before.synonyms?.includes(to) || before.means === after.means)
    return 1
  const others = wordsOf(to, after)
  return Math.max(shared(words.means, others.means), shared(words.all, others.all))
}

const isSameShape = (before: Field, after: Field): boolean =>
  before.kind === after.kind &&
  before.class === after.class &&
  before.of === after.of &&
  // the unit of money is the name of a field, which may have been renamed with it
  (before.kind === 'money' || before.unit === after.unit) &&
  !differ([before.values, before.items, before.fields], [after.values, after.items, after.fields])

interface Words {
  readonly means: ReadonlySet<string>
  /** Those of its name too. */
  readonly all: ReadonlySet<string>
}

/** Words that most sentences have tell nothing. */
const fillers = new Set('a an and are as at be by for from has if id in is it its of on or that the this to was were what when where which who with'.split(' ')) // prettier-ignore

function wordsOf(name: string, field: Field): Words {
  const means = split(field.means)
  return { means: new Set(means), all: new Set([...split(name), ...means]) }
}

const split = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !fillers.has(word))

/** Jaccard index: words in both of all words. */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length
  const all = a.size + b.size - both
  return all === 0 ? 0 : both / all
}
