/** The `.md` twins of the pages of access. */
import type { ClientDocument } from '../../clients/client-document.ts'
import type { Client } from '../../clients/client-store.ts'
import type { AccessDocument, GrantDocument } from '../../grants/documents.ts'
import type { AccessRequest, Grant } from '../../grants/grant.ts'
import type { Product } from '../../products/product.ts'
import { lines, table, text } from '../markdown-text.ts'
import { usedWords } from './access-page.tsx'
import { keyState, kindWords } from './client-page.tsx'
import { grantState } from './grant-rows.tsx'
import { stateWords } from './request-page.tsx'
import { endWords, fieldsWords, quotaWords, rowsWords, scopesWords, termsWords } from './terms-words.ts'

/** What waits, who reads, what one has. */
export function accessMarkdown({
  document: { to_decide, given, held, asked },
  clients,
  at,
}: {
  readonly document: AccessDocument
  readonly clients: readonly Client[]
  readonly at: string
}): string {
  return lines([
    '# Access',
    '',
    ...section('To decide', to_decide.items.map(requestLine)),
    ...section(
      'Who reads your products',
      given.items.map((grant) => `${grantLine(grant, at)}; used: ${usedWords(grant)}`),
    ),
    ...section(
      'What your consumers may read',
      held.items.map((grant) => grantLine(grant, at)),
    ),
    ...section('What you wait for', asked.items.map(requestLine)),
    ...section(
      'Clients',
      clients.map(({ id, kind }) => `${id} (${kind}): /clients/${id}.md`),
    ),
  ])
}

/** One request. */
export function requestMarkdown({
  request,
  product,
  names,
}: {
  readonly request: AccessRequest
  readonly product: Product | null
  readonly names: Readonly<Record<string, string>>
}): string {
  const {
    id,
    consumer,
    product: asked,
    major,
    purpose,
    wants,
    state,
    asked_by,
    decided_by,
    reason,
    granted,
  } = request
  return lines([
    `# ${consumer} asks for ${asked} ${major}`,
    '',
    `- State: ${stateWords[state]}`,
    `- Purpose: ${text(purpose)}`,
    ...termsWords(wants, product?.contract ?? null).map(({ name, what }) => `- ${name}: ${text(what)}`),
    `- Asked: ${request.asked_at} by ${text(names[asked_by] ?? asked_by)}`,
    ...(decided_by === null
      ? []
      : [`- Decided: ${request.decided_at} by ${text(names[decided_by] ?? decided_by)}`]),
    ...(reason === null ? [] : [`- Why: ${text(reason)}`]),
    ...(granted === null ? [] : [`- Grant: /grants/${granted}.md`]),
    `- As JSON: /requests/${id}.json`,
  ])
}

/** One grant. */
export function grantMarkdown({
  document: { grant, use, history },
  product,
  names,
  at,
}: {
  readonly document: GrantDocument
  readonly product: Product | null
  readonly names: Readonly<Record<string, string>>
  readonly at: string
}): string {
  return lines([
    `# ${grant.consumer} reads ${grant.product} ${grant.major}`,
    '',
    `- State: ${grantState(grant, at).words}`,
    `- Purpose: ${text(grant.purpose)}`,
    ...termsWords(grant, product?.contract ?? null).map(({ name, what }) => `- ${name}: ${text(what)}`),
    `- Used: ${usedWords({ use })}`,
    '',
    ...section(
      'What happened',
      history.map(
        ({ at: when, what, by, version, reason }) =>
          `${when}: ${what} by ${text(names[by] ?? by)}, version ${version}${reason === null ? '' : `: ${text(reason)}`}`,
      ),
    ),
  ])
}

/** One client. */
export function clientMarkdown({
  client: { id, kind, domain, keys },
  grants,
  at,
}: {
  readonly client: ClientDocument
  readonly grants: readonly Grant[]
  readonly at: string
}): string {
  return lines([
    `# ${id}`,
    '',
    `${kindWords[kind]} Of the domain ${domain}.`,
    '',
    '## Keys',
    '',
    ...table(
      ['key', 'state', 'made', 'ends', 'last used'],
      keys.map((key) => [
        key.id,
        keyState(key, at).words,
        key.created_at,
        key.ends_at ?? 'when revoked',
        key.last_used ?? 'never',
      ]),
    ),
    ...section(
      'What it may read',
      grants.map((grant) => grantLine(grant, at)),
    ),
  ])
}

const section = (title: string, items: readonly string[]): readonly string[] => [
  `## ${title}`,
  '',
  ...(items.length === 0 ? ['Nothing.'] : items.map((item) => `- ${item}`)),
  '',
]

const requestLine = ({ id, consumer, product, major, purpose, wants }: AccessRequest): string =>
  `${consumer} asks for ${product} ${major} (${text(purpose)}): ${said(wants)}; /requests/${id}.md`

const grantLine = (grant: Grant, at: string): string =>
  `${grant.consumer} reads ${grant.product} ${grant.major} (${text(grant.purpose)}): ${said(grant)}; ${grantState(grant, at).words}; /grants/${grant.id}.md`

const said = (terms: AccessRequest['wants']): string =>
  text(
    `${scopesWords(terms)}. ${fieldsWords(terms, null)}. Rows: ${rowsWords(terms)}. ${terms.rows_per_day === null ? '' : `Quota: ${quotaWords(terms.rows_per_day)}. `}Ends: ${endWords(terms.ends_at)}`,
  )
