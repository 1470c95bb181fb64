/** Promises of an older major beside its fields' values: it may promise no more than the records and the team still keep. */
import { classOf } from '../definition/class-of.ts'
import { filterable, type Contract } from '../definition/contract.ts'
import { durationMs } from '../definition/duration.ts'
import { classes } from '../definition/fields.ts'
import { groupFields } from '../definition/groups.ts'
import { projected, type Projection } from '../definition/projection.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { own } from './own.ts'

/** Problems of what `older` promises, and of what it would show that `newer` does not. */
export function* checkProjectionPromises(
  older: Contract,
  newer: Contract,
  projection: Projection,
): Generator<ContractProblem> {
  yield* checkAmounts(older, newer)
  yield* checkIndexes(older, newer, projection)
  yield* checkCare(older, newer, projection)
}

function* checkAmounts(older: Contract, newer: Contract): Generator<ContractProblem> {
  const kept = (duration = ''): number => durationMs(duration) ?? Infinity
  if (kept(older.freshness) < kept(newer.freshness))
    yield { path: 'freshness', problem: `the records are promised to be no fresher than ${newer.freshness}` }
  if (kept(older.frequency) < kept(newer.frequency))
    yield { path: 'frequency', problem: `new data is promised ${newer.frequency ?? 'at no time'}` }
  if (kept(older.retention) > kept(newer.retention))
    yield { path: 'retention', problem: `the records are kept for ${newer.retention ?? ''} only` }
  if (kept(older.tombstones) > kept(newer.tombstones))
    yield { path: 'tombstones', problem: `deletions are told for ${newer.tombstones ?? ''} only` }
  if ((older.availability ?? 0) > (newer.availability ?? 0))
    yield { path: 'availability', problem: `${newer.version} promises ${newer.availability ?? 'none'}` }
}

/** The work of a request is bounded: what may be filtered and sorted by has an index under its newer name. */
function* checkIndexes(older: Contract, newer: Contract, projection: Projection): Generator<ContractProblem> {
  for (const name of filterable(older)) {
    const source = projected(projection, name)
    if ('from' in source && own(newer.fields, source.from) && !filterable(newer).includes(source.from))
      yield {
        path: `projects.fields.${name}`,
        problem: `${older.version} filters and sorts by it: add ${source.from} to the indexes of ${newer.version}`,
      }
  }
}

/** An older major is no way round the care that the newer one takes. */
function* checkCare(older: Contract, newer: Contract, projection: Projection): Generator<ContractProblem> {
  if (newer.visibility === 'internal' && older.visibility !== 'internal')
    yield { path: 'visibility', problem: `${newer.version} is internal: make this one internal too` }
  yield* checkGroups(older, newer, projection)
  for (const [name, field] of Object.entries(older.fields)) {
    const source = projected(projection, name)
    const from = 'from' in source ? own(newer.fields, source.from) : undefined
    if (from && classes.indexOf(classOf(field)) < classes.indexOf(classOf(from)))
      yield {
        path: `fields.${name}.class`,
        problem: `its values come from ${classOf(from)} data: class it so`,
      }
  }
}

/** Totals that protect persons in one major alone protect nobody; nor do two rules, whose totals taken together tell of one person. */
function* checkGroups(older: Contract, newer: Contract, projection: Projection): Generator<ContractProblem> {
  const [was, is] = [older.access?.groups, newer.access?.groups]
  const path = 'access.groups'
  if (!is) return
  if (!was) {
    yield { path, problem: `${newer.version} tells of no group of fewer than ${is.least}: say so here too` }
    return
  }
  if (was.least !== is.least)
    yield { path: `${path}.least`, problem: `is ${is.least} in ${newer.version}: count by the same blocks` }
  const sourceOf = (name: string): string => sourceOneToOne(name, newer, projection) ?? ''
  if (was.of === undefined ? is.of !== undefined : sourceOf(was.of) !== is.of)
    yield { path: `${path}.of`, problem: `${newer.version} tells persons by ${is.of ?? 'their records'}` }
  const [before, now] = [new Set(groupFields(older).map(sourceOf)), new Set(groupFields(newer))]
  if (before.symmetricDifference(now).size > 0)
    yield {
      path: `${path}.by`,
      problem: `${newer.version} cuts groups by ${[...now].join(', ')}: cut them alike`,
    }
}

/** The newer field, if no two of its values are one of the older field. */
function sourceOneToOne(name: string, newer: Contract, projection: Projection): string | undefined {
  const source = projected(projection, name)
  if (!('from' in source)) return undefined
  const values = own(newer.fields, source.from)?.values ?? []
  const mapped = values.map((value) => own(source.values ?? {}, value) ?? value)
  return new Set(mapped).size === values.length ? source.from : undefined
}
