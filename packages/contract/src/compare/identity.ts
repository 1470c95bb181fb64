/** What a product is and says of itself: its name, its texts, its owner, who may know of it, and what it costs. */
import type { Contract } from '../definition/contract.ts'
import { differ, shown, type Change, type Comparer } from './change.ts'
import type { Effect } from './finding.ts'

/** Another id is another product. */
export function* compareId({ id: before }: Contract, { id: after }: Contract): Generator<Change> {
  if (before === after) return
  yield {
    code: 'id_changed',
    path: 'id',
    what: `${before} became ${after}: its address, its grants and its cursors are another product's`,
    readers: 'breaks',
    sources: 'breaks',
    remedy: `Keep the id. Publish ${after} as a product of its own, and end the life of ${before} with its dates in lifecycle.`,
  }
}

/** A text that may be worded anew at any time. */
export const worded =
  (member: 'title' | 'purpose' | 'limitations' | 'carried', readers: Effect = 'none'): Comparer =>
  ({ [member]: before }, { [member]: after }) =>
    differ(before, after)
      ? [
          {
            code: `${member}_changed`,
            path: member,
            what: changed(before, after),
            readers,
            step: 'patch',
          },
        ]
      : []

/** Terms of use: no program breaks, but somebody may no longer be allowed to run it. */
export function* compareTerms({ terms: before }: Contract, { terms: after }: Contract): Generator<Change> {
  if (before === after) return
  yield { code: 'terms_changed', path: 'terms', what: changed(before, after), readers: 'notice' }
}

/** Who answers for it. */
export function* compareOwner({ owner: before }: Contract, { owner: after }: Contract): Generator<Change> {
  for (const member of ['team', 'support'] as const)
    if (before[member] !== after[member])
      yield {
        code: `${member}_changed`,
        path: `owner.${member}`,
        what: changed(before[member], after[member]),
        readers: 'notice',
        sources: 'notice',
        step: 'patch',
      }
}

/** Who may read it at all. */
export function* compareVisibility(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.visibility ?? 'mesh', after.visibility ?? 'mesh']
  if (was === is) return
  const path = 'visibility'
  if (is === 'mesh') yield { code: 'visibility_widened', path, what: 'the whole mesh may ask for grants' }
  else
    yield {
      code: 'visibility_narrowed',
      path,
      what: 'only its own domain may read it now: all others are shut out',
      readers: 'breaks',
      remedy:
        'Keep it open to the mesh in this major, end its life with its dates in lifecycle, and publish the next major as internal.',
    }
}

/** What reading costs. Nothing stated is free of charge. */
export function* comparePrice({ price: before }: Contract, { price: after }: Contract): Generator<Change> {
  const [was, is] = [before?.amount ?? 0, after?.amount ?? 0]
  const what = `it costs ${priced(after)}, was ${priced(before)}`
  const path = 'price'
  if (is < was) {
    const isSame = is === 0 || (before?.currency === after?.currency && before?.unit === after?.unit)
    if (isSame) yield { code: 'price_lowered', path, what, readers: 'notice' }
    else yield unlike(what)
  } else if (was === 0) {
    if (is > 0) yield dearer('price_introduced', what)
  } else if (before?.currency !== after?.currency || before?.unit !== after?.unit) yield unlike(what)
  else if (is > was) yield dearer('price_raised', what)
}

const unlike = (what: string): Change => dearer('price_unit_changed', `${what}: the two cannot be compared`)

const dearer = (code: string, what: string): Change => ({
  code,
  path: 'price',
  what,
  readers: 'breaks',
  remedy:
    'Keep the price of this major until the end of its life, and ask for the new one from the next major on.',
})

const priced = (price: Contract['price']): string =>
  price ? `${price.amount} ${shown(price.currency)} a ${shown(price.unit)}` : 'nothing'

const changed = (before: unknown, after: unknown): string => `it is ${shown(after)}, was ${shown(before)}`
