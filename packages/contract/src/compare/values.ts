/** Which values a field may have: more of them break readers, fewer break sources. */
import { boundsOf } from '../definition/bounds.ts'
import type { Field } from '../definition/fields.ts'
import { shown, type Change } from './change.ts'

interface Place {
  readonly path: string
  readonly fields: readonly string[]
  readonly isFiltered?: boolean
}

/** Values of an enum: one change for those that came, one for those that went. */
export function* compareValues(
  before: Field,
  after: Field,
  { path, fields, isFiltered = false }: Place,
): Generator<Change> {
  const [older, newer] = [new Set(before.values), new Set(after.values)]
  const added = [...newer].filter((value) => !older.has(value))
  const removed = [...older].filter((value) => !newer.has(value))
  if (added.length > 0)
    yield {
      code: 'enum_value_added',
      path,
      what: `it may now be ${listed(added)}, which readers do not know`,
      readers: 'breaks',
      remedy:
        'Tell it in a nullable field of its own, or add the value with a new major and serve this one with a projection that maps it: values: { new: "old" }.',
      fields,
    }
  if (removed.length > 0)
    yield {
      code: 'enum_value_removed',
      path,
      what: `it may no longer be ${listed(removed)}${isFiltered ? '; requests that filter by it are refused' : ''}`,
      rows: 'rows that still are so are quarantined',
      readers: isFiltered ? 'breaks' : 'notice',
      sources: 'breaks',
      remedy:
        'Keep the value until no source sends it, say in `means` that it is no longer used, and drop it with the next major.',
      fields,
    }
}

/** One end of the bounds, the kind's own included. */
export function* compareBounds(
  end: 'min' | 'max',
  before: Field,
  after: Field,
  { path, fields }: Place,
): Generator<Change> {
  const [was, is] = [boundsOf(before)?.[end], boundsOf(after)?.[end]]
  if (was === undefined || is === undefined || was === is) return
  const what = `${ends[before.kind === 'text' ? 'text' : before.kind === 'list' ? 'list' : end]} was ${was}, is ${is}`
  if (end === 'max' ? is > was : is < was)
    yield {
      code: 'bound_lifted',
      path,
      what: `${what}: readers get values that they were promised not to`,
      readers: 'breaks',
      remedy: 'Keep the bound within this major, and lift it with a new one.',
      fields,
    }
  else
    yield {
      code: 'bound_tightened',
      path,
      what,
      rows: 'rows beyond it are quarantined',
      sources: 'breaks',
      remedy:
        'Keep the bound within this major and add a quality rule that counts what lies beyond; tighten it with the next major.',
      fields,
    }
}

const ends = {
  min: 'its lowest value',
  max: 'its highest value',
  text: 'its greatest length',
  list: 'its greatest number of items',
} as const

const MAX_LISTED = 5

function listed(values: readonly string[]): string {
  const more = values.length > MAX_LISTED ? ` and ${values.length - MAX_LISTED} more` : ''
  return values.slice(0, MAX_LISTED).map(shown).join(', ') + more
}
