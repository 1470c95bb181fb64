/** The `.md` twin of a product's page, for agents and terminals. */
import { measureWords } from '@meshloop/contract'
import type { Field } from '@meshloop/contract'
import type { ProductDocument } from '../products/documents.ts'
import type { ConsumerUse } from '../products/usage.ts'
import {
  accessWords,
  boundsWords,
  boundWords,
  countedWords,
  kindWords,
  lifecycleOf,
  promisesOf,
  groupedBy,
} from './contract-words.ts'
import { lines, table, text } from './markdown-text.ts'
import { endWords, fieldsWords, lastReadWords } from './product-consumers.tsx'
import { deprecationWords, phaseWords } from './product-head.tsx'
import { forWhom, stepWords } from './product-history.tsx'
import { findingWord } from './product-policies.tsx'
import { judgedWords } from './product-quality.tsx'
import { trustOf } from './trust.ts'
import { documentsOf, examplesOf } from './try-it.ts'

/** One product. */
export function productMarkdown(product: ProductDocument): string {
  const { id, title, purpose, contract, url, version, owner, lineage, joins } = product
  return lines([
    `# ${text(title)} (${id} ${version})`,
    '',
    text(purpose),
    '',
    ...warnings(product),
    `- Owner: ${text(owner.team)}, ${text(owner.support)}`,
    `- Base URL, and audience of its tokens: ${url}`,
    `- Built on: ${listed(lineage.inputs.map((input) => input.id))}`,
    `- Used by products: ${listed(lineage.outputs.map((output) => output.id))}`,
    '',
    '## Can I trust this data?',
    '',
    ...trustOf(product).map(({ question, answer, evidence }) => `- ${question} ${answer}: ${text(evidence)}`),
    '',
    '## Fields',
    '',
    ...table(['field', 'kind', 'meaning', 'class'], Object.entries(contract.fields).map(fieldRow)),
    '## Promises',
    '',
    ...[...promisesOf(contract), ...lifecycleOf(contract)].map(
      ({ name, what }) => `- ${name}: ${text(what)}`,
    ),
    ...(contract.limitations ? [`- Limits: ${text(contract.limitations)}`] : []),
    ...(contract.terms ? [`- Terms of use: ${text(contract.terms)}`] : []),
    '',
    ...measures(product),
    ...quality(product),
    ...(joins.length > 0 ? ['## Joins', ''] : []),
    ...joins.map(({ field, product: other, their_field }) => `- ${field} = ${other}.${their_field}`),
    '',
    ...readers(product),
    ...policies(product),
    ...history(product),
    '## Read it',
    '',
    ...documentsOf(product).map(({ what, address }) => `- ${what}: ${address}`),
    '',
    ...examplesOf(product).flatMap(({ what, command }) => [
      `${text(what)}:`,
      '',
      '```sh',
      command,
      '```',
      '',
    ]),
  ])
}

function warnings(product: ProductDocument): readonly string[] {
  const { drift, phase, successor, major } = product
  return [
    ...(drift
      ? [
          `BREACH: it serves the contract ${text(drift.served_hash)}, registered is ${drift.registered_hash}; first seen ${drift.since}.`,
          '',
        ]
      : []),
    ...(phase === 'available' && !successor
      ? []
      : [`Version ${major} is ${phaseWords[phase]}. ${deprecationWords(product)}`, '']),
  ]
}

function fieldRow([name, field]: readonly [string, Field]): readonly string[] {
  const { means, values, unit, of, from, examples, synonyms = [], fields } = field
  const bounds = boundsWords(field)
  const meaning = [
    ...(field.name ? [`${field.name}:`] : []),
    means,
    ...(values ? [`(one of ${values.join(', ')})`] : []),
    ...(synonyms.length > 0 ? [`(also called ${synonyms.join(', ')})`] : []),
    ...(examples ? [`(for example ${examples.map((example) => JSON.stringify(example)).join(', ')})`] : []),
    ...(of ? [`(joins with ${of})`] : []),
    ...(from ? [`(made of ${listed(from)})`] : []),
    ...(fields ? [`(with ${Object.keys(fields).join(', ')})`] : []),
  ]
  const kind = [kindWords(field), bounds, unit && `in ${unit}`].filter((word) => word !== undefined)
  return [name, text(kind.join(', ')), text(meaning.join(' ')), field.class]
}

function measures({ contract }: ProductDocument): readonly string[] {
  const rows = Object.entries(contract.measures ?? {}).map(([name, measure]) => [
    name,
    text(measure.means),
    measureWords(measure),
  ])
  if (rows.length === 0) return []
  return [
    '## Measures',
    '',
    ...table(['measure', 'meaning', 'computed as'], rows),
    `Grouped by: ${listed(groupedBy(contract))}`,
    '',
  ]
}

function quality({ contract, state }: ProductDocument): readonly string[] {
  const rows = Object.entries(contract.quality ?? {}).map(([name, rule]) => [
    name,
    text(`${rule.means}; counts ${countedWords(rule)}`),
    boundWords(rule),
    judgedWords(state.quality?.find((result) => result.rule === name)),
  ])
  return rows.length === 0
    ? []
    : ['## Quality rules', '', ...table(['rule', 'promised', 'allowed', 'last judged'], rows)]
}

function readers({ consumers, older, contract, owner, id, major }: ProductDocument): readonly string[] {
  return [
    '## Who reads it',
    '',
    ...uses(consumers),
    ...accessWords(contract, owner.team).map((words) => `- ${text(words)}`),
    `- Ask: /products/${id}/request?major=${major} for people, POST /requests for programs`,
    '',
    ...older.flatMap(({ version, end_of_life, consumers: left }) => [
      `### Still on version ${version}`,
      '',
      endWords(end_of_life),
      '',
      ...uses(left),
    ]),
  ]
}

function uses(all: readonly ConsumerUse[]): readonly string[] {
  if (all.length === 0) return ['Nobody has a grant.', '']
  return table(
    ['consumer', 'what for', 'fields', 'last read', 'requests in 30 days'],
    all.map((use) => [
      use.consumer,
      text(use.purpose),
      text(fieldsWords(use)),
      lastReadWords(use),
      use.requests_30_days === null ? 'not known' : String(use.requests_30_days),
    ]),
  )
}

function policies({ policies: findings }: ProductDocument): readonly string[] {
  if (findings.length === 0) return []
  return [
    '## Policies',
    '',
    ...findings.map((finding) => {
      const { policy, path, problem, remedy, excused } = finding
      const next = excused
        ? `Until ${excused.expires}; ${excused.owner} answers for it: ${excused.reason}`
        : remedy
      return `- ${findingWord(finding)}: ${text(`${policy}, ${path || 'contract'}: ${problem}. ${next}`)}`
    }),
    '',
  ]
}

function history({ history: entries }: ProductDocument): readonly string[] {
  return [
    '## History',
    '',
    ...entries.flatMap((entry) => [
      `- ${entry.version}, ${entry.registered_at}: ${stepWords(entry)}`,
      ...entry.findings.map(
        (finding) => `  - ${text(`${finding.path}: ${finding.what} (${forWhom(finding)})`)}`,
      ),
    ]),
    '',
  ]
}

const listed = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.join(', '))
