/**
 * The denial list: what the catalog took back while tokens for it still live, signed, and short: nothing older than the
 * longest life of a token is on it. It also says where the catalog's audit log stands, so that everybody has seen it.
 */
import * as z from 'zod'

/** `typ` of the signed list, a compact JWS; its key signs nothing else, and no other key signs a list. */
export const denialsTyp = 'meshloop-denials+jws'

/** Where the list is, below the catalog's base URL. */
export const denialsPath = '/.well-known/meshloop-denials'

/** What is signed. Times are in seconds since 1970, as in tokens. */
export const denialsSchema = z.object({
  iss: z.string().min(1),
  /** A list never replaces a later one. */
  iat: z.int(),
  exp: z.int(),
  /** Tokens of this grant with a version below it are refused. */
  grants: z.array(z.object({ id: z.string().min(1), below: z.int().min(1) })).max(10_000),
  /** Ids of revoked client keys: tokens that they bought are refused. */
  keys: z.array(z.string().min(1)).max(10_000),
  /** Tokens issued before it are refused, whatever they are for: more was taken back than the list holds. */
  before: z.int().optional(),
  /** The newest entry of the audit log; null before the first. */
  audit: z.object({ seq: z.int().min(1), hash: z.string() }).nullable(),
})

/** The content of a denial list. */
export type Denials = Readonly<z.output<typeof denialsSchema>>
