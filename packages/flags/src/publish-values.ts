/** Putting pages and the head. The steward can neither read nor forge what it puts, but checks its form. */
import type { Bytes } from './bytes.ts'
import { splitHead } from './envelope.ts'
import { eachInFlight } from './in-flight.ts'
import { MAX_PAGE_BYTES, VALUE_TTL_SECONDS } from './limits.ts'
import { headKey, pageKey, pageName } from './names.ts'
import type { WritePace } from './write-pace.ts'

/** The little of Workers KV that publishing needs. */
export interface FlagKvWriter {
  put(key: string, value: Bytes, options: { expirationTtl: number }): Promise<void>
}

/** Where to publish. */
export interface PublishTarget {
  readonly kv: FlagKvWriter
  readonly aud: string
  readonly pace: WritePace
}

/** A page to put; its name was made by the product. */
export interface NamedPage {
  readonly name: string
  readonly value: Bytes
}

/** Why a value was not put. */
export type PutRefusal =
  | 'page_name_wrong'
  | 'page_too_large'
  | 'head_malformed'
  | 'write_too_soon'
  | 'kv_error'

/** What became of a list of pages. The product's commit takes `acknowledged`. */
export interface PublishedPages {
  readonly acknowledged: readonly string[]
  readonly refused: readonly { readonly name: string; readonly code: PutRefusal }[]
  /** Beyond the operations of this call: the next run or a sub-invocation puts them. */
  readonly left: readonly string[]
}

/** KV allows 1,000 operations an invocation; the rest is for the head, its check and the scrub. */
const MAX_OPERATIONS = 900

/**
 * Puts pages for two days each: at most 900 operations a call, six at a time. Never rejects for a page: one
 * that fails is named, and its neighbours are put.
 */
export async function publishPages(
  target: PublishTarget,
  pages: readonly NamedPage[],
): Promise<PublishedPages> {
  const unique = [...new Map(pages.map((page) => [page.name, page])).values()]
  const acknowledged: string[] = []
  const refused: { name: string; code: PutRefusal }[] = []
  await eachInFlight(unique.slice(0, MAX_OPERATIONS), async (page) => {
    const code = await putPage(target, page)
    if (code === null) acknowledged.push(page.name)
    else refused.push({ name: page.name, code })
  })
  return { acknowledged, refused, left: unique.slice(MAX_OPERATIONS).map((page) => page.name) }
}

/** Puts a committed head for two days. Null when it is put; otherwise the next run issues a newer one. */
export async function publishHead(target: PublishTarget, value: Bytes): Promise<PutRefusal | null> {
  return splitHead(value) === null ? 'head_malformed' : put(target, headKey(target.aud), value)
}

/** Puts one page under its name, if that is its name. Null when it is put. */
export async function putPage(target: PublishTarget, { name, value }: NamedPage): Promise<PutRefusal | null> {
  if (value.length > MAX_PAGE_BYTES) return 'page_too_large'
  if ((await pageName(value)) !== name) return 'page_name_wrong'
  return put(target, pageKey(target.aud, name), value)
}

async function put({ kv, pace }: PublishTarget, key: string, value: Bytes): Promise<PutRefusal | null> {
  if (!pace.take(key)) return 'write_too_soon'
  try {
    await kv.put(key, value, { expirationTtl: VALUE_TTL_SECONDS })
    return null
  } catch {
    return 'kv_error'
  }
}
