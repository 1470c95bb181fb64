/**
 * Positions in a result as those who read it hold them: sealed, so that nobody can read or make one. A cursor belongs to one
 * query of one consumer through one view, and grants no right: all of them are checked anew.
 *
 * AES-256-GCM with a synthetic nonce: an HMAC of what is sealed and of whom it is for. The same position gives the same
 * cursor, and with it the same body and ETag. What is sealed is filled up to a multiple of 64 bytes, so that its length says
 * little; an order of records by hidden values is never part of it (`keyset.ts`).
 */
import { hash } from 'node:crypto'
import { canonicalJson } from '@meshloop/contract'
import * as z from 'zod'
import { ProductError } from '../problems.ts'
import { joined, utf8 } from '../store/bytes.ts'
import { hkdf } from '../store/secret.ts'

const scalar = z.union([z.string(), z.number(), z.null()])
const positionSchema = z.array(scalar).max(100)

/** Where in a result to go on: values of the sort fields of the last record that was returned, or a place in the feed. */
export type Position = readonly z.output<typeof scalar>[]

/** Names a query: its cursor works with no other. */
export const queryName = (parts: unknown): string => nameOf(canonicalJson(parts))

/** Names a text: 16 characters of its SHA-256, base64url. */
const nameOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 16)

/** Whose cursors they are. */
export interface Holder {
  /** Id of the product. */
  readonly product: string
  /** Id of the view. */
  readonly view: string
  /** Id of the consumer. */
  readonly consumer: string
}

/** Keys that seal cursors: see {@link cursorKeys}. */
export interface CursorKeys {
  readonly content: CryptoKey
  readonly nonce: CryptoKey
}

type Bytes = Uint8Array<ArrayBuffer>

/** What a cursor is good for: it is authenticated with it. */
export type Bound = Bytes

/** A query of a holder. As JSON, in which no two holders look alike. */
export const boundTo = ({ product, view, consumer }: Holder, query: string): Bound =>
  utf8(JSON.stringify([product, view, consumer, query]))

const NONCE_BYTES = 12
const BLOCK_BYTES = 64

/** The keys that follow from a database's secret (HKDF-SHA-256, RFC 5869). */
export async function cursorKeys(secret: Bytes): Promise<CursorKeys> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const derive = (info: string, name: string, usages: string[]): Promise<CryptoKey> =>
    crypto.subtle.deriveKey(hkdf(info), base, { name, hash: 'SHA-256', length: 256 }, false, usages)
  const [content, nonce] = await Promise.all([
    derive('meshloop cursor content', 'AES-GCM', ['encrypt', 'decrypt']),
    derive('meshloop cursor nonce', 'HMAC', ['sign']),
  ])
  return { content, nonce }
}

/** The cursor of a holder's query at a position: base64url. */
export async function sealCursor(keys: CursorKeys, bound: Bound, at: Position): Promise<string> {
  const content = filledUp(JSON.stringify(at))
  const mac = await crypto.subtle.sign('HMAC', keys.nonce, joined(bound, content))
  const nonce = new Uint8Array(mac).slice(0, NONCE_BYTES)
  const sealed = await crypto.subtle.encrypt(gcm(nonce, bound), keys.content, content)
  return joined(nonce, new Uint8Array(sealed)).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** The position in a cursor, which came as this parameter. @throws {ProductError} `cursor_invalid` when it is another's or another query's, or none. */
export async function openCursor(
  keys: CursorKeys,
  bound: Bound,
  cursor: string,
  parameter = 'cursor',
): Promise<Position> {
  const read = positionSchema.safeParse(await unsealed(keys, bound, cursor))
  if (read.success) return read.data
  throw new ProductError(
    'cursor_invalid',
    'This cursor does not belong to this query. Begin again without it.',
    [
      {
        parameter,
        detail: 'use it with the grant, filters, sort and fields of the page that returned it',
      },
    ],
  )
}

async function unsealed(keys: CursorKeys, bound: Bound, cursor: string): Promise<unknown> {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: 'base64url' })
    const algorithm = gcm(bytes.slice(0, NONCE_BYTES), bound)
    const content = await crypto.subtle.decrypt(algorithm, keys.content, bytes.slice(NONCE_BYTES))
    return JSON.parse(new TextDecoder().decode(content))
  } catch {
    return undefined
  }
}

const gcm = (iv: Bytes, additionalData: Bytes) => ({ name: 'AES-GCM', iv, additionalData })

/** With blanks, which JSON ignores. */
function filledUp(text: string): Bytes {
  const bytes = utf8(text)
  const full = new Uint8Array(Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES).fill(0x20)
  full.set(bytes)
  return full
}
