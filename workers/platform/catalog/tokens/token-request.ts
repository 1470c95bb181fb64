/** Reads a token request (RFC 6749, sections 2.3.1 and 4.4; RFC 8707): a form, and a client key. */
import { scopes, type Scope } from '@meshloop/access/claims'
import { CatalogError } from '../problems.ts'

/** A request that can be judged. */
export interface TokenRequest {
  readonly clientKey: string
  /** Base URL of the product, with its major. */
  readonly resource: string
  /** The scopes that are asked for; undefined for all that the client has. */
  readonly scopes: readonly Scope[] | undefined
}

/**
 * Throws CatalogError `token_request_invalid`, `grant_type_unknown`, `resource_invalid`, `client_unknown`,
 * `right_missing` (a scope that nobody has).
 */
export function readTokenRequest(form: URLSearchParams, authorization: string | undefined): TokenRequest {
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) throw malformed(`Send ${name} once.`)
  }
  const clientKey = clientKeyOf(form, authorization)
  const grantType = form.get('grant_type')
  if (grantType === null) throw malformed('grant_type is missing; send grant_type=client_credentials.')
  if (grantType !== 'client_credentials') {
    throw new CatalogError('grant_type_unknown', 'Send grant_type=client_credentials.')
  }
  const resource = form.get('resource')
  if (!resource) {
    throw new CatalogError(
      'resource_invalid',
      'resource is missing: send the base URL of a product, with its major.',
    )
  }
  return { clientKey, resource, scopes: scopesOf(form.get('scope')) }
}

function clientKeyOf(form: URLSearchParams, authorization: string | undefined): string {
  const inForm = form.has('client_id') || form.has('client_secret')
  if (authorization !== undefined && inForm) {
    throw malformed('Send the client key in one way: as HTTP Basic, or as client_id and client_secret.')
  }
  const { id, secret } = authorization === undefined ? formCredentials(form) : basicCredentials(authorization)
  // The key names its client: a caller who names another one is confused, or trying something.
  if (!secret.includes(`_${id}_`))
    throw new CatalogError('client_unknown', 'The client key is not that of the client.')
  return secret
}

function formCredentials(form: URLSearchParams) {
  const id = form.get('client_id')
  const secret = form.get('client_secret')
  if (!id || !secret) throw new CatalogError('client_unknown', 'The client key is missing.')
  return { id, secret }
}

function basicCredentials(authorization: string) {
  try {
    const encoded = /^Basic +([A-Za-z0-9+/=]{1,1024}) *$/i.exec(authorization)?.[1] ?? ''
    const [id, secret] = atob(encoded).split(':')
    // RFC 6749 encodes both as form values; our ids and keys have no character that this would change.
    if (id && secret) return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) }
  } catch {
    // Not base64, or not a form value: refused below like any other credential that cannot be read.
  }
  throw new CatalogError('client_unknown', 'The Authorization header is not "Basic <id and key in base64>".')
}

function scopesOf(text: string | null): readonly Scope[] | undefined {
  if (text === null) return undefined
  const names = text.split(' ').filter((name) => name !== '')
  const asked = scopes.filter((scope) => names.includes(scope))
  if (asked.length === 0 || asked.length < new Set(names).size) {
    throw new CatalogError('right_missing', `Scopes are ${scopes.join(', ')}; asked was for "${text}".`)
  }
  return asked
}

const malformed = (message: string): CatalogError => new CatalogError('token_request_invalid', message)
