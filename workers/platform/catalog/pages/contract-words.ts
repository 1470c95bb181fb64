/** What a contract says, in words: the pages and their Markdown twins say the same. */
import {
  boundOf,
  buckets,
  ports,
  type Condition,
  type Contract,
  type Field,
  type GroupRule,
  type QualityRule,
} from '@meshloop/contract'
import { formatCount, formatDuration } from './format.ts'

/** A name and what it is. */
export interface Said {
  readonly name: string
  readonly what: string
}

/** `text, or nothing`. */
export const kindWords = ({ kind, nullable, items }: Field): string => {
  const what = items ? `${kind} of ${items.kind}` : kind
  return nullable ? `${what}, or nothing` : what
}

/** `0 to 100`, `at most 40 items`; undefined if the contract sets no bound. */
export function boundsWords({ kind, min, max }: Field): string | undefined {
  if (kind === 'text' && max !== undefined) return `at most ${formatCount(max)} characters`
  if (kind === 'list' && max !== undefined) return `at most ${formatCount(max)} items`
  if (min !== undefined && max !== undefined) return `${formatCount(min)} to ${formatCount(max)}`
  if (min !== undefined) return `at least ${formatCount(min)}`
  return max === undefined ? undefined : `at most ${formatCount(max)}`
}

/** What the contract promises beside its fields. */
export function promisesOf(contract: Contract): readonly Said[] {
  const { freshness, frequency, retention, availability, price, visibility, ports: open } = contract
  return [
    { name: 'Freshness', what: `never older than ${formatDuration(freshness)}` },
    {
      name: 'New data',
      what: frequency === undefined ? 'no promise how often' : `at least every ${formatDuration(frequency)}`,
    },
    {
      name: 'Kept for',
      what: retention === undefined ? 'no promise' : `at least ${formatDuration(retention)}`,
    },
    {
      name: 'Availability',
      what:
        availability === undefined ? 'no promise' : `${availability} % of all checks in a month are answered`,
    },
    {
      name: 'Price',
      what: price === undefined ? 'free of charge' : `${price.amount} ${price.currency} per ${price.unit}`,
    },
    { name: 'Open to', what: visibility === 'internal' ? 'its own domain' : 'the mesh, by grant' },
    { name: 'Ways out', what: [...(open ?? ports), ...(contract.flags ? ['flags'] : [])].join(', ') },
    ...servingOf(contract),
  ]
}

/** What the product says of bulk files, deletions, limits and indexes; what it leaves to the runtime is not said. */
function servingOf({ exports: files, tombstones, limits = {}, indexes = [] }: Contract): readonly Said[] {
  const { scan, requests } = limits
  const composite = indexes.filter((index) => typeof index !== 'string')
  const said: readonly (Said | false)[] = [
    files !== undefined && {
      name: 'Bulk files',
      what: `Parquet and NDJSON, at least every ${formatDuration(files.every ?? 'PT1H')} when something changed; replaced ones are kept for ${formatDuration(files.keep ?? 'P7D')}`,
    },
    files?.hot !== undefined && {
      name: 'In bulk files alone',
      what: `what happened longer than ${formatDuration(files.hot)} ago, by months: the other ways out answer what is newer`,
    },
    tombstones !== undefined && {
      name: 'Deletions are told',
      what: `for at least ${formatDuration(tombstones)} in the change feed`,
    },
    scan !== undefined && { name: 'A query reads', what: `at most ${formatCount(scan)} rows` },
    requests !== undefined && {
      name: 'A consumer asks',
      what: `at most ${formatCount(requests)} times a minute`,
    },
    composite.length > 0 && {
      name: 'Quick together',
      what: composite
        .map((fields) => `filtered by ${fields.slice(0, -1).join(', ')} and sorted by ${fields.at(-1) ?? ''}`)
        .join('; '),
    },
  ]
  return said.filter((each) => each !== false)
}

