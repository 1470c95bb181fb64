/** `mesh query`: records or aggregates of a product as a table. */
import { readDeprecation } from '@meshloop/client'
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'
import { COMMANDS_CLIENT } from '../registration/clients.ts'
import { table } from '../table.ts'
import { printable, printableJson } from '../terminal.ts'
import { answerOf, buyToken, findProduct, request } from '../mesh/mesh-client.ts'
import { findTarget, keyFor, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh query`. */
export interface QueryOptions {
  readonly url?: string
  /** Default: the newest. */
  readonly major?: string
  /** Records or groups at most. Default 20. */
  readonly limit?: string
  /** Fields to order by, comma-separated; a minus in front: descending. */
  readonly sort?: string
  /** Fields to show, comma-separated. */
  readonly fields?: string
  /** Measures to compute, comma-separated. */
  readonly aggregate?: string
  /** Dimensions to group by, comma-separated. */
  readonly by?: string
  /** Prints JSON instead of a table. */
  readonly json?: boolean
  /** `ndjson` or `csv`: writes all records that match, as they come, or groups, instead of a table of some. */
  readonly format?: string
}

const rowSchema = z.record(z.string(), z.unknown())
const recordsSchema = z.looseObject({ records: z.array(rowSchema), next_cursor: z.string().nullish() })
const groupsSchema = z.looseObject({ groups: z.array(rowSchema), truncated: z.boolean().optional() })

const DEFAULT_LIMIT = '20'

/** Prints what matches `filters`: `status=paid`, `placed_at[gte]=2026-11-01T00:00:00Z`. */
export async function query(
  productId: string,
  filters: readonly string[],
  options: QueryOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  if (options.by !== undefined && options.aggregate === undefined)
    throw new MeshError('bad_argument', '--by groups measures: name them with --aggregate.')
  const mediaType = options.format === undefined ? undefined : streamedAs(options)
  const parameters = new URLSearchParams(filters.map(readFilter))
  const limit = options.limit ?? (mediaType === undefined ? DEFAULT_LIMIT : undefined)
  if (limit !== undefined) parameters.set('limit', limit)
  for (const [name, value] of [
    ['sort', options.sort],
    ['fields', options.fields],
    ['measures', options.aggregate],
    ['by', options.by],
  ] as const)
    if (value !== undefined) parameters.set(name, value)

  const target = findTarget(context, options.url)
  const product = await findProduct(target.url, productId, options.major)
  const { text: token } = await buyToken(
    target.url,
    product,
    keyFor(target, context, COMMANDS_CLIENT.id),
    'read',
  )
  const port = options.aggregate === undefined ? 'records' : 'aggregate'
  const response = await request(`${product.url}/${port}?${parameters}`, {
    headers: { authorization: `Bearer ${token}`, accept: mediaType ?? 'application/json' },
  })
  const asOf = response.headers.get('meshloop-as-of')
  const ends = readDeprecation(response.headers)
  if (ends)
    terminal.err(
      `version ${product.major} is deprecated since ${dayOf(ends.since)}` +
        `${ends.until === null ? '' : ` and answers until ${dayOf(ends.until)}`}` +
        `${ends.successor === null ? '' : `: move to ${printable(ends.successor)}`}\n`,
    )
  if (mediaType !== undefined) {
    await writeThrough(response, terminal)
    terminal.err(remarksOn(asOf, response.headers.get('meshloop-truncated') === 'true'))
    return
  }
  const body = await answerOf(response, rowSchema)
  if (options.json) {
    terminal.out(`${printableJson({ as_of: asOf, ...body })}\n`)
    return
  }
  const { rows, more } = port === 'records' ? readRecords(body) : readGroups(body)
  terminal.out(rows.length === 0 ? 'nothing found\n' : table(rows, terminal.width))
  terminal.err(remarksOn(asOf, more))
}

const remarksOn = (asOf: string | null, more: boolean): string =>
  `complete up to: ${asOf ?? 'unknown'}${more ? ' · there are more: see --limit' : ''}\n`

const mediaTypes = new Map([
  ['ndjson', 'application/x-ndjson'],
  ['csv', 'text/csv'],
])

function streamedAs({ format = '', json }: QueryOptions): string {
  const mediaType = mediaTypes.get(format)
  if (mediaType === undefined)
    throw new MeshError('bad_argument', `"${format}" is no format: write ndjson or csv.`)
  if (json) throw new MeshError('bad_argument', '--format says how to write: leave --json out.')
  return mediaType
}

/** A person's terminal gets no control characters; a file or another program gets what was sent. */
async function writeThrough(response: Response, terminal: CommandContext['terminal']): Promise<void> {
  const isSeen = terminal.width !== undefined
  const shown = (text: string): string => (isSeen ? text.split('\n').map(printable).join('\n') : text)
  try {
    const decoder = new TextDecoder()
    for await (const bytes of (response.body ?? []) as AsyncIterable<Uint8Array>)
      terminal.out(shown(decoder.decode(bytes, { stream: true })))
  } catch (error) {
    throw new MeshError(
      'answer_broken',
      'The answer broke off: what was written is not all.',
      'Run the command again; what changes slowly is better read from /exports.',
      { cause: error },
    )
  }
}

const dayOf = (time: string): string => time.slice(0, 10)

function readRecords(body: unknown) {
  const { records, next_cursor } = recordsSchema.parse(body)
  return { rows: records, more: typeof next_cursor === 'string' }
}

function readGroups(body: unknown) {
  const { groups, truncated } = groupsSchema.parse(body)
  return { rows: groups, more: truncated === true }
}

function readFilter(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1)
    throw new MeshError(
      'bad_argument',
      `"${text}" is no filter.`,
      'Write field=value or field[operator]=value, e.g. status=paid or "placed_at[gte]=2026-11-01T00:00:00Z".',
    )
  return [text.slice(0, at), text.slice(at + 1)]
}
