/** Verifies access tokens at a product, offline but for the issuer's public keys and its denial list (RFC 9068, RFC 8725). */
import { errors, jwtVerify } from 'jose'
import { AccessError } from './access-error.ts'
import { claimsSchema, hasScope, type AccessClaims, type ClaimsFor, type Scope } from './claims.ts'
import { createClaimsCache } from './claims-cache.ts'
import { createDenialList, type DenialList } from './denial-list.ts'
import type { Fetch } from './fetch-json.ts'
import { createKeySet, type KeySet } from './key-set.ts'

export { AccessError, accessProblems, wwwAuthenticate, type AccessCode } from './access-error.ts'

/** Ours are about 700 characters; with 95 fields of 63 letters and the longest conditions that the catalog grants, 12,000. */
const maxTokenChars = 12_288
/** No token of the mesh lives longer (the design: ten minutes, one hour between products). */
const maxLifetimeSeconds = 3_600
/** How far the issuer's clock may be ahead of ours. */
const maxSkewSeconds = 60
const cachedTokens = 1_000

/** Options of {@link createVerifier}. */
export interface VerifierOptions {
  /** Base URL of the catalog, without a slash at its end; the `iss` of its tokens. */
  readonly issuer: string
  /** Base URL of this product, `…/<domain>/<product>/v<major>`; the `aud` of tokens for it, whose claims name the same. */
  readonly audience: string
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Limit for each fetch of the issuer's keys or its denial list. Default 3000. */
  readonly timeoutMs?: number
  /** How old the denial list may become before it is pulled again. Default, and at most, 30,000. */
  readonly pullAfterMs?: number | undefined
}

/** Verifies `Authorization` headers. */
export interface Verifier {
  /**
   * Claims of the bearer token in `authorization`, which must allow one of the scopes; a refusal speaks of the first.
   * Throws AccessError `token_missing`, `token_invalid`, `token_expired`, `token_revoked`, `scope_missing`,
   * `issuer_unavailable`.
   */
  readonly verify: <S extends Scope>(
    authorization: string | null,
    ...anyOf: readonly [S, ...S[]]
  ) => Promise<ClaimsFor<S>>
  /** Whether the bearer token in `authorization` was verified before and has not ended: looking costs no signature check. */
  readonly isKnown: (authorization: string | null) => boolean
  /**
   * False when the catalog's denial list could not be had for five minutes, or never: a token that was verified may have
   * been taken back since, so that whatever is personal or sensitive is refused with `revocations_unknown`.
   */
  readonly knowsRevocations: () => boolean
  /** A verifier for another major, `…/v<major>`: with the same keys and the same denial list, so that both cost what one does. */
  readonly forAudience: (audience: string) => Verifier
}

/**
 * A verifier for one product. Keep one per isolate: it holds the issuer's keys, its denial list and the tokens it has seen.
 *
 * @example
 * const verifier = createVerifier({ issuer: env.ISSUER, audience: env.BASE_URL, fetch, now: Date.now })
 * const { view } = await verifier.verify(request.headers.get('authorization'), 'read')
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, fetch, now, timeoutMs = 3_000, pullAfterMs } = options
  const keyOf = createKeySet({ issuer, fetch, now, timeoutMs })
  const denials = createDenialList({ issuer, fetch, now, timeoutMs, keyOf, pullAfterMs })
  return verifierOf({ issuer, audience: options.audience, now, keyOf, denials })
}

/** What tokens are compared with. */
interface Checks extends Pick<VerifierOptions, 'issuer' | 'audience' | 'now'> {
  readonly keyOf: KeySet
  readonly denials: DenialList
}

function verifierOf(checks: Checks): Verifier {
  const { denials } = checks
  const cache = createClaimsCache(cachedTokens, checks.now)
  return {
    async verify(authorization, ...anyOf) {
      // By the whole header: two tokens may differ in the signature only.
      let claims = cache.get(authorization ?? '')
      if (claims === undefined) {
        claims = await checkToken(bearerToken(authorization), checks)
        cache.set(authorization ?? '', claims)
      }
      await denials.refresh()
      if (denials.denies(claims)) throw revoked()
      if (!hasScope(claims, ...anyOf)) throw scopeMissing(claims, anyOf[0])
      return claims
    },
    isKnown: (authorization) => cache.get(authorization ?? '') !== undefined,
    knowsRevocations: denials.isCurrent,
    forAudience: (audience) => verifierOf({ ...checks, audience }),
  }
}

/** The token of a header. Blanks are bounded as well: the whole header is kept. */
function bearerToken(authorization: string | null): string {
  if (authorization === null || authorization === '') {
    throw new AccessError(
      'token_missing',
      'This address needs an access token. Send "Authorization: Bearer <token>"; `mesh token <product>` prints one.',
    )
  }
  const token = /^Bearer {1,9}([\w.~+/=-]+) {0,9}$/i.exec(authorization)?.[1]
  if (token === undefined || token.length > maxTokenChars)
    throw invalid('The Authorization header is not "Bearer <token>".')
  return token
}

async function checkToken(token: string, { issuer, audience, now, keyOf }: Checks): Promise<AccessClaims> {
  const claims = claimsSchema.safeParse(await signedPayload())
  if (!claims.success) {
    throw invalid(`Its claims are not those of an access token: ${claims.error.issues[0]?.message ?? ''}.`)
  }
  const { iat, exp, product, major } = claims.data
  // A grant and a view are those of the product that is named: whoever registered an address of another one has no use of it.
  if (!audience.endsWith(`/${product.replace('.', '/')}/v${major}`))
    throw invalid('Its "product" and "major" are not those of its "aud".')
  if (iat > now() / 1000 + maxSkewSeconds) throw invalid('It was issued in the future.')
  if (exp - iat > maxLifetimeSeconds) throw invalid('It lives longer than tokens of the mesh may.')
  return claims.data

  async function signedPayload(): Promise<unknown> {
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = kid === undefined ? undefined : await keyOf(kid, 'at+jwt')
          if (!key) throw invalid('The issuer has no key of that kid.')
          return key
        },
        { algorithms: ['Ed25519'], typ: 'at+jwt', issuer, audience, currentDate: new Date(now()) },
      )
      return payload
    } catch (cause) {
      if (cause instanceof AccessError) throw cause
      if (cause instanceof errors.JWTExpired) throw expired()
      throw invalid(reasonOf(cause), cause)
    }
  }
}

/** Named for people who debug a call; says nothing that the token does not say itself. */
function reasonOf(cause: unknown): string {
  if (cause instanceof errors.JWTClaimValidationFailed) return `Its "${cause.claim}" is not the expected one.`
  if (cause instanceof errors.JWSSignatureVerificationFailed) return 'Its signature is wrong.'
  if (cause instanceof errors.JOSEAlgNotAllowed) return 'It is not signed with Ed25519.'
  return 'It is not a signed token.'
}

function invalid(reason: string, cause?: unknown): AccessError {
  const message = `The access token is refused. ${reason} Get a new one for this product from the catalog.`
  return new AccessError('token_invalid', message, { cause })
}

function expired(): AccessError {
  return new AccessError('token_expired', 'The access token has expired. Get a new one from the catalog.')
}

function revoked(): AccessError {
  return new AccessError(
    'token_revoked',
    'The grant behind the access token was revoked or changed, or the key that bought it was revoked. Get a new one from the catalog.',
  )
}

function scopeMissing(claims: AccessClaims, scope: Scope): AccessError {
  const message = `This needs scope "${scope}"; the token allows "${claims.scope}". Ask the product's owner for a grant.`
  return new AccessError('scope_missing', message, { scope })
}
