/** Who is shown something without asking, and how totals protect persons. */
import type { Contract, GroupRule } from '../definition/contract.ts'
import { differ, type Change } from './change.ts'

/**
 * Whether grants narrowed readers down is their owner's to change at any time, and so is whether their totals protect
 * persons: nobody has to wait for a major to protect somebody. What protected totals may be grouped by is a promise.
 */
export function* compareAccess(before: Contract, after: Contract): Generator<Change> {
  yield* compareAutomatic(before, after)
  const [was, is] = [before.access?.groups, after.access?.groups]
  const path = 'access.groups'
  if (was && is) yield* compareGroups(was, is)
  else if (is)
    yield {
      code: 'groups_added',
      path,
      what: `totals leave out groups of fewer than ${is.least} persons, and are by ${is.by.join(', ')} alone, for whoever is shown totals alone`,
      readers: 'notice',
    }
  else if (was)
    yield { code: 'groups_removed', path, what: 'totals tell of groups of any size', readers: 'notice' }
}

function* compareAutomatic(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.access?.automatic ?? [], after.access?.automatic ?? []]
  const path = 'access.automatic'
  for (const each of was)
    if (!is.includes(each))
      yield { code: 'automatic_removed', path, what: `the owner decides on requests for ${each} fields`, readers: 'notice' } // prettier-ignore
  for (const each of is)
    if (!was.includes(each))
      yield { code: 'automatic_added', path, what: `requests for ${each} fields are granted by the contract`, readers: 'notice' } // prettier-ignore
}

function* compareGroups(was: GroupRule, is: GroupRule): Generator<Change> {
  const path = 'access.groups'
  if (is.least !== was.least)
    yield {
      code: is.least > was.least ? 'least_raised' : 'least_lowered',
      path: `${path}.least`,
      what: `a group that totals tell of has at least ${is.least} persons, had ${was.least}`,
      readers: 'notice',
    }
  if (differ(was.of, is.of))
    yield {
      code: 'persons_changed',
      path: `${path}.of`,
      what: `persons are told by ${is.of ?? 'their records'}, were by ${was.of ?? 'their records'}`,
      readers: 'notice',
    }
  for (const name of was.by)
    if (!is.by.includes(name))
      yield {
        code: 'group_removed',
        path: `${path}.by`,
        what: `protected totals can no longer be grouped or filtered by ${name}`,
        readers: 'breaks',
        remedy: `Keep ${name} in access.groups.by within this major.`,
        fields: [name],
      }
  for (const name of is.by)
    if (!was.by.includes(name))
      yield {
        code: 'group_added',
        path: `${path}.by`,
        what: `protected totals can be grouped and filtered by ${name}; their groups are finer, and more of them too small to tell of`,
        readers: 'notice',
      }
}
