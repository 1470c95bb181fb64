/** The `.md` twins: the same as the pages, for agents and terminals. */
import type { ListDocument, ProductDocument, ProductSummary } from '../products/documents.ts'
import { formatDuration } from './format.ts'
import { freshnessWords } from './freshness.tsx'
import { verdictWords } from './icons.tsx'
import { kindWords } from './product-fields.tsx'
import type { ProblemEntry } from './problem-registry.ts'
import { trustOf } from './trust.ts'
import { examplesOf } from './try-it.ts'

/** A list of products. */
export function listMarkdown({ query, total, products }: ListDocument, issuer: string): string {
  const title = query === null ? 'Data products' : `${total} data products for “${text(query)}”`
  return lines([`# ${title}`, '', ...products.flatMap((product) => summary(product, issuer))])
}

function summary(product: ProductSummary, issuer: string): readonly string[] {
  const { id, title, purpose, owner, state, freshness, url, inputs } = product
  return [
    `## ${text(title)} (${id})`,
    '',
    text(purpose),
    '',
    `- Owner: ${text(owner.team)}, ${text(owner.support)}`,
    `- ${verdictWords[state.verdict]}. ${freshnessWords(state, freshness)}`,
    ...(inputs.length > 0 ? [`- Built on: ${inputs.map(({ product: input }) => input).join(', ')}`] : []),
    `- Base URL: ${url}`,
    `- More: ${issuer}/products/${id}.md`,
    '',
  ]
}

/** One product. */
export function productMarkdown(product: ProductDocument): string {
  const { id, title, purpose, contract, url, version, lineage, joins, consumers, owner } = product
  const fields = Object.entries(contract.fields).map(
    ([name, field]) =>
      `| ${name} | ${kindWords(field)} | ${text(field.means)}${values(field.values)} | ${field.class} |`,
  )
  return lines([
    `# ${text(title)} (${id} ${version})`,
    '',
    text(purpose),
    ...(contract.limitations ? ['', `Limits: ${text(contract.limitations)}`] : []),
    '',
    `- Owner: ${text(owner.team)}, ${text(owner.support)}`,
    `- Base URL, and audience of its tokens: ${url}`,
    `- Promised freshness: ${formatDuration(contract.freshness)}`,
    `- Built on: ${listed(lineage.inputs.map((input) => input.id))}`,
    `- Used by products: ${listed(lineage.outputs.map((output) => output.id))}`,
    `- Read by: ${listed(consumers.map(({ consumer }) => consumer))}`,
    '',
    '## Can I trust this data?',
    '',
    ...trustOf(product).map(({ question, answer, evidence }) => `- ${question} ${answer}: ${text(evidence)}`),
    '',
    '## Fields',
    '',
    '| field | kind | meaning | class |',
    '|---|---|---|---|',
    ...fields,
    '',
    ...(joins.length > 0 ? ['## Joins', ''] : []),
    ...joins.map(({ field, product: other, their_field }) => `- ${field} = ${other}.${their_field}`),
    '',
    '## Read it',
    '',
    ...examplesOf(product).flatMap(({ what, command }) => [`${what}:`, '', '```sh', command, '```', '']),
  ])
}

/** One code, or all. */
export function problemsMarkdown(entries: readonly ProblemEntry[]): string {
  return lines(
    entries.flatMap(({ code, status, title, help, from }) => [
      `## ${code}`,
      '',
      `${title} (HTTP ${status}, answered by ${from}). ${help}`,
      '',
    ]),
  )
}

/** Texts of contracts are data: on one line, and without the signs that Markdown reads. */
function text(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`)
}

const values = (allowed: readonly string[] | undefined): string =>
  allowed ? ` (one of ${allowed.map(text).join(', ')})` : ''

const listed = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.join(', '))

const lines = (all: readonly string[]): string =>
  `${all
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
