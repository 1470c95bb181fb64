/** How records are found and ordered: key, times, filters, and the ways out. */
import { own } from '../check/own.ts'
import { currenciesOf, fieldOfMeasure, partsOfMeasure } from '../definition/measures.ts'
import {
  filterable,
  ports as allPorts,
  versionField,
  type Contract,
  type Rollup,
} from '../definition/contract.ts'
import { differ, type Change } from './change.ts'

/** What tells one record from another, in the order of the parts of its address. */
export function* compareKey({ key: before }: Contract, { key: after }: Contract): Generator<Change> {
  if (!differ(before, after)) return
  yield {
    code: 'key_changed',
    path: 'key',
    what: `a record is told by ${after.join(', ')}, was by ${before.join(', ')}: addresses, corrections and deletions no longer meet`,
    readers: 'breaks',
    sources: 'breaks',
    remedy: 'Keep the key, and publish records that are told otherwise as a product or major of its own.',
  }
}

/** When it happened in the business. */
export function* compareEventTime(before: Contract, after: Contract): Generator<Change> {
  if (before.eventTime === after.eventTime) return
  yield {
    code: 'event_time_changed',
    path: 'eventTime',
    what: `it happened at ${after.eventTime}, was at ${before.eventTime}: periods, retention and completeness mean something else`,
    readers: 'breaks',
    sources: 'notice',
    remedy: `Keep ${before.eventTime}; readers may filter by ${after.eventTime} when it is in indexes.`,
  }
  // Records that never change are ordered by it too.
  if (!differ(before.versionBy, after.versionBy)) yield* compareVersionBy(before, after)
}

/** What orders the corrections of one record. */
export function* compareVersionBy(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [versionField(before), versionField(after)]
  if (was === is) return
  yield {
    code: 'version_field_changed',
    path: 'versionBy',
    what: `corrections are ordered by ${is}, were by ${was}: what is stored and what is sent can no longer be ordered`,
    readers: 'breaks',
    sources: 'breaks',
    remedy: `Keep ${was} in this major, and order by ${is} from the next one on.`,
  }
}

/** What may be filtered and sorted by. */
export function* compareIndexes(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [new Set(filterable(before)), new Set(filterable(after))]
  for (const name of was)
    if (!is.has(name))
      yield {
        code: 'index_removed',
        path: `indexes.${name}`,
        what: `records can no longer be filtered or sorted by ${name}`,
        readers: 'breaks',
        remedy: `Keep ${name} in indexes within this major.`,
        fields: [name],
      }
  for (const name of is)
    if (!was.has(name))
      yield {
        code: 'index_added',
        path: `indexes.${name}`,
        what: `records can be filtered and sorted by ${name}`,
      }
  const [served, serves] = [compositesOf(before), compositesOf(after)]
  for (const index of served)
    if (!serves.has(index))
      yield {
        code: 'composite_index_removed',
        path: 'indexes',
        what: `no index serves ${index} together any more: such queries read more, or are refused for it`,
        readers: 'notice',
      }
  for (const index of serves)
    if (!served.has(index))
      yield { code: 'composite_index_added', path: 'indexes', what: `an index serves ${index} together`, step: 'patch' } // prettier-ignore
}

const compositesOf = ({ indexes = [] }: Contract): ReadonlySet<string> =>
  new Set(indexes.flatMap((index) => (typeof index === 'string' ? [] : [index.join(', ')])))

/** The ways out. Nothing stated is all of them. */
export function* comparePorts(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [new Set(before.ports ?? allPorts), new Set(after.ports ?? allPorts)]
  for (const port of was)
    if (!is.has(port))
      yield {
        code: 'port_removed',
        path: `ports.${port}`,
        what: `it no longer answers at /${port}`,
        readers: 'breaks',
        remedy: `Keep ${port} within this major, and leave it out of the next one.`,
      }
  for (const port of is)
    if (!was.has(port)) yield { code: 'port_added', path: `ports.${port}`, what: `it answers at /${port}` }
}

/** What totals may be grouped by. */
export function* compareDimensions(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.dimensions ?? [], after.dimensions ?? []]
  for (const name of was)
    if (!is.includes(name))
      yield {
        code: 'dimension_removed',
        path: `dimensions.${name}`,
        what: `totals can no longer be grouped by ${name}`,
        readers: 'breaks',
        remedy: `Keep ${name} in dimensions within this major.`,
        fields: [name],
      }
  for (const name of is)
    if (!was.includes(name))
      yield { code: 'dimension_added', path: `dimensions.${name}`, what: `totals can be grouped by ${name}` }
}

/** What is counted and summed. */
export function* compareMeasures(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.measures ?? {}, after.measures ?? {}]
  for (const [name, measure] of Object.entries(was)) {
    const path = `measures.${name}`
    const other = own(is, name)
    const fields = partsOfMeasure(before, measure).flatMap((part) => fieldOfMeasure(part) ?? [])
    const concern = fields.length === 0 ? {} : { fields }
    const { means: meant, ...counted } = measure
    const { means, ...counts } = other ?? { means: meant }
    if (!other)
      yield {
        code: 'measure_removed',
        path,
        what: `${name} can no longer be asked for`,
        readers: 'breaks',
        remedy: `Keep ${name} within this major, and leave it out of the next one.`,
        ...concern,
      }
    else if (differ(counted, counts))
      yield {
        code: 'measure_changed',
        path,
        what: `${name} counts something else under its old name`,
        readers: 'breaks',
        remedy: `Keep ${name} as it is, and give the new measure a name of its own.`,
        ...concern,
      }
    else if (meant !== means)
      yield { code: 'measure_reworded', path, what: `${name} is described in other words`, readers: 'notice', step: 'patch', ...concern } // prettier-ignore
  }
  const currencies = new Set(Object.values(was).flatMap((measure) => currenciesOf(before, measure)))
  for (const [name, measure] of Object.entries(is)) {
    if (own(was, name)) continue
    const added = { code: 'measure_added', path: `measures.${name}` }
    const more = currenciesOf(after, measure).filter((currency) => !currencies.has(currency))
    if (more.length === 0 || Object.keys(was).length === 0)
      yield { ...added, what: `${name} can be asked for` }
    else
      yield {
        ...added,
        what: `${name} can be asked for; answers to requests that name no measures are grouped by ${more.join(', ')} from now on`,
        readers: 'breaks',
        remedy: `Add it with the next major: who asks for all measures would get a group for each ${more.join(', ')} where there was one.`,
      }
  }
}

/** Kept totals: the answers are the same without them, at another price. */
export function* compareRollups(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.rollups ?? [], after.rollups ?? []]
  const named = ({ by, measures }: (typeof was)[number]): string =>
    `${measures.join(', ')} by ${by.join(', ')}`
  for (const rollup of was)
    if (!is.some((other) => keeps(other, rollup)))
      yield { code: 'rollup_removed', path: 'rollups', what: `${named(rollup)} is no longer kept: it is counted anew with each request`, readers: 'notice' } // prettier-ignore
  for (const rollup of is)
    if (!was.some((other) => keeps(other, rollup)))
      yield { code: 'rollup_added', path: 'rollups', what: `${named(rollup)} is kept with each write`, step: 'patch' } // prettier-ignore
}

/** Whether one has all totals of the other, in whatever order. */
const keeps = (one: Rollup, other: Rollup): boolean =>
  !differ(one.by.toSorted(), other.by.toSorted()) &&
  other.measures.every((name) => one.measures.includes(name))
