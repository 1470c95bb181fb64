/** What was not accepted, over HTTP: looked at, judged again after a fix, or given up. */
import * as z from 'zod'
import type { Runtime } from '../env.ts'
import {
  countQuarantine,
  listQuarantine,
  removeQuarantined,
  type QuarantineEntry,
  type QuarantinePosition,
  type Taking,
} from '../ingest/quarantine.ts'
import { takeUpLetters } from '../ingest/letters.ts'
import { UNKNOWN_SOURCE } from '../ingest/queue.ts'
import { replay } from '../ingest/replay.ts'
import { ProductError } from '../problems.ts'
import { numberOf, readParameters } from '../query/parameters.ts'
import { statement } from '../store/sql.ts'
import { readJson } from './body.ts'
import { bodyMalformed } from './bounded-json.ts'
import { quarantineParameters } from './quarantine-parameters.ts'

/** What is taken up: `{"ids":[…]}`, or `{"all":true}` with the `next_cursor` of the call before. */
const replaySchema = z.union([
  z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1_000) }),
  z.strictObject({ all: z.literal(true), cursor: z.string().min(1).max(200).optional() }),
])
const discardSchema = z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1_000) })

const noStore = { headers: { 'cache-control': 'no-store' } }

/**
 * `GET /ingest/quarantine`: rows that were not accepted, newest first: a source's own, or all when `own` is undefined.
 * Who checks sees why rows were refused, and so does a source of the batches that are nobody's, not what was in them: that may be personal. The first page says how many there are.
 */
export async function quarantined(
  { env: { DB } }: Runtime,
  own: string | undefined,
  request: Request,
): Promise<Response> {
  const values = readParameters(new URL(request.url).searchParams, quarantineParameters)
  const text = (name: string): string | undefined => values.get(name)?.toString()
  const asked = text('source')
  if (own !== undefined && asked !== undefined && asked !== own && asked !== UNKNOWN_SOURCE)
    throw new ProductError('parameter_invalid', 'A source sees its own rows, and what is nobody’s.', [
      { parameter: 'source', detail: `is ${own}, ${UNKNOWN_SOURCE}, or left out` },
    ])
  const filter = { source: asked ?? own, code: text('code') }
  const limit = numberOf(values, 'limit') ?? 100
  const cursor = text('cursor')
  const entries = await listQuarantine(
    DB,
    filter,
    limit + 1,
    cursor === undefined ? undefined : positionOf(cursor),
  )
  const page = entries.slice(0, limit)
  const last = page.at(-1)
  const next = nextCursor(entries.length > limit ? last : undefined)
  const total = cursor === undefined ? { total: await countQuarantine(DB, filter) } : {}
  const shown = filter.source === own && own !== undefined ? page : page.map(withoutRow)
  return Response.json({ entries: shown, ...next, ...total }, noStore)
}

/** `POST /ingest/quarantine/replay`: judges rows of the source once more, at most 1,000 a call; `left` says how many are there still. */
export async function replayQuarantined(
  runtime: Runtime,
  source: string,
  request: Request,
): Promise<Response> {
  const { ingest, door } = runtime
  return takeUp(runtime, source, request, (taking) => replay(ingest, source, taking, door.sized))
}

/** `POST /ingest/quarantine/letters`: takes batches of the queue up that were set aside, whoever's they are, at most 20 a call. */
export async function replayLetters(runtime: Runtime, source: string, request: Request): Promise<Response> {
  return takeUp(runtime, source, request, (taking) => takeUpLetters(runtime, taking))
}

/** Lets some of what was set aside in by the door, and says where it goes on. */
async function takeUp<T extends { readonly next: QuarantinePosition | undefined }>(
  runtime: Runtime,
  source: string,
  request: Request,
  take: (taking: Taking) => Promise<T>,
): Promise<Response> {
  refuseUnknown(runtime, source)
  readParameters(new URL(request.url).searchParams, [])
  const taking = await readTaking(request)
  const { next, ...done } = await runtime.door.enter(source, () => take(taking))
  return Response.json({ ...done, ...nextCursor(next) }, noStore)
}

async function readTaking(request: Request): Promise<Taking> {
  const asked = await readJson(request, replaySchema).catch((error: unknown) => {
    throw error instanceof ProductError && error.errors[0]?.pointer === '/'
      ? bodyMalformed('expected {"ids":["…"]} of at most 1000, or {"all":true}')
      : error
  })
  if ('ids' in asked) return asked
  return { after: asked.cursor === undefined ? undefined : positionOf(asked.cursor) }
}

const nextCursor = (next: QuarantinePosition | undefined) => (next ? { next_cursor: cursorOf(next) } : {})

/** `POST /ingest/quarantine/discard`: removes rows of the source for good. */
export async function discardQuarantined(
  runtime: Runtime,
  source: string,
  request: Request,
): Promise<Response> {
  refuseUnknown(runtime, source)
  readParameters(new URL(request.url).searchParams, [])
  const { ids } = await readJson(request, discardSchema)
  const { DB } = runtime.env
  const { meta } = await statement(DB, removeQuarantined(source, ids)).run()
  return Response.json({ discarded: meta.changes, left: await countQuarantine(DB, { source }) }, noStore)
}

function refuseUnknown({ contract, sources }: Runtime, source: string): void {
  if (!Object.hasOwn(sources, source))
    throw new ProductError('source_unknown', `${source} does not send to ${contract.id}.`)
}

const withoutRow = ({ id, source, received_at, errors, whole }: QuarantineEntry) => ({ id, source, received_at, errors, whole }) // prettier-ignore

const cursorOf = ({ received_at, id }: QuarantinePosition): string => btoa(`${received_at} ${id}`)

function positionOf(cursor: string): QuarantinePosition {
  try {
    const [, received_at, id] = /^(\S{24}) (\S{1,64})$/.exec(atob(cursor)) ?? []
    if (received_at !== undefined && id !== undefined) return { received_at, id }
  } catch {
    // It is not even base64.
  }
  throw new ProductError('cursor_invalid', 'This cursor is none of this list.')
}
