/** The `.md` twins: the same as the pages, for agents and terminals. */
import type { PoliciesDocument } from '../governance/policies-document.ts'
import type { ListDocument, ProductSummary } from '../products/documents.ts'
import { freshnessWords } from './freshness.tsx'
import { verdictWords } from './icons.tsx'
import { lines, text } from './markdown-text.ts'
import { phaseWords } from './product-head.tsx'
import type { ProblemEntry } from './problem-registry.ts'

/** A list of products. */
export function listMarkdown({ query, total, products }: ListDocument, issuer: string): string {
  const title = query === null ? 'Data products' : `${total} data products for “${text(query)}”`
  return lines([`# ${title}`, '', ...products.flatMap((product) => summary(product, issuer))])
}

function summary(product: ProductSummary, issuer: string): readonly string[] {
  const { id, title, purpose, owner, state, freshness, url, inputs, drift, phase, page } = product
  return [
    `## ${text(title)} (${id})`,
    '',
    text(purpose),
    '',
    `- Owner: ${text(owner.team)}, ${text(owner.support)}`,
    `- ${verdictWords[state.verdict]}. ${freshnessWords(state, freshness)}`,
    ...(drift ? ['- BREACH: it serves another contract than the registered one.'] : []),
    ...(phase === 'available' ? [] : [`- Life: ${phaseWords[phase]}`]),
    ...(inputs.length > 0 ? [`- Built on: ${inputs.map(({ product: input }) => input).join(', ')}`] : []),
    `- Base URL: ${url}`,
    `- More: ${issuer}${page.replace(id, `${id}.md`)}`,
    '',
  ]
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

/** The policies, the domains' rules, the exceptions. */
export function policiesMarkdown({ policies, domains, exceptions }: PoliciesDocument): string {
  return lines([
    '# Policies',
    '',
    'An error stops a registration, a warning is shown on the product’s page.',
    '',
    ...policies.map((policy) => rule(policy)),
    '',
    ...domains.flatMap(({ domain, team, support, rules = [] }) => [
      `## ${text(domain)}`,
      '',
      `Team ${text(team)}, ${text(support)}`,
      '',
      ...rules.map((own) => rule({ ...own, id: `${domain}/${own.id}` })),
      '',
    ]),
    '## Exceptions',
    '',
    ...exceptions.map(
      ({ policy, product, path, owner, reason, expires, in_force }) =>
        `- ${product}${path ? `, ${text(path)}` : ''}: ${text(policy)} until ${expires}${in_force ? '' : ' (excuses nothing now)'}; ${text(owner)} answers for it: ${text(reason)}`,
    ),
    ...(exceptions.length === 0 ? ['None.'] : []),
  ])
}

function rule({ id, severity, reason, remedy }: PoliciesDocument['policies'][number]): string {
  return `- ${text(id)} (${severity}): ${text(reason)} ${text(remedy)}`
}
