/** The ingest port: a source sends batches with its token and looks at what was not accepted. */
import type { Runtime } from '../env.ts'
import { accept } from '../ingest/accept.ts'
import { acknowledgedClaim } from '../ingest/claims.ts'
import { listQuarantine } from '../ingest/quarantine.ts'
import { ProductError } from '../problems.ts'
import { limitParameter, numberOf, readParameters } from '../query/parameters.ts'
import { readBody } from './body.ts'

/** Rejected rows are told one by one up to here; all are counted and can be listed. */
const MAX_REJECTED = 100

/** `POST /ingest`: each row is accepted, repeated or quarantined; the batch is one transaction. */
export async function ingest(runtime: Runtime, source: string, request: Request): Promise<Response> {
  const { contract, sources, now } = runtime
  const registered = sources[source]
  if (!registered || registered.over !== 'http')
    throw new ProductError('source_unknown', `${source} does not send to ${contract.id} over HTTP.`)
  const { rows, completeUpTo } = await readBody(request, now())
  if (completeUpTo !== undefined && registered.backfill)
    throw new ProductError(
      'claim_refused',
      `${source} is a backfill source: it says nothing about completeness.`,
    )
  const claim = completeUpTo === undefined ? [] : [acknowledgedClaim(source, completeUpTo)]
  const { rejected, ...outcome } = await accept(runtime.ingest, source, rows, claim)
  return Response.json({
    ...outcome,
    rejected: rejected
      .slice(0, MAX_REJECTED)
      .map(({ index, row, errors }) => ({ index, key: keyOf(runtime, row), errors })),
  })
}

/**
 * `GET /ingest/quarantine`: rows that were not accepted, newest first: a source's own, or all when `source` is undefined.
 * Who checks sees why rows were refused, not what was in them: that may be personal.
 */
export async function quarantined(
  runtime: Runtime,
  source: string | undefined,
  request: Request,
): Promise<Response> {
  const values = readParameters(new URL(request.url).searchParams, [limitParameter])
  const entries = await listQuarantine(runtime.env.DB, source, numberOf(values, 'limit') ?? 100)
  const shown =
    source === undefined
      ? entries.map(({ id, source: from, received_at, errors }) => ({
          id,
          source: from,
          received_at,
          errors,
        }))
      : entries
  return Response.json({ entries: shown }, { headers: { 'cache-control': 'no-store' } })
}

function keyOf({ contract }: Runtime, row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return undefined
  return Object.fromEntries(contract.key.map((name) => [name, Reflect.get(row, name)]))
}
