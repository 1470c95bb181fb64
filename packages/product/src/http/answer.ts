/** Successful answers: JSON with the headers that say what was read, of which moment, and whether it changed. */
import { queryName } from '../query/cursor.ts'
import type { Runtime } from '../env.ts'
import type { Standing } from '../store/state.ts'
import { ProductError } from '../problems.ts'

/** An answer made of data. */
export interface Answer {
  readonly standing: Standing
  /** JSON text. */
  readonly body: string
  /** Name of the view that it shows; two views never share an ETag. */
  readonly view: string
  /** Oldest watermark that the consumer accepts, as an age in ms. */
  readonly maxStalenessMs?: number | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The response to a request, 304 when the consumer has it already.
 *
 * @throws {ProductError} `stale` when the data is older than the consumer accepts.
 */
export async function answer(
  runtime: Runtime,
  request: Request,
  { standing, body, view, ...more }: Answer,
): Promise<Response> {
  refuseStale(runtime, standing, more.maxStalenessMs)
  const url = new URL(request.url)
  url.searchParams.sort()
  const { contractHash } = runtime
  // Of the body, not of the database's revision: that would tell a view of some rows when others change.
  const revision = [contractHash, url.pathname, url.search, view, body]
  const etag = `"${await queryName(revision)}"`
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'private, no-cache',
    vary: 'authorization, accept',
    etag,
    ...momentHeaders(runtime, standing),
    ...more.headers,
  })
  const known = request.headers.get('if-none-match')?.split(/\s*,\s*/) ?? []
  if (known.includes(etag) || known.includes(`W/${etag}`)) return new Response(null, { status: 304, headers })
  return new Response(body, { headers })
}

/** What an answer says about what was read and of which moment. */
export const momentHeaders = (
  { contract, contractHash }: Runtime,
  { as_of }: Standing,
): Readonly<Record<string, string>> => ({
  'meshloop-version': contract.version,
  'meshloop-contract': contractHash,
  ...(as_of === null ? {} : { 'meshloop-as-of': as_of }),
})

/** @throws {ProductError} `stale` when the watermark is older than the consumer accepts. */
export function refuseStale({ now }: Runtime, { as_of }: Standing, maxStalenessMs: number | undefined): void {
  if (maxStalenessMs === undefined) return
  const age = as_of === null ? undefined : now() - Date.parse(as_of)
  if (age === undefined || age > maxStalenessMs)
    throw new ProductError(
      'stale',
      as_of === null
        ? 'Nobody knows up to when this data is complete.'
        : `The data is complete up to ${as_of}.`,
    )
}
