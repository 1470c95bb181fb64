/** JSON bodies of a known shape, as the mesh's own Workers send them. */
import type * as z from 'zod'
import { MAX_BODY_BYTES } from '../limits.ts'
import { readText } from './body-text.ts'
import { bodyMalformed, parseBounded } from './bounded-json.ts'

/**
 * Reads a JSON body of a known shape.
 *
 * @throws {ProductError} `encoding`, `body_too_large`, `body_malformed`.
 */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const read = schema.safeParse(parseBounded(await readText(request, MAX_BODY_BYTES)))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw bodyMalformed(issue?.message ?? 'it has another shape', `/${issue?.path.join('/') ?? ''}`)
}
