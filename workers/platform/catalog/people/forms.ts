/** Forms of the catalog's pages: sent by the person who is signed in, from a page of this site. */
import { equalHashes } from '@meshloop/access/issue'
import type { Context } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import { CatalogError } from '../problems.ts'
import { readText, smallBody } from '../read-body.ts'
import type { Person } from './actor.ts'
import { checkHost } from './session-cookie.ts'
import type { Session } from './sessions.ts'
import { signedIn } from './who.ts'

type C = Context<CatalogApp>

/** Name of the hidden field that carries the session's `formToken`. */
export const formTokenField = 'form_token'

/** What a person sent. */
export interface SentForm {
  readonly form: URLSearchParams
  readonly person: Person
}

/** Reads a form that changes something. Throws CatalogError `sign_in_needed`, `form_foreign`, `host_unknown`, `body_malformed`, `body_too_large`. */
export async function readForm(c: C, world: World): Promise<SentForm> {
  const session = await signedIn(c, world)
  if (!session) throw new CatalogError('sign_in_needed', `Sign in at ${c.env.ISSUER}/sign-in.`)
  const form = await readFields(c)
  checkForm(c, form, session)
  return { form, person: session.person }
}

/** The fields of a form. Throws CatalogError `body_malformed`, `body_too_large`. */
export async function readFields(c: C): Promise<URLSearchParams> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded')
    throw new CatalogError('body_malformed', 'Send the form as application/x-www-form-urlencoded.')
  return new URLSearchParams(await readText(c, smallBody))
}

/** Throws CatalogError `form_foreign`, `host_unknown` unless the form came from a page of this site in this session. */
export function checkForm(c: C, form: URLSearchParams, { formToken }: Pick<Session, 'formToken'>): void {
  checkSameSite(c)
  if (!equalHashes(form.get(formTokenField) ?? '', formToken))
    throw foreign('The form does not belong to this session.')
}

/**
 * Throws CatalogError `form_foreign`, `host_unknown` unless a page of this site sent the request. Browsers say so in
 * Origin, or in Sec-Fetch-Site; a request with neither is not a browser's form.
 */
export function checkSameSite(c: C): void {
  checkHost(c)
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (origin === undefined && site === undefined)
    throw foreign('The request does not say which site sent it, as browsers do.')
  if (origin !== undefined && origin !== new URL(c.env.ISSUER).origin)
    throw foreign('Another site sent the form.')
  if (site !== undefined && site !== 'same-origin') throw foreign('Another site sent the form.')
}

const foreign = (message: string): CatalogError => new CatalogError('form_foreign', message)
