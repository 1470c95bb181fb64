/** Bulk files of a product: an export, its signature checked, and the records of a file, its hash checked. */
import * as z from 'zod'
import type { Call, Send } from './call.ts'
import { ClientError } from './client-error.ts'
import type { ProductRef } from './product-ref.ts'
import { instant, readAnswer } from './read-answer.ts'

const fileSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/),
  /** `2026-11`: the event times of its records. */
  month: z.string(),
  format: z.enum(['parquet', 'ndjson']),
  bytes: z.int().min(0),
  rows: z.int().min(0),
  /** Of its content, lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const manifestSchema = z.object({
  id: z.string(),
  product: z.string(),
  version: z.string(),
  as_of: instant.nullable(),
  rows: z.int().min(0),
  files: z.array(fileSchema),
})

const listSchema = z.object({
  exports: z.array(z.object({ id: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/) })),
})
const exportSchema = z.object({
  manifest: z.string().max(4_000_000),
  changes_after: z.string().min(1).max(2000),
})
const headSchema = z.object({
  alg: z.literal('EdDSA'),
  typ: z.literal('meshloop-export+jws'),
  kid: z.string(),
})
const keysSchema = z.object({
  keys: z.array(
    z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() }),
  ),
})

/** One file of an export. */
export type ExportFile = Readonly<z.output<typeof fileSchema>>

/** An export whose manifest is signed by its product. */
export interface Export extends Readonly<z.output<typeof manifestSchema>> {
  /** Cursor of the change feed: with the changes after it the export is the table. */
  readonly changes_after: string
}

/** Id of the newest export; undefined while there is none. @throws {ClientError} as a call does */
export async function newestExport(call: Call, ref: ProductRef): Promise<string | undefined> {
  return readAnswer(ref, await call(ref, 'read', '/exports'), listSchema).exports[0]?.id
}

/**
 * An export; undefined once it is kept no longer.
 *
 * @throws {ClientError} as a call does; `answer_invalid` when the manifest is not signed with a key of the product.
 */
export async function readExport(call: Call, ref: ProductRef, id: string): Promise<Export | undefined> {
  const answer = await call(ref, 'read', `/exports/${id}`).catch(goneOrThrow)
  if (!answer) return undefined
  const one = readAnswer(ref, answer, exportSchema)
  const { keys } = readAnswer(ref, await call(ref, 'read', '/exports/jwks.json'), keysSchema)
  const manifest = await verified(ref, one.manifest, keys)
  if (manifest.id !== id || manifest.product !== ref.product)
    throw new ClientError('answer_invalid', `${ref.product} answered the manifest of something else.`)
  return { ...manifest, changes_after: one.changes_after }
}

function goneOrThrow(error: unknown): undefined {
  if (error instanceof ClientError && error.problem?.code === 'export_not_found') return undefined
  throw error
}

/** Compact JWS (RFC 7515) with an Ed25519 key of the product's key set. */
async function verified(ref: ProductRef, signed: string, keys: z.output<typeof keysSchema>['keys']) {
  const [head = '', body = '', signature = ''] = signed.split('.')
  try {
    const { kid } = headSchema.parse(JSON.parse(new TextDecoder().decode(bytesOf(head))))
    const jwk = keys.find((key) => key.kid === kid)
    const key = jwk && (await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']))
    const text = new TextEncoder().encode(`${head}.${body}`)
    if (key && (await crypto.subtle.verify('Ed25519', key, bytesOf(signature), text)))
      return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytesOf(body))))
  } catch (cause) {
    throw new ClientError('answer_invalid', `${ref.product} answered a manifest that is none.`, { cause })
  }
  throw new ClientError('answer_invalid', `A manifest of ${ref.product} is not signed with a key of its own.`)
}

/**
 * The records of an NDJSON file, which a product keeps small (16 MB); undefined once it is kept no longer.
 *
 * @throws {ClientError} as a call does; `answer_invalid` when the content is not what the manifest says.
 */
export async function readExportFile(
  send: Send,
  ref: ProductRef,
  id: string,
  { name, sha256 }: ExportFile,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const path = `/exports/${id}/${name}` as const
  const answer = await send(ref, 'read', path, { maxBytes: MAX_FILE_BYTES, timeoutMs: 60_000 }).catch(
    goneOrThrow,
  )
  if (!answer) return undefined
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(answer.text))
  if (hexOf(new Uint8Array(digest)) !== sha256)
    throw new ClientError('answer_invalid', `${name} of ${ref.product} is not what its manifest says.`)
  const lines = answer.text.split('\n').filter((line) => line !== '')
  return lines.map((line) => recordSchema.parse(JSON.parse(line)))
}

/** What is held in memory at most. A product's parts are half of it. */
const MAX_FILE_BYTES = 32_000_000

const recordSchema = z.record(z.string(), z.unknown())

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
