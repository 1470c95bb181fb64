/** Answers in the shape that the interface of every product promises. */
import * as z from 'zod'
import type { Answer } from './answer.ts'
import type { ProductRef } from './product-ref.ts'
import { ClientError } from './client-error.ts'

/** RFC 3339 UTC with milliseconds, 24 characters. */
export const instant = z.iso.datetime({ precision: 3 })

/** The body of an answer. @throws {ClientError} `answer_invalid`, naming the first thing that is wrong. */
export function readAnswer<T>(ref: ProductRef, { json, status }: Answer, schema: z.ZodType<T>): T {
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ClientError(
    'answer_invalid',
    `${ref.product} answered something else than its interface promises: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    { status },
  )
}
