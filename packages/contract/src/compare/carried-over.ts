/** The older contract in the newer one's names, so that a renamed or removed field is told once and not with each mention. */
import { own } from '../check/own.ts'
import { groupingOf } from '../definition/buckets.ts'
import type { AccessRules, CompositeIndex, Contract, Fields, Measure } from '../definition/contract.ts'
import type { ProjectedField, Projection } from '../definition/projection.ts'
import type { Condition, QualityRule } from '../definition/quality.ts'
import { declaresRenames, type Renames } from './renames.ts'

/** Fields under their older names, whose currencies have their newer ones. */
export const fieldsCarriedOver = (fields: Fields, renames: Renames): Fields =>
  mapValues(fields, (field) =>
    field.kind === 'money' && field.unit !== undefined
      ? { ...field, unit: renames.get(field.unit) ?? field.unit }
      : field,
  )

/** Everything in newer names. Indexes and dimensions of fields that are gone are gone with them. */
export function carriedOver(before: Contract, after: Contract, renames: Renames): Contract {
  const name = (older: string): string => renames.get(older) ?? older
  const names = (older: readonly string[]): string[] => older.map(name)
  const isThere = (field: string): boolean => own(after.fields, field) !== undefined
  const still = (): Pick<Contract, 'indexes' | 'dimensions'> => {
    const indexes = (before.indexes ?? []).flatMap((index): (string | CompositeIndex)[] => {
      if (typeof index === 'string') return isThere(name(index)) ? [name(index)] : []
      const [one, other, ...more] = index
      return index.map(name).every(isThere) ? [[name(one), name(other), ...names(more)]] : []
    })
    const dimensions = names(before.dimensions ?? []).filter(isThere)
    return {
      ...(before.indexes && (indexes.length > 0 || after.indexes) && { indexes }),
      ...(before.dimensions && (dimensions.length > 0 || after.dimensions) && { dimensions }),
    }
  }
  const [first, ...rest] = before.key
  const { versionBy, measures, rollups, quality, flags, access } = before
  const { projects, indexes: _indexes, dimensions: _dimensions, ...others } = before
  return {
    ...others,
    fields: Object.fromEntries(
      Object.entries(fieldsCarriedOver(before.fields, renames)).map(([older, field]) => [name(older), field]),
    ),
    key: [name(first), ...names(rest)],
    eventTime: name(before.eventTime),
    ...(versionBy !== undefined && { versionBy: name(versionBy) }),
    ...still(),
    ...(measures && { measures: mapValues(measures, (measure) => measureIn(measure, name)) }),
    ...(access && { access: accessIn(access, after.fields, name) }),
    ...(rollups && {
      rollups: rollups.map((rollup) => ({ ...rollup, by: rollup.by.map((each) => bucketIn(each, name)) })),
    }),
    ...(quality && { quality: mapValues(quality, (rule) => ruleIn(rule, name)) }),
    ...(flags && { flags: { ...flags, subject: name(flags.subject) } }),
    // How an older major is read from the newer one is no difference between them.
    ...(projects && !declaresRenames(before, after) && { projects: projectionIn(projects, renames) }),
  }
}

type Name = (older: string) => string

function measureIn(measure: Measure, name: Name): Measure {
  if ('sum' in measure) return { ...measure, sum: name(measure.sum) }
  if ('distinct' in measure) return { ...measure, distinct: name(measure.distinct) }
  if ('average' in measure) return { ...measure, average: name(measure.average) }
  if ('min' in measure) return { ...measure, min: name(measure.min) }
  return 'max' in measure ? { ...measure, max: name(measure.max) } : measure
}

/** `placed_at.day` is of the field `placed_at`. */
function bucketIn(by: string, name: Name): string {
  const { field, bucket } = groupingOf(by)
  return bucket === undefined ? name(field) : `${name(field)}.${bucket}`
}

/** Groups by fields that are gone are gone with them. */
function accessIn({ groups, ...rest }: AccessRules, fields: Fields, name: Name): AccessRules {
  if (!groups) return rest
  const { of, by, ...rule } = groups
  const person = of === undefined ? undefined : name(of)
  return {
    ...rest,
    groups: {
      ...rule,
      ...(person !== undefined && own(fields, person) && { of: person }),
      by: by.map(name).filter((each) => own(fields, each)),
    },
  }
}

function ruleIn(rule: QualityRule, name: Name): QualityRule {
  if ('nulls' in rule) return { ...rule, nulls: name(rule.nulls) }
  if ('missing' in rule) return { ...rule, missing: name(rule.missing) }
  if ('invalid' in rule) return { ...rule, invalid: name(rule.invalid) }
  if ('duplicates' in rule) return { ...rule, duplicates: rule.duplicates.map(name) }
  if ('rows' in rule) return rule
  const conditions = (all: readonly Condition[]): Condition[] =>
    all.map((one) => ({
      ...one,
      field: name(one.field),
      ...('other' in one && { other: name(one.other) }),
    }))
  return { ...rule, holds: conditions(rule.holds), ...(rule.when && { when: conditions(rule.when) }) }
}

/** A renamed field that was left out is still made from what it was made from. */
const projectionIn = (projection: Projection, renames: Renames): Projection => ({
  ...projection,
  fields: Object.fromEntries<ProjectedField>([
    ...Object.entries(projection.fields).map(
      ([older, source]) => [renames.get(older) ?? older, source] as const,
    ),
    ...[...renames]
      .filter(([older]) => !own(projection.fields, older))
      .map(([older, newer]) => [newer, { from: older }] as const),
  ]),
})

const mapValues = <V, W>(from: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]))
