/** What a measure is computed from. */
import type { Measure } from './contract.ts'

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
