/** Reads a token request (RFC 6749, section 4.4; RFC 8707; RFC 8693): a form, and what shows who sends it. */
import { scopes, type Scope } from '@meshloop/access/claims'
import { exchangeGrantType } from '@meshloop/access/issue'
import { CatalogError } from '../problems.ts'
import { readCredential, type Credential } from './credential.ts'

/** A client buys a token for itself. */
export interface Purchase {
  readonly kind: 'purchase'
  readonly credential: Credential
  /** Base URL of a product, with its major; or that of the catalog, for a mesh token. */
  readonly resource: string
  /** What is asked for, as it was sent; null for all that there is. */
  readonly scope: string | null
  /** The client that may exchange a mesh token; null if none is named. */
  readonly mayAct: string | null
}

/** An agent exchanges a mesh token for a token of a product. */
export interface Exchange extends Omit<Purchase, 'kind' | 'mayAct'> {
  readonly kind: 'exchange'
  readonly subjectToken: string
}

/** The one type of token that there is (RFC 8693, section 3). */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** Throws CatalogError `token_request_invalid`, `grant_type_unknown`, `resource_invalid`, `client_unknown`. */
export function readTokenRequest(
  form: URLSearchParams,
  authorization: string | undefined,
): Purchase | Exchange {
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) throw malformed(`Send ${name} once.`)
  }
  const credential = readCredential(form, authorization)
  const grantType = form.get('grant_type')
  if (grantType === null) throw malformed('grant_type is missing; send grant_type=client_credentials.')
  const isExchange = grantType === exchangeGrantType
  if (!isExchange && grantType !== 'client_credentials') {
    throw new CatalogError(
      'grant_type_unknown',
      `Send grant_type=client_credentials or ${exchangeGrantType}.`,
    )
  }
  const resource = form.get('resource')
  if (!resource) {
    throw new CatalogError(
      'resource_invalid',
      'resource is missing: send the base URL of a product, with its major.',
    )
  }
  const common = { credential, resource, scope: form.get('scope') }
  return isExchange
    ? { ...common, kind: 'exchange', subjectToken: subjectTokenOf(form) }
    : { ...common, kind: 'purchase', mayAct: form.get('may_act') }
}

/** What is asked for of a product. Throws CatalogError `right_missing` for a scope that nobody has. */
export function scopesOf(text: string | null): readonly Scope[] | undefined {
  if (text === null) return undefined
  const names = text.split(' ').filter((name) => name !== '')
  const asked = scopes.filter((scope) => names.includes(scope))
  if (asked.length === 0 || asked.length < new Set(names).size) {
    throw new CatalogError('right_missing', `Scopes are ${scopes.join(', ')}; asked was for "${text}".`)
  }
  return asked
}

function subjectTokenOf(form: URLSearchParams): string {
  const subjectToken = form.get('subject_token')
  if (!subjectToken || form.get('subject_token_type') !== accessTokenType)
    throw malformed(`Send subject_token, a mesh token, and subject_token_type=${accessTokenType}.`)
  // Who acts is whoever sends the request, with its own key: a second token could only say something else.
  if (form.has('actor_token') || form.has('actor_token_type'))
    throw malformed('Send no actor_token: the agent is the client that asks.')
  if (![null, accessTokenType].includes(form.get('requested_token_type')))
    throw malformed(`requested_token_type can be ${accessTokenType} only.`)
  return subjectToken
}

const malformed = (message: string): CatalogError => new CatalogError('token_request_invalid', message)
