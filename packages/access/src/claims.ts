/** What an access token says: who may do what with one major of one product, and which view of it they see. */
import * as z from 'zod'
import { viewSchema } from './view.ts'

export { rowFiltersSchema, viewOf, wholeView, type RowFilter, type View } from './view.ts'

/**
 * Everything that a token can allow. `read` (records and all) and `aggregate` (totals alone) need a grant, `ingest` a source;
 * the other three are the steward's.
 */
export const scopes = ['read', 'aggregate', 'ingest', 'run', 'check', 'flags'] as const

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number]

/** Id of a product: `<domain>.<product>`. */
export const productIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}\.[a-z][a-z0-9-]{0,31}$/)

/** Id of a client: two to four dotted parts, without underscores, so that a client key splits in one way only. */
export const clientIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}(\.[a-z0-9][a-z0-9-]{0,31}){1,3}$/)

/** Name of a source within its product. */
export const sourceNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/)

/**
 * Claims of an access token (RFC 9068). `iat` and `exp` are in seconds since 1970. `aud` is one string, the
 * product's base URL with its major: a list of audiences would let one product replay the token at another.
 */
export const claimsSchema = z
  .object({
    iss: z.string().min(1),
    aud: z.string().min(1),
    sub: z.string().min(1),
    client_id: clientIdSchema,
    jti: z.string().min(1),
    iat: z.int(),
    exp: z.int(),
    scope: z.string().refine(isScopeList, { error: 'is a space-separated list of known scopes, each once' }),
    product: productIdSchema,
    major: z.int().min(1),
    grant: z.object({ id: z.string().min(1), version: z.int().min(1) }).optional(),
    view: viewSchema.optional(),
    /** Rows that `sub` may read in D1 on a day (UTC), of the grant. Default: no quota. */
    rows_per_day: z.int().min(1).optional(),
    source: sourceNameSchema.optional(),
    /** Ids of the client keys that bought it: with one of them revoked it is refused. */
    keys: z.array(z.string().min(1).max(64)).max(4).readonly().optional(),
    /** Who acts for `sub` (RFC 8693, section 4.1): the agent that exchanged a token for this one. */
    act: z.object({ sub: clientIdSchema }).optional(),
  })
  .refine(
    ({ scope, grant, view }) => !(lists(scope, 'read') || lists(scope, 'aggregate')) || (grant && view),
    {
      error: 'scopes read and aggregate need grant and view',
    },
  )
  .refine(({ scope, source }) => !lists(scope, 'ingest') || source, { error: 'scope ingest needs source' })

/** Claims of a token, parsed. */
export type AccessClaims = z.output<typeof claimsSchema>

/** Claims of a token that was verified for scope `S`: what that scope promises is there. */
export type ClaimsFor<S extends Scope> = AccessClaims &
  (S extends 'read' | 'aggregate' ? Present<'grant' | 'view'> : unknown) &
  (S extends 'ingest' ? Present<'source'> : unknown)

type Present<K extends keyof AccessClaims> = { readonly [N in K]: NonNullable<AccessClaims[N]> }

/** True if the token allows one of the scopes, with everything that {@link ClaimsFor} promises of any. */
export function hasScope<S extends Scope>(
  claims: AccessClaims,
  ...anyOf: readonly S[]
): claims is ClaimsFor<S> {
  return anyOf.some((scope) => lists(claims.scope, scope))
}

function lists(scopeList: string, scope: Scope): boolean {
  return scopeList.split(' ').includes(scope)
}

function isScopeList(text: string): boolean {
  const names = text.split(' ')
  const known: readonly string[] = scopes
  return names.every((name) => known.includes(name)) && new Set(names).size === names.length
}
