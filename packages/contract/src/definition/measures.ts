/** What a measure is computed from. */
import type { Contract, Measure } from './contract.ts'

/** The measures that a measure is computed from: the two of a ratio, else itself. What a contract does not have is left out. */
export function partsOfMeasure({ measures = {} }: Pick<Contract, 'measures'>, measure: Measure): Measure[] {
  if (!('ratio' in measure)) return [measure]
  return measure.ratio.flatMap((name) => (Object.hasOwn(measures, name) ? (measures[name] ?? []) : []))
}

/** The fields by which what is computed of money is grouped, whether that is asked for or not: its currencies. */
export function currenciesOf(contract: Pick<Contract, 'measures' | 'fields'>, measure: Measure): string[] {
  const units = partsOfMeasure(contract, measure).flatMap((part) => {
    const name = 'distinct' in part ? undefined : fieldOfMeasure(part)
    const field =
      name !== undefined && Object.hasOwn(contract.fields, name) ? contract.fields[name] : undefined
    return field?.kind === 'money' ? (field.unit ?? []) : []
  })
  return [...new Set(units)]
}

/** The field that a measure is computed from; undefined of a count, and of a ratio, which is computed from other measures. */
export function fieldOfMeasure(measure: Measure): string | undefined {
  if ('sum' in measure) return measure.sum
  if ('distinct' in measure) return measure.distinct
  if ('average' in measure) return measure.average
  if ('min' in measure) return measure.min
  return 'max' in measure ? measure.max : undefined
}

/** How a measure comes about, in words: `sum of total_cents`. `named` writes the name of a field or measure; as it is by default. */
export function measureWords(measure: Measure, named = (name: string) => name): string {
  if ('count' in measure) return 'count of records'
  if ('sum' in measure) return `sum of ${named(measure.sum)}`
  if ('distinct' in measure) return `distinct ${named(measure.distinct)}`
  if ('average' in measure) return `average ${named(measure.average)}`
  if ('min' in measure) return `least ${named(measure.min)}`
  if ('max' in measure) return `greatest ${named(measure.max)}`
  return `${named(measure.ratio[0])} for each of ${named(measure.ratio[1])}`
}
