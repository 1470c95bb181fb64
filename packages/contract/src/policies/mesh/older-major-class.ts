/** What a newer major protects, an older one does not show. */
import { own } from '../../check/own.ts'
import { classOf } from '../../definition/class-of.ts'
import { majorOf, type Contract } from '../../definition/contract.ts'
import { projected } from '../../definition/projection.ts'
import { isBelow } from '../field-at.ts'
import type { Breach, Policy } from '../policy.ts'

/** Judges both sides of a projection, whichever is registered later. */
export const olderMajorClass: Policy = {
  id: 'older-major-class',
  severity: 'warning',
  reason:
    'An older major shows the values of the newer one: classed lower, it goes around the newer one’s protection.',
  remedy: 'Raise the class in the older major too.',
  *check(contract, { products }) {
    const majors = products.filter(({ id }) => id === contract.id)
    const newer = majors.find((other) => majorOf(other) === contract.projects?.major)
    if (newer) yield* lowered(contract, newer)
    for (const older of majors)
      if (older.projects?.major === majorOf(contract)) yield* lowered(older, contract)
  },
}

function* lowered(older: Contract, newer: Contract): Generator<Breach> {
  for (const [name, field] of Object.entries(older.fields)) {
    const source = older.projects && projected(older.projects, name)
    const from = source && 'from' in source ? own(newer.fields, source.from) : undefined
    if (from && isBelow(classOf(field), classOf(from)))
      yield {
        path: `fields.${name}.class`,
        problem: `is ${classOf(field)} in ${older.version}, ${classOf(from)} in ${newer.version}`,
      }
  }
}
