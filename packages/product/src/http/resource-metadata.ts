/** What a product says about itself as a protected resource (RFC 9728): who sells tokens for it, and which. */
import type { Scope } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import type { ProductEnv } from '../env.ts'
import { portsOf } from './offered-ports.ts'

/** Put between host and path of a base URL, it leads to the metadata (RFC 9728, section 3.1). */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource'

/** Where the metadata of the product at `baseUrl` is. */
export function resourceMetadataUrl(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl)
  return origin + resourceMetadataPath + pathname
}

/** The metadata of one major. Nothing in it is secret. */
export function resourceMetadata(
  contract: Contract,
  { ISSUER, BASE_URL }: Pick<ProductEnv, 'ISSUER' | 'BASE_URL'>,
): Response {
  const document = {
    resource: BASE_URL,
    authorization_servers: [ISSUER],
    scopes_supported: scopesOf(contract),
    bearer_methods_supported: ['header'],
    resource_name: contract.title,
    resource_documentation: `${BASE_URL}/docs`,
  }
  return Response.json(document, {
    headers: { 'cache-control': 'public, max-age=3600', 'x-content-type-options': 'nosniff' },
  })
}

/** What a consumer or a source may ask for; the others are the steward's. */
const scopesOf = (contract: Contract): readonly Scope[] => [
  'read',
  ...(portsOf(contract).includes('aggregate') ? (['aggregate'] as const) : []),
  ...(contract.inputs || contract.projects ? [] : (['ingest'] as const)),
]
