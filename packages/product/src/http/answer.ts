/** Successful answers: JSON with the headers that say what was read, of which moment, and whether it changed. */
import { durationMs } from '@meshloop/contract'
import { nameOf } from '../query/cursor.ts'
import type { Runtime } from '../env.ts'
import type { Made } from '../memo/memo.ts'
import type { Standing } from '../store/state.ts'
import { ProductError } from '../problems.ts'
import { isKnown } from './known-etag.ts'

/** An answer that is not named yet. */
export interface Answer extends Omit<Made, 'etag'> {
  /** Name of the view that it shows; two views never share an ETag. */
  readonly view: string
}

/** A runtime that may remember what it answers. */
export type Answering = Runtime & { readonly remember?: ((made: Made) => void) | undefined }

/**
 * The response to a request, 304 when the consumer has it already.
 *
 * @throws {ProductError} `stale` when the data is older than the consumer accepts.
 */
export function answer(runtime: Answering, request: Request, { view, ...given }: Answer): Response {
  // Of the body, not of the database's revision: that would tell a view of some rows when others change.
  const made = { ...given, etag: `"${nameOf(`${runtime.contractHash} ${view} ${given.body}`)}"` }
  runtime.remember?.(made)
  return respond(runtime, request, made)
}

/** The response that an answer is at this moment. @throws {ProductError} `stale` */
export function respond(runtime: Runtime, request: Request, made: Made): Response {
  const { standing, body, etag } = made
  refuseStale(runtime, standing, made.maxStalenessMs)
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': cacheControl(runtime, made),
    vary: 'authorization, accept, prefer',
    etag,
    ...momentHeaders(runtime, standing),
    ...made.headers,
  })
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers })
  return new Response(body, { headers })
}

/** The part of the promised freshness for which an answer may be kept: whoever reads a copy reads what is promised. */
const KEPT_PART = 60
const LONGEST_KEPT_MS = 60_000

/** `max-age` while the data is fresh; what is stale, or may be asked to be fresh, is asked for each time. */
function cacheControl(
  { contract, now }: Runtime,
  { standing: { as_of }, maxStalenessMs }: Pick<Made, 'standing' | 'maxStalenessMs'>,
): string {
  const promised = durationMs(contract.freshness) ?? 0
  const left = as_of === null || maxStalenessMs !== undefined ? 0 : promised - (now() - Date.parse(as_of))
  const seconds = Math.floor(Math.min(left, promised / KEPT_PART, LONGEST_KEPT_MS) / 1000)
  return seconds > 0 ? `private, max-age=${seconds}` : 'private, no-cache'
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
