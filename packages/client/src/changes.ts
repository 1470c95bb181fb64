/** The change feed of a product, page by page. */
import * as z from 'zod'
import type { Call } from './call.ts'
import type { ProductRef } from './product-ref.ts'
import { ClientError } from './client-error.ts'
import { instant, readAnswer } from './read-answer.ts'

const json = z.record(z.string(), z.unknown())

const pageSchema = z.object({
  changes: z.array(
    z.discriminatedUnion('op', [
      z.object({ op: z.literal('upsert'), record: json }),
      z.object({ op: z.literal('delete'), key: json }),
    ]),
  ),
  /** Where to go on, now or later. */
  next_cursor: z.string().min(1).max(2000),
  /** False at the end of the feed. */
  more: z.boolean(),
  /** The watermark that holds once this page is applied; null before the end of the feed. */
  as_of: instant.nullable(),
})

/** A page of changes. */
export type ChangesPage = Readonly<z.output<typeof pageSchema>>

/** A change of one record. A record is as its product has it: the reader takes the fields that it knows. */
export type Change = ChangesPage['changes'][number]

/** Which changes. */
export interface ChangesQuery {
  /** `next_cursor` of the page before; from the beginning without. */
  readonly after?: string | undefined
  /** 1 to 1,000. */
  readonly limit: number
  /** Fields of records that are needed beside the key. Default: all that the grant shows. */
  readonly fields?: readonly string[] | undefined
}

/** Reads a page. @throws {ClientError} as a call does; `refused` with problem `resync_required`: begin again without a cursor. */
export async function readChanges(
  call: Call,
  ref: ProductRef,
  { after, limit, fields }: ChangesQuery,
): Promise<ChangesPage> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(after === undefined ? {} : { after }),
    ...(fields === undefined ? {} : { fields: fields.join() }),
  })
  const page = readAnswer(ref, await call(ref, 'read', `/changes?${query}`), pageSchema)
  if (page.changes.length > limit)
    throw new ClientError('answer_invalid', `${ref.product} answered more than ${limit} changes.`)
  return page
}
