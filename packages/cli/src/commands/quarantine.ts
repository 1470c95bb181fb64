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
  /** Rows at most. Default 20. */
  readonly limit?: string
  readonly json?: boolean
}

const DEFAULT_LIMIT = '20'

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
const replayedSchema = z.object({ accepted: z.int(), repeated: z.int(), quarantined: z.int(), left: z.int() })
const discardedSchema = z.object({ discarded: z.int(), left: z.int() })

/** Prints the newest rows of the source with their reasons. */
export async function listQuarantined(
  productId: string,
  { code, limit = DEFAULT_LIMIT, ...options }: ListOptions,
  context: CommandContext,
): Promise<void> {
  const query = new URLSearchParams({ limit, ...(code === undefined ? {} : { code }) })
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

/** Has all rows of the source, or those of `ids`, judged again: at most a thousand a call. */
export async function replayQuarantined(
  productId: string,
  ids: readonly string[],
  options: QuarantineOptions,
  context: CommandContext,
): Promise<void> {
  const body = ids.length === 0 ? { all: true } : { ids }
  const path = '/replay'
  const { accepted, repeated, left } = await answerOf(
    await call(productId, path, options, context, body),
    replayedSchema,
  )
  context.terminal.out(
    `${count(accepted)} accepted, ${count(repeated)} repeated; ${count(left)} are left in quarantine\n`,
  )
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
