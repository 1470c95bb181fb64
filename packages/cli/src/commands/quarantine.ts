/** `mesh quarantine`: the rows of a source that a product did not take: looked at, judged again after a fix, or given up. */
import * as z from 'zod'
import { answerOf, buyToken, findProduct, request } from '../mesh/mesh-client.ts'
import { sourceCredential, type SourceOptions } from '../mesh/source-credential.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'
import { MeshError } from '../mesh-error.ts'
import { table } from '../table.ts'
import { count, printableJson } from '../terminal.ts'

/** Options of all of them. */
export interface QuarantineOptions extends SourceOptions {
  readonly url?: string
}

/** Options of `mesh quarantine list`. */
export interface ListOptions extends QuarantineOptions {
  /** Only rows with an error of this code. */
  readonly code?: string
  /** Instead of its rows: why batches of the queue were set aside, whoever's they are. */
  readonly letters?: boolean
  /** Rows at most. Default 20. */
  readonly limit?: string
  readonly json?: boolean
}

const DEFAULT_LIMIT = '20'
/** Whose batches are that were set aside: their signature may not hold. */
const NOBODY = '?'

const listSchema = z.object({
  entries: z.array(
    z.looseObject({
      id: z.string(),
      received_at: z.string(),
      whole: z.boolean(),
      errors: z.array(z.object({ code: z.string(), field: z.string(), detail: z.string() })),
    }),
  ),
  total: z.int().optional(),
})
const replayedSchema = z.object({
  accepted: z.int(),
  repeated: z.int(),
  quarantined: z.int(),
  left: z.int(),
  next_cursor: z.string().optional(),
})
const takenUpSchema = replayedSchema.extend({ batches: z.int(), refused: z.int() })
const discardedSchema = z.object({ discarded: z.int(), left: z.int() })

/** Prints the newest rows of the source with their reasons. */
export async function listQuarantined(
  productId: string,
  { code, letters, limit = DEFAULT_LIMIT, ...options }: ListOptions,
  context: CommandContext,
): Promise<void> {
  const query = new URLSearchParams({
    limit,
    ...(code === undefined ? {} : { code }),
    ...(letters ? { source: NOBODY } : {}),
  })
  const answer = await answerOf(await call(productId, `?${query}`, options, context), listSchema)
  const { terminal } = context
  if (options.json) {
    terminal.out(`${printableJson(answer)}\n`)
    return
  }
  const rows = answer.entries.map(({ id, received_at, whole, errors }) => ({
    id,
    received_at,
    replayable: whole,
    why: errors.map(({ field, code: what }) => (field === '' ? what : `${field}: ${what}`)).join('; '),
  }))
  terminal.out(rows.length === 0 ? 'nothing is quarantined\n' : table(rows, terminal.width))
  terminal.err(`${count(answer.total ?? rows.length)} in all\n`)
}

/** Has all rows of the source, or those of `ids`, judged again. */
export async function replayQuarantined(
  productId: string,
  ids: readonly string[],
  options: QuarantineOptions,
  context: CommandContext,
): Promise<void> {
  let [accepted, repeated, left] = [0, 0, 0]
  for await (const part of takenUp(productId, '/replay', ids, replayedSchema, options, context)) {
    accepted += part.accepted
    repeated += part.repeated
    left = part.left
  }
  context.terminal.out(
    `${count(accepted)} accepted, ${count(repeated)} repeated; ${count(left)} are left in quarantine\n`,
  )
}

/** Takes all batches of the product's queue up again that were set aside, or those of `ids`. */
export async function takeUpLetters(
  productId: string,
  ids: readonly string[],
  options: QuarantineOptions,
  context: CommandContext,
): Promise<void> {
  let [batches, accepted, quarantined, left] = [0, 0, 0, 0]
  for await (const part of takenUp(productId, '/letters', ids, takenUpSchema, options, context)) {
    batches += part.batches
    accepted += part.accepted
    quarantined += part.quarantined
    left = part.left
  }
  context.terminal.out(
    `${count(batches)} batches taken up: ${count(accepted)} rows accepted, ${count(quarantined)} quarantined; ${count(left)} batches are left\n`,
  )
}

/** The answers of as many calls as it takes: one looks at so many, and says where those behind begin. */
async function* takenUp<T extends { readonly next_cursor?: string | undefined }>(
  productId: string,
  path: string,
  ids: readonly string[],
  schema: z.ZodType<T>,
  options: QuarantineOptions,
  context: CommandContext,
): AsyncGenerator<T> {
  let cursor: string | undefined
  do {
    const body = ids.length > 0 ? { ids } : { all: true, cursor }
    const part = await answerOf(await call(productId, path, options, context, body), schema)
    yield part
    cursor = part.next_cursor
  } while (cursor !== undefined)
}

/** Removes rows of the source for good. */
export async function discardQuarantined(
  productId: string,
  ids: readonly string[],
  options: QuarantineOptions,
  context: CommandContext,
): Promise<void> {
  if (ids.length === 0) throw new MeshError('bad_argument', 'Name the rows to give up by their ids.')
  const { discarded, left } = await answerOf(
    await call(productId, '/discard', options, context, { ids }),
    discardedSchema,
  )
  context.terminal.out(`${count(discarded)} given up; ${count(left)} are left in quarantine\n`)
}

async function call(
  productId: string,
  path: string,
  options: QuarantineOptions,
  context: CommandContext,
  body?: object,
): Promise<Response> {
  const target = findTarget(context, options.url)
  const product = await findProduct(target.url, productId)
  const key = await sourceCredential(target, context, productId, options)
  const { text: token } = await buyToken(target.url, product, key, 'ingest')
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return request(`${product.url}/ingest/quarantine${path}`, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
}
