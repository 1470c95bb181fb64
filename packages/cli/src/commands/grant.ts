/** `mesh grant …`: consumers ask for access, owners decide, and both see what there is. */
import {
  grantSchema,
  grantsSchema,
  openAccessApi,
  requestSchema,
  requestsSchema,
  type AccessApi,
  type AccessOptions,
} from '../access/access-api.ts'
import { grantOf, requestOf, type Whose } from '../access/find.ts'
import { saysTerms, termsOf, termsWords, type TermOptions } from '../access/terms.ts'
import { fetchContract, findProduct } from '../mesh/mesh-client.ts'
import type { CommandContext } from '../mesh/target.ts'
import { table } from '../table.ts'
import { printable, printableJson } from '../terminal.ts'

/** Options of `mesh grant ask`. */
export interface AskOptions extends AccessOptions, TermOptions {
  /** Client id of the consumer. */
  readonly for: string
  readonly purpose: string
  /** Default: the newest. */
  readonly major?: string
}

/** Options of `mesh grant list`. */
export interface ListOptions extends AccessOptions {
  readonly product?: string
  readonly for?: string
  readonly json?: boolean
}

/** Options of the commands about one request or grant. */
export interface OneOptions extends AccessOptions, Whose {}

/** Options of the commands that decide. */
export interface DecideOptions extends OneOptions, TermOptions {
  readonly reason?: string
}

/** Asks for a grant; says whether it is there at once. @throws {MeshError} `request_refused`, `bad_argument`, `no_key` */
export async function ask(productId: string, options: AskOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const product = await findProduct(api.target.url, productId, options.major)
  const terms = termsOf(options, await fetchContract(product))
  const { consumer, id, state } = await api.post(
    '/requests',
    {
      consumer: options.for,
      product: productId,
      major: product.major,
      purpose: options.purpose,
      ...terms,
    },
    requestSchema,
  )
  const outcome =
    state === 'approved'
      ? 'granted by the contract itself'
      : `waits for ${productId.split('.')[0]}: npx pnpm mesh grant approve ${productId} --for ${consumer}`
  context.terminal.out(printable(`request ${id} of ${consumer}: ${outcome}`) + '\n')
}

/** Prints the requests that wait and the grants that the key's holder may see. */
export async function list(options: ListOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const about = new URLSearchParams({
    ...(options.product === undefined ? {} : { product: options.product }),
    ...(options.for === undefined ? {} : { consumer: options.for }),
  })
  const [{ requests }, { grants }] = await Promise.all([
    api.get(`/requests.json?${new URLSearchParams([...about, ['state', 'waiting']])}`, requestsSchema),
    api.get(`/grants.json?${about}`, grantsSchema),
  ])
  const { terminal } = context
  if (options.json) return terminal.out(`${printableJson({ requests, grants })}\n`)
  const rows = [
    ...requests.map(({ wants, ...request }) => ({ ...request, terms: wants, state: 'waiting' })),
    ...grants.map((grant) => ({ ...grant, terms: grant, state: stateOf(grant) })),
  ].map(({ id, state, consumer, product, major, purpose, terms }) => ({
    id,
    state,
    consumer,
    product: `${product} v${major}`,
    shows: termsWords(terms),
    purpose,
  }))
  terminal.out(rows.length === 0 ? 'no request waits and nothing is granted\n' : table(rows, terminal.width))
}

const stateOf = ({ holds, revoked_at }: { readonly holds: boolean; readonly revoked_at: string | null }) =>
  holds ? 'granted' : revoked_at === null ? 'ended' : 'revoked'

/** Approves a request, as it is asked or narrower. */
export async function approve(which: string, options: DecideOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const asked = await requestOf(api, which, options)
  const terms = saysTerms(options) ? termsOf(options, await contractOf(api, asked), asked.wants) : undefined
  const { granted } = await decide(api, asked, 'approve', { ...(terms && { terms }), ...reasonOf(options) })
  const shown = termsWords(terms ?? asked.wants)
  context.terminal.out(
    printable(`${asked.consumer} may read ${asked.product}: ${shown} (grant ${granted})`) + '\n',
  )
}

/** Refuses a request. */
export async function refuse(which: string, options: DecideOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const asked = await requestOf(api, which, options)
  const { consumer, product } = await decide(api, asked, 'refuse', reasonOf(options))
  context.terminal.out(printable(`${consumer} may not read ${product}`) + '\n')
}

/** Takes a request back. */
export async function withdraw(which: string, options: OneOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const asked = await requestOf(api, which, options)
  await decide(api, asked, 'withdraw', {})
  context.terminal.out(printable(`${asked.consumer} no longer asks for ${asked.product}`) + '\n')
}

/** Changes what a grant shows; tokens of before are refused within a minute. */
export async function change(which: string, options: DecideOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const before = await grantOf(api, which, options)
  const terms = termsOf(options, await contractOf(api, before), before)
  const body = { terms, version: before.version, ...reasonOf(options) }
  const { consumer, product } = await api.post(`/grants/${before.id}/change`, body, grantSchema)
  context.terminal.out(printable(`${consumer} now reads of ${product}: ${termsWords(terms)}`) + '\n')
}

/** Revokes a grant; within a minute no token of it is taken. */
export async function revoke(which: string, options: DecideOptions, context: CommandContext): Promise<void> {
  const api = openAccessApi(context, options)
  const { id } = await grantOf(api, which, options)
  const { consumer, product } = await api.post(`/grants/${id}/revoke`, reasonOf(options), grantSchema)
  context.terminal.out(printable(`${consumer} reads ${product} no more`) + '\n')
}

const decide = (
  api: AccessApi,
  { id }: { readonly id: string },
  what: 'approve' | 'refuse' | 'withdraw',
  body: object,
) => api.post(`/requests/${id}/${what}`, body, requestSchema)

const reasonOf = ({ reason }: DecideOptions) => (reason === undefined ? {} : { reason })

async function contractOf({ target }: AccessApi, { product, major }: { product: string; major: number }) {
  return fetchContract(await findProduct(target.url, product, String(major)))
}
