/** Opaque positions in a result. A cursor belongs to one query and view, and grants no right: both are checked anew. */
import { canonicalJson, sha256 } from '@meshloop/contract'
import * as z from 'zod'
import { ProductError } from '../problems.ts'

const scalar = z.union([z.string(), z.number(), z.null()])
const cursorSchema = z.strictObject({ q: z.string(), at: z.array(scalar).max(100) })

/** Values of the sort fields of the last record that was returned. */
export type Position = readonly z.output<typeof scalar>[]

/** Names a query: its cursor works with no other. */
export const queryName = async (parts: unknown): Promise<string> =>
  (await sha256(canonicalJson(parts))).slice(0, 16)

/** The cursor of a query at a position: base64url. */
export const sealCursor = (query: string, at: Position): string =>
  new TextEncoder()
    .encode(JSON.stringify({ q: query, at }))
    .toBase64({ alphabet: 'base64url', omitPadding: true })

/** The position in a cursor. @throws {ProductError} `cursor_invalid` when it is another query's, or none. */
export function openCursor(cursor: string, query: string): Position {
  const read = cursorSchema.safeParse(decode(cursor))
  if (!read.success || read.data.q !== query)
    throw new ProductError(
      'cursor_invalid',
      'This cursor does not belong to this query. Begin again without it.',
      [
        {
          parameter: 'cursor',
          detail: 'use it with the filters, sort and fields of the page that returned it',
        },
      ],
    )
  return read.data.at
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: 'base64url' })))
  } catch {
    return undefined
  }
}
