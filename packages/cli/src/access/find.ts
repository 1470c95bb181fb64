/** The request or the grant that a command is about: by its id, or by product and consumer. */
import { MeshError } from '../mesh-error.ts'
import { grantSchema, grantsSchema, requestSchema, requestsSchema, type AccessApi } from './access-api.ts'

/** With a product in the place of an id: whose. */
export interface Whose {
  /** Client id of the consumer. */
  readonly for?: string
}

/** The request of that id; or, for a product, the one of a consumer that waits. */
export async function requestOf(api: AccessApi, which: string, { for: consumer }: Whose) {
  if (!isProduct(which)) return api.get(`/requests/${encodeURIComponent(which)}.json`, requestSchema)
  const query = aboutOf(which, consumer)
  const { requests } = await api.get(`/requests.json?${query}&state=waiting`, requestsSchema)
  return theOnly(requests, `request of ${consumer} for ${which} that waits`)
}

/** The grant of that id; or, for a product, the one of a consumer. */
export async function grantOf(api: AccessApi, which: string, { for: consumer }: Whose) {
  if (!isProduct(which)) return api.get(`/grants/${encodeURIComponent(which)}.json`, grantSchema)
  const { grants } = await api.get(`/grants.json?${aboutOf(which, consumer)}`, grantsSchema)
  return theOnly(grants, `grant of ${consumer} for ${which}`)
}

/** Ids of requests and grants have no dot. */
const isProduct = (which: string): boolean => which.includes('.')

function aboutOf(product: string, consumer: string | undefined): URLSearchParams {
  if (consumer !== undefined) return new URLSearchParams({ product, consumer })
  throw new MeshError(
    'bad_argument',
    `${product} is read by several.`,
    'Say whom you mean: --for <consumer>.',
  )
}

function theOnly<T extends { readonly id: string; readonly major: number }>(
  found: readonly T[],
  what: string,
): T {
  const [only, ...more] = found
  if (only && more.length === 0) return only
  const ids = found.map(({ id, major }) => `${id} (v${major})`).join(', ')
  throw new MeshError(
    'bad_argument',
    only ? `There is more than one ${what}: ${ids}.` : `There is no ${what}.`,
    only ? 'Give the id of the one that you mean.' : '`mesh grant list` prints what there is.',
  )
}
