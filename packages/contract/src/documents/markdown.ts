/** A contract as a page for people and agents, in CommonMark with tables. */
import { buckets, filterable, type Contract } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { measureWords } from '../definition/measures.ts'
import { boundOf, type Bound, type Condition, type QualityRule } from '../definition/quality.ts'

/** The page. Nothing that the contract says becomes markup, a heading, a link or another cell. */
export function toMarkdown(contract: Contract): string {
  const { id, version, title, purpose, limitations, terms, price, owner } = contract
  const about = [
    `# ${plain(title)}`,
    `${code(id)}, version ${code(version)}, by ${plain(owner.team)} (${plain(owner.support)})`,
    plain(purpose),
    ...(limitations === undefined ? [] : ['## Limitations', plain(limitations)]),
    ...(terms === undefined ? [] : ['## Terms of use', plain(terms)]),
    ...(price ? [`Price: ${plain(`${price.amount} ${price.currency} per ${price.unit}`)}`] : []),
  ]
  const parts = [
    ...section('Fields', fieldsTable(contract)),
    ...section('Joins', joins(contract)),
    ...section('Filters', filters(contract)),
    ...section('Measures', measures(contract)),
    ...section('Access', access(contract)),
    ...section('Promises', promises(contract)),
    ...section('Quality', Object.entries(contract.quality ?? {}).map(ruleLine)),
    ...section('Lifecycle', lifecycle(contract)),
    ...section('Made from', (contract.inputs ?? []).map(({ product, major }) => `- ${code(product)}, major ${major}`)), // prettier-ignore
  ]
  return `${[...about, ...parts].join('\n\n')}\n`
}

const sentence = (text: string): string => (text === '' || /[.!?…]\s*$/.test(text) ? text : `${text}.`)

