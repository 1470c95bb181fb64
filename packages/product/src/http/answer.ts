/** Successful answers: JSON with the headers that say what was read, of which moment, and whether it changed. */
import { durationMs, type Contract } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import type { Made } from '../memo/kept.ts'
import type { Standing } from '../store/state.ts'
import { utf8 } from '../store/bytes.ts'
import { ProductError } from '../problems.ts'
import { isKnown } from './known-etag.ts'
import type { Reply } from './reply.ts'

/** An answer that is not named yet. */
export interface Answer extends Omit<Made, 'etag' | 'body'> {
  /** JSON text, or that of another media type. */
  readonly body: string
  /** Names the content of the body, if something does already. */
  readonly hash?: string | undefined
  /** Name of the view that it shows; two views never share an ETag. */
  readonly view: string
}

/** A runtime that may remember what it answers. */
export type Answering = Runtime & { readonly remember?: ((made: Made) => void) | undefined }

/**
 * The reply to a request, 304 when the consumer has it already.
 *
 * @throws {ProductError} `stale` when the data is older than the consumer accepts.
 */
export async function answer(
  runtime: Answering,
  request: Request,
  { view, body, hash, ...given }: Answer,
): Promise<Reply> {
  const made = { ...given, ...(await named(runtime, view, body, hash)) }
  runtime.remember?.(made)
  return replyOf(runtime, request, made)
}

/** A body as bytes, and its ETag. It is of the body, not of the database's revision: that would tell a view of some rows when others change. */
async function named(
  { contractHash }: Runtime,
  view: string,
  body: string,
  hash: string | undefined,
): Promise<Pick<Made, 'body' | 'etag'>> {
  if (hash !== undefined) return { body: utf8(body), etag: `"${contractHash.slice(-12)}.${hash}"` }
  const about = `${contractHash} ${view} `
  // As bytes, once: they are hashed, kept and sent.
  const all = utf8(about + body)
  return { body: all.subarray(utf8(about).length), etag: await etagOf(all) }
}

/** 96 bits of SHA-256. */
async function etagOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return `"${new Uint8Array(digest, 0, 12).toBase64({ alphabet: 'base64url' })}"`
}

/** The reply that an answer is at this moment. @throws {ProductError} `stale` */
export function replyOf(runtime: Runtime, request: Request, made: Made): Reply {
  const { standing, body, etag } = made
  refuseStale(runtime, standing, made.maxStalenessMs)
  const caching = {
    etag,
    'cache-control': made.headers?.['cache-control'] ?? cacheControl(runtime, made),
    vary: 'authorization, accept, prefer',
  }
  if (isKnown(request, etag))
    return { status: 304, headers: { ...caching, ...asOfHeader(standing) }, body: null }
  return {
    headers: {
      'content-type': 'application/json',
      ...caching,
      ...momentHeaders(runtime, standing),
      ...made.headers,
    },
    body,
  }
}

/** The part of the promised freshness for which an answer may be kept: whoever reads a copy reads what is promised. */
const KEPT_PART = 60
const LONGEST_KEPT_MS = 60_000

/** What contracts promise, in ms: the text is read once. */
const promises = new WeakMap<Contract, number>()

function promisedMs(contract: Contract): number {
  const known = promises.get(contract)
  if (known !== undefined) return known
  const promised = durationMs(contract.freshness) ?? 0
  promises.set(contract, promised)
  return promised
}

/** `max-age` while the data is fresh; what is stale, or may be asked to be fresh, is asked for each time. */
function cacheControl(
  { contract, now }: Runtime,
  { standing: { as_of }, maxStalenessMs }: Pick<Made, 'standing' | 'maxStalenessMs'>,
): string {
  const promised = promisedMs(contract)
  const left = as_of === null || maxStalenessMs !== undefined ? 0 : promised - (now() - Date.parse(as_of))
  const seconds = Math.floor(Math.min(left, promised / KEPT_PART, LONGEST_KEPT_MS) / 1000)
  return seconds > 0 ? `private, max-age=${seconds}` : 'private, no-cache'
}

const asOfHeader = ({ as_of }: Standing): Readonly<Record<string, string>> =>
  as_of === null ? {} : { 'meshloop-as-of': as_of }

/** What an answer says about what was read and of which moment. */
export const momentHeaders = (
  { contract, contractHash }: Runtime,
  standing: Standing,
): Readonly<Record<string, string>> => ({
  'meshloop-version': contract.version,
  'meshloop-contract': contractHash,
  ...asOfHeader(standing),
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