/** What totals may be grouped by: dimensions, and lengths of the event time and of dimensions that are times. */
export function groupedBy({ dimensions = [], eventTime, fields }: Contract): readonly string[] {
  const times = dimensions.filter((name) => fields[name]?.kind === 'time')
  const lengths = [...new Set([eventTime, ...times])].flatMap((name) =>
    buckets.map((bucket) => `${name}.${bucket}`),
  )
  return [...dimensions, ...lengths]
}

/** The days of a major's life that the contract names. */
export function lifecycleOf({ lifecycle = {} }: Contract): readonly Said[] {
  const { generalAvailability, deprecated, endOfSupport, endOfLife } = lifecycle
  return [
    { name: 'To be relied on from', what: generalAvailability },
    { name: 'Deprecated from', what: deprecated },
    { name: 'Supported until', what: endOfSupport },
    { name: 'Answers until', what: endOfLife },
  ].flatMap(({ name, what }) => (what === undefined ? [] : [{ name, what }]))
}

/** Who is shown something without asking anybody, and how totals protect people: a sentence each. */
export function accessWords({ access = {}, visibility }: Contract, team: string): readonly string[] {
  const { automatic = [], groups } = access
  const inside = visibility === 'internal' ? ['Only consumers of its own domain may read it.'] : []
  const decided =
    automatic.length === 0
      ? `${team} decides on each request.`
      : `A request for ${automatic.join(' and ')} fields alone is granted by the contract at once; on anything else ${team} decides.`
  return [...inside, decided, ...(groups ? [groupWords(groups)] : [])]
}

function groupWords({ least, of, by }: GroupRule): string {
  const whom = of === undefined ? `${least} records` : `${least} different values of ${of}`
  return `Grants for totals alone get them by ${by.join(', ')} alone, and none of groups with fewer than ${whom}.`
}

/** What a rule counts: `records without email`. */
export function countedWords(rule: QualityRule): string {
  if ('nulls' in rule) return `records without ${rule.nulls}`
  if ('missing' in rule) return `records without ${rule.missing}, or with ${some(rule.standIns)} in its place`
  if ('invalid' in rule) return `records whose ${rule.invalid} is none of ${some(rule.valid)}`
  if ('duplicates' in rule) return `records with the same ${rule.duplicates.join(', ')} as another`
  if ('rows' in rule) return 'records'
  const when = rule.when ? `, where ${rule.when.map(conditionWords).join(' and ')},` : ''
  return `records${when} that do not keep: ${rule.holds.map(conditionWords).join(' and ')}`
}

/** How many of them there may be: `none`, `at most 5 %`. */
export function boundWords(rule: QualityRule): string {
  const bound = boundOf(rule)
  const unit = rule.unit === 'percent' ? ' %' : ''
  if ('between' in bound) return `between ${bound.between[0]} and ${bound.between[1]}${unit}, both excluded`
  if ('notBetween' in bound) return `not between ${bound.notBetween[0]} and ${bound.notBetween[1]}${unit}`
  if ('eq' in bound) return bound.eq === 0 ? 'none' : `exactly ${bound.eq}${unit}`
  if ('ne' in bound) return `not ${bound.ne}${unit}`
  if ('gt' in bound) return `more than ${bound.gt}${unit}`
  if ('gte' in bound) return `at least ${bound.gte}${unit}`
  return 'lt' in bound ? `fewer than ${bound.lt}${unit}` : `at most ${bound.lte}${unit}`
}

const signs = { eq: '=', ne: '≠', gt: '>', gte: '≥', lt: '<', lte: '≤' } as const

function conditionWords(condition: Condition): string {
  const { field } = condition
  if ('other' in condition) return `${field} ${signs[condition.is]} ${condition.other}`
  if ('value' in condition) return `${field} ${signs[condition.is]} ${JSON.stringify(condition.value)}`
  return condition.is === 'null' ? `${field} is nothing` : `${field} is there`
}

const shown = 6

function some(values: readonly unknown[]): string {
  const words = values.slice(0, shown).map((value) => JSON.stringify(value))
  return `${words.join(', ')}${values.length > shown ? ` and ${values.length - shown} more` : ''}`
}