const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${heading}`, lines.join('\n')]

function fieldsTable(contract: Contract): string[] {
  const rows = Object.entries(contract.fields).flatMap(([name, field]) => rowsOf(name, field, contract))
  return ['| Field | Kind | Class | Unit | Meaning |', '|---|---|---|---|---|', ...rows]
}

/** A row a field, and one for each member below it. */
function rowsOf(path: string, field: Field, contract?: Contract): string[] {
  const { kind, nullable, class: care, unit, values, min, max, name, synonyms, means, examples } = field
  const facts = [
    contract?.key.includes(path) ? 'key' : '',
    contract?.eventTime === path ? 'event time' : '',
    nullable ? 'may have no value' : '',
    values ? `one of ${values.join(', ')}` : '',
    min === undefined ? '' : `from ${min}`,
    max === undefined ? '' : `up to ${max}`,
  ].filter(Boolean)
  const meaning = [
    sentence(name ?? ''),
    sentence(means),
    synonyms ? sentence(`Also: ${synonyms.join(', ')}`) : '',
    examples ? `E.g. ${examples.map((example) => JSON.stringify(example)).join(', ')}` : '',
  ].filter(Boolean)
  const cells = [
    code(path),
    plain([kind, ...facts].join(', ')),
    plain(care),
    plain(unit ?? ''),
    plain(meaning.join(' ')),
  ]
  return [
    `| ${cells.join(' | ')} |`,
    ...Object.entries(field.fields ?? {}).flatMap(([member, each]) => rowsOf(`${path}.${member}`, each)),
    ...(field.items ? rowsOf(`${path}[]`, field.items) : []),
  ]
}

function filters(contract: Contract): string[] {
  const { indexes = [], limits: { scan, requests } = {} } = contract
  const together = indexes.flatMap((index) =>
    typeof index === 'string' ? [] : [`- Together: ${index.map(code).join(', then ')}`],
  )
  return [
    `- Filtered and sorted by ${filterable(contract).map(code).join(', ')}`,
    ...together,
    ...(scan === undefined ? [] : [`- A query reads at most ${scan} rows`]),
    ...(requests === undefined ? [] : [`- A consumer asks at most ${requests} times a minute`]),
  ]
}

const joins = ({ fields }: Contract): string[] =>
  Object.entries(fields).flatMap(([name, { of }]) => {
    const [product = '', field = ''] = of?.split('#') ?? []
    return of === undefined ? [] : [`- ${code(name)} is ${code(field)} of ${code(product)}`]
  })

function measures({ measures: all = {}, dimensions = [], eventTime }: Contract): string[] {
  const lines = Object.entries(all).map(
    ([name, measure]) => `- ${code(name)} (${measureWords(measure, code)}): ${plain(measure.means)}`,
  )
  const lengths = `${code(eventTime)} by the ${buckets.join(', ')}`
  return lines.length === 0 ? lines : [...lines, '', `By ${[...dimensions.map(code), lengths].join(', ')}.`]
}

function access({ access: { automatic, groups } = {} }: Contract): string[] {
  const persons = groups?.of === undefined ? 'records' : `different ${code(groups.of)}`
  return [
    ...(automatic ? [`- Granted without asking: ${automatic.map(code).join(' and ')} fields`] : []),
    ...(groups ? [`- Totals, for whoever is shown totals alone: by ${groups.by.map(code).join(', ')} alone, and of groups of at least ${groups.least} ${persons}`] : []), // prettier-ignore
  ]
}

function promises(contract: Contract): string[] {
  const { freshness, frequency, retention, availability, ports, flags, gate, visibility } = contract
  const { exports: files, tombstones } = contract
  return [
    `- Fresh: complete up to at most ${code(freshness)} ago`,
    ...(frequency === undefined ? [] : [`- New data at least every ${code(frequency)}`]),
    ...(retention === undefined ? [] : [`- Kept for at least ${code(retention)}`]),
    ...(tombstones === undefined ? [] : [`- Deletions are told for at least ${code(tombstones)}`]),
    ...(files ? [`- Bulk files, Parquet and NDJSON: at most ${code(files.every ?? 'PT1H')} after a change, each kept for ${code(files.keep ?? 'P7D')} after it was replaced`] : []), // prettier-ignore
    ...(files?.hot === undefined ? [] : [`- Of records that happened longer than ${code(files.hot)} ago, by months, bulk files alone tell`]), // prettier-ignore
    ...(availability === undefined ? [] : [`- Available ${availability} per cent of a month`]),
    ...(ports ? [`- Ways out: ${ports.map(code).join(', ')}`] : []),
    ...(flags ? [`- Flags ${code(flags.set)} by ${code(flags.subject)}${gate ? `, while it keeps ${gate.map(code).join(', ')}` : ''}`] : []), // prettier-ignore
    ...(visibility === 'internal' ? ['- Internal: for its own domain only'] : []),
  ]
}

const lifecycle = ({ lifecycle: days = {} }: Contract): string[] => {
  const words = {
    generalAvailability: 'To be relied on from',
    deprecated: 'Deprecated from',
    endOfSupport: 'Supported until',
    endOfLife: 'Answers until',
  } as const
  return Object.entries(words).flatMap(([name, word]) => {
    const day = days[name as keyof typeof words] // its own keys
    return day === undefined ? [] : [`- ${word} ${plain(day)}`]
  })
}

function ruleLine([name, rule]: readonly [string, QualityRule]): string {
  const unit = rule.unit === 'percent' ? ' per cent' : ''
  const severity = rule.severity ?? 'error'
  return `- ${code(name)} (${severity}): ${plain(sentence(rule.means))} ${plain(countedBy(rule))}: ${boundText(boundOf(rule))}${unit}`
}

function countedBy(rule: QualityRule): string {
  if ('nulls' in rule) return `Records without ${rule.nulls}`
  if ('missing' in rule)
    return `Records without ${rule.missing}, or with ${rule.standIns.map((value) => JSON.stringify(value)).join(', ')}`
  if ('invalid' in rule) return `Records with another ${rule.invalid} than ${rule.valid.map((value) => JSON.stringify(value)).join(', ')}` // prettier-ignore
  if ('duplicates' in rule) return `Records that repeat ${rule.duplicates.join(', ')}`
  if ('rows' in rule) return 'Records in all'
  const when = rule.when?.length ? ` where ${rule.when.map(conditionText).join(' and ')}` : ''
  return `Records${when} that break ${rule.holds.map(conditionText).join(' and ')}`
}

const signs = { eq: '=', ne: '≠', gt: '>', gte: '≥', lt: '<', lte: '≤' } as const

function conditionText(condition: Condition): string {
  const { field } = condition
  if ('other' in condition) return `${field} ${signs[condition.is]} ${condition.other}`
  if ('value' in condition) return `${field} ${signs[condition.is]} ${JSON.stringify(condition.value)}`
  return `${field} is ${condition.is}`
}

function boundText(bound: Bound): string {
  if ('between' in bound) return `between ${bound.between.join(' and ')}`
  if ('notBetween' in bound) return `not between ${bound.notBetween.join(' and ')}`
  return Object.entries(bound)
    .map(([name, value]) => `${signs[name as keyof typeof signs]} ${value}`) // a comparison: the two others are above
    .join('')
}

/** Blanks, line ends and control characters, those included that turn the direction of writing. */
const unseen = /[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** Text as text, in one line: every character that CommonMark could take for markup is escaped (spec 0.31, section 2.4). */
const plain = (text: string): string =>
  text
    .replaceAll(unseen, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]()<>#+!|~&=$^"'@:-]/g, markedBefore)
    // A number at the beginning of a line would open a list; www and a dot are a link in GitHub's Markdown.
    .replace(/^(\d+)([.)])/, String.raw`$1\$2`)
    .replaceAll(/\b(www)\./gi, String.raw`$1\.`)

/** Punctuation that is only markup next to something is left alone where it reads as prose. */
const markedBefore = (sign: string, at: number, text: string): string => {
  const before = text[at - 1] ?? ' '
  const after = text[at + 1] ?? ' '
  const isProse =
    (sign === ':' && (after === ' ' || (/\d/.test(before) && /\d/.test(after)))) ||
    (sign === '-' && /\w/.test(before) && /\w/.test(after)) ||
    (`'"()=+`.includes(sign) && at > 0)
  return isProse ? sign : `\\${sign}`
}

const code = (text: string): string => {
  const flat = text.replaceAll(unseen, ' ').replaceAll('|', String.raw`\|`)
  return flat.includes('`') ? plain(text) : `\`${flat}\``
}
