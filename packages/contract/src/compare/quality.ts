/** Quality rules: what is promised of the records, and how strictly. */
import { own } from '../check/own.ts'
import { canonicalJson } from '../content/canonical.ts'
import type { Contract } from '../definition/contract.ts'
import { boundOf, fieldsOfRule, isWithin, type Bound, type QualityRule } from '../definition/quality.ts'
import { differ, shown, type Change } from './change.ts'

/** Fewer or looser rules break readers, more or stricter ones are worth telling. */
export function* compareQuality(before: Contract, after: Contract): Generator<Change> {
  const [was, is] = [before.quality ?? {}, after.quality ?? {}]
  for (const [name, rule] of Object.entries(was)) {
    const other = own(is, name)
    const path = `quality.${name}`
    if (other) yield* compareRule(name, rule, other)
    else
      yield {
        code: 'quality_rule_removed',
        path,
        what: `${name} is no longer promised`,
        readers: 'breaks',
        remedy: `Keep ${name} within this major, and leave it out of the next one.`,
        ...concern(rule),
      }
  }
  for (const name of Object.keys(is))
    if (!own(was, name))
      yield {
        code: 'quality_rule_added',
        path: `quality.${name}`,
        what: `${name} is promised`,
        sources: 'notice',
      }
}

function* compareRule(name: string, was: QualityRule, is: QualityRule): Generator<Change> {
  const path = `quality.${name}`
  const fields = concern(was)
  if (differ(counted(was), counted(is)) || (was.unit ?? 'rows') !== (is.unit ?? 'rows')) {
    yield {
      code: 'quality_rule_changed',
      path,
      what: `${name} counts something else under its old name`,
      readers: 'breaks',
      sources: 'notice',
      remedy: `Keep ${name} as it is, and give the new rule a name of its own.`,
      ...fields,
    }
    return
  }
  yield* compareBound(name, was, is)
  const [severity, newSeverity] = [was.severity ?? 'error', is.severity ?? 'error']
  const what = `severity is ${newSeverity}, was ${severity}`
  if (severities.indexOf(newSeverity) < severities.indexOf(severity))
    yield {
      code: 'severity_lowered',
      path: `${path}.severity`,
      what: `${what}: a breach no longer weighs as much`,
      readers: 'breaks',
      remedy: `Keep the severity within this major, and lower it with the next one.`,
      ...fields,
    }
  else if (severity !== newSeverity)
    yield { code: 'severity_raised', path: `${path}.severity`, what, sources: 'notice', ...fields }
  if (was.means !== is.means || was.dimension !== is.dimension)
    yield { code: 'quality_rule_reworded', path, what: `${name} is described otherwise`, readers: 'notice', step: 'patch', ...fields } // prettier-ignore
}

function* compareBound(name: string, was: QualityRule, is: QualityRule): Generator<Change> {
  const [bound, newBound] = [boundOf(was), boundOf(is)]
  const counts = distinctCounts([bound, newBound], was.unit ?? 'rows')
  const path = `quality.${name}.bound`
  const what = `${name} allows ${shown(newBound)}, was ${shown(bound)}`
  if (counts.some((count) => isWithin(count, newBound) && !isWithin(count, bound)))
    yield {
      code: 'quality_rule_loosened',
      path,
      what,
      readers: 'breaks',
      remedy:
        'Keep the bound within this major, and loosen it with the next one. Until then a breach tells that it is not kept.',
      ...concern(was),
    }
  else if (counts.some((count) => isWithin(count, bound) && !isWithin(count, newBound)))
    yield { code: 'quality_rule_tightened', path, what, sources: 'notice', ...concern(was) }
}

/** One count of each range in which all counts are judged alike: the ends of the bounds, and one between each two. */
function distinctCounts(bounds: readonly Bound[], unit: 'rows' | 'percent'): readonly number[] {
  const last = unit === 'percent' ? 100 : Number.MAX_SAFE_INTEGER
  const ends = [0, last, ...bounds.flatMap(endsOf)].toSorted((a, b) => a - b)
  const counts =
    unit === 'rows'
      ? ends.flatMap((end) => [Math.ceil(end) - 1, Math.floor(end), Math.ceil(end), Math.floor(end) + 1])
      : ends.flatMap((end, index) => [end, (end + (ends[index + 1] ?? end)) / 2])
  return counts.filter((count) => count >= 0 && count <= last)
}

function endsOf(bound: Bound): readonly number[] {
  if ('between' in bound) return bound.between
  return 'notBetween' in bound ? bound.notBetween : Object.values<number>(bound)
}

const severities = ['info', 'warning', 'error'] as const

const concern = (rule: QualityRule): { fields?: readonly string[] } => {
  const fields = fieldsOfRule(rule)
  return fields.length === 0 ? {} : { fields }
}

/** What a rule counts, without how it is described and bounded. Whatever it lists counts the same in any order. */
function counted(rule: QualityRule): object {
  const {
    means: _means,
    severity: _severity,
    dimension: _dimension,
    bound: _bound,
    unit: _unit,
    ...rest
  } = rule
  return Object.fromEntries(
    Object.entries(rest)
      .map(([member, value]) => [member, Array.isArray(value) ? inOrder(value) : value] as const)
      .filter(([, value]) => !Array.isArray(value) || value.length > 0),
  )
}

const inOrder = (list: readonly unknown[]): readonly string[] => list.map(canonicalJson).toSorted()
