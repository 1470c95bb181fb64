/** What a client of the token endpoint shows for itself (RFC 6749, section 2.3.1; RFC 7523): its key, or an assertion that it signed. */
import { assertionType, parseClientKey, readAssertion } from '@meshloop/access/issue'
import { clientUnknown, authenticate, type Authenticated } from '../clients/authenticate.ts'
import { authenticateAssertion } from '../clients/authenticate-assertion.ts'
import type { CatalogEnv } from '../env.ts'
import { CatalogError } from '../problems.ts'

/** One of them; nothing of it is proved yet. */
export type Credential = { readonly clientKey: string } | { readonly assertion: string }

/** Reads it. Throws CatalogError `token_request_invalid`, `client_unknown`. */
export function readCredential(form: URLSearchParams, authorization: string | undefined): Credential {
  const inForm = ['client_secret', 'client_assertion', 'client_assertion_type'].filter((name) =>
    form.has(name),
  )
  const isAssertion = inForm.length === 2 && !inForm.includes('client_secret')
  if (
    inForm.length + (authorization === undefined ? 0 : 1) > 1 &&
    !(isAssertion && authorization === undefined)
  ) {
    throw new CatalogError(
      'token_request_invalid',
      'Say in one way who you are: HTTP Basic, client_id and client_secret, or client_assertion and its type.',
    )
  }
  const id = form.get('client_id')
  if (isAssertion) return assertionCredential(form, id)
  if (authorization !== undefined) return keyCredential(basicCredentials(authorization), id)
  return keyCredential({ id: id ?? '', secret: form.get('client_secret') ?? '' }, id)
}

/** Who shows it, at a moment in milliseconds since 1970. Throws CatalogError `client_unknown`. */
export function holderOf(env: CatalogEnv, credential: Credential, now: number): Promise<Authenticated> {
  return 'assertion' in credential
    ? authenticateAssertion(env, credential.assertion, now)
    : authenticate(env, credential.clientKey, new Date(now).toISOString())
}

function assertionCredential(form: URLSearchParams, id: string | null): Credential {
  if (form.get('client_assertion_type') !== assertionType)
    throw new CatalogError('token_request_invalid', `Send client_assertion_type=${assertionType}.`)
  const assertion = form.get('client_assertion') ?? ''
  if (id !== null && readAssertion(assertion)?.clientId !== id) throw clientUnknown()
  return { assertion }
}

/** A key names its client: a caller who names another one is confused, or trying something. */
function keyCredential({ id, secret }: { id: string; secret: string }, idInForm: string | null): Credential {
  if (parseClientKey(secret)?.clientId !== id || (idInForm !== null && idInForm !== id)) throw clientUnknown()
  return { clientKey: secret }
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
