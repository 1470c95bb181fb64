/** Who came back from the provider: a code is redeemed for an ID token, and the token is checked (OpenID Connect Core 1.0, 3.1.3). */
import * as oauth from 'oauth4webapi'
import { plainText } from '../pages/plain-text.ts'
import { CatalogError } from '../problems.ts'
import type { Flow } from './flow.ts'
import type { Provider } from './provider.ts'

/** A person as the provider knows them. Name and email are for showing only: whoever has an account there may choose them. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  readonly name: string | null
  readonly email: string | null
}

/** The callback's query, for the flow that it belongs to. */
export interface Callback {
  readonly query: URLSearchParams
  readonly flow: Flow
  /** As it was sent to the provider. */
  readonly redirectUri: string
}

/** Throws CatalogError `sign_in_failed` when the provider or its token says no, `provider_unavailable`. */
export async function identify(
  { server, client, clientAuth, options }: Provider,
  { query, flow, redirectUri }: Callback,
): Promise<Identity> {
  try {
    const params = oauth.validateAuthResponse(server, client, query, flow.state)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      clientAuth,
      params,
      redirectUri,
      flow.codeVerifier,
      options,
    )
    const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: flow.nonce,
      requireIdToken: true,
    })
    // The package leaves it to TLS, as the standard allows; a signature also holds where TLS ends early.
    await oauth.validateApplicationLevelSignature(server, response, options)
    const claims = oauth.getValidatedIdTokenClaims(result)
    if (!claims) throw new CatalogError('sign_in_failed', 'The provider sent no ID token.')
    return identityOf(claims)
  } catch (cause) {
    if (cause instanceof CatalogError) throw cause
    throw new CatalogError('sign_in_failed', `The provider did not confirm who you are${reasonOf(cause)}.`, {
      cause,
    })
  }
}

function identityOf({ iss, sub, name, preferred_username, email }: oauth.IDToken): Identity {
  return {
    issuer: iss,
    subject: sub,
    name: shown(name) ?? shown(preferred_username) ?? shown(email),
    email: shown(email),
  }
}

const shown = (claim: unknown): string | null =>
  typeof claim === 'string' ? plainText(claim.trim()).slice(0, 100) || null : null

/** The code of an error (RFC 6749) or of a check, never the provider's prose: an address that somebody made up could hold it. */
function reasonOf(cause: unknown): string {
  if (cause instanceof oauth.WWWAuthenticateChallengeError)
    return ': it refuses OIDC_CLIENT_ID or OIDC_CLIENT_SECRET'
  const isAnswer =
    cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError
  const code = isAnswer ? cause.error : cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? `: ${code}` : ''
}
