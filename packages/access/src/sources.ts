/** Who may send to a product: the SOURCES variable of its Worker. */
import * as z from 'zod'
import { AccessError } from './access-error.ts'
import { sourceNameSchema } from './claims.ts'

const instant = z.iso.datetime()

const sourceKeySchema = z.strictObject({
  kid: z.string().min(1).max(100),
  /** Ed25519 public key, base64url. */
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** First moment at which the key may sign. Default: always. */
  from: instant.optional(),
  /** First moment at which it may no more. Default: never ends. */
  until: instant.optional(),
})

const sourceSchema = z.strictObject({
  /** How it sends: with a token over HTTP, or in signed batches over the queue. */
  over: z.enum(['http', 'queue']),
  /** A backfill loads history once; the watermark does not wait for it. */
  backfill: z.boolean().optional(),
  keys: z.array(sourceKeySchema).max(10).optional(),
})

const sourcesSchema = z.record(sourceNameSchema, sourceSchema)

/** The sources of a product by name. */
export type Sources = Readonly<Record<string, Source>>

/** One source. */
export type Source = z.output<typeof sourceSchema>

/** A key of a source that sends over the queue. */
export type SourceKey = z.output<typeof sourceKeySchema>

/** Parses the SOURCES variable. Throws `sources_invalid`, naming what is wrong. */
export function parseSources(text: string): Sources {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AccessError('sources_invalid', 'SOURCES is not JSON.', { cause })
  }
  const sources = sourcesSchema.safeParse(json)
  if (!sources.success) {
    throw new AccessError('sources_invalid', `SOURCES: ${z.prettifyError(sources.error)}`)
  }
  const kids = Object.values(sources.data).flatMap(({ keys = [] }) => keys.map(({ kid }) => kid))
  if (new Set(kids).size < kids.length) {
    throw new AccessError('sources_invalid', 'SOURCES: two keys have the same kid; a kid names one source.')
  }
  return sources.data
}
