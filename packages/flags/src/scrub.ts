/** Scrubbing: comparing what KV holds with what the product named, and mending it. */
import { namesInBlock } from './block.ts'
import type { Bytes } from './bytes.ts'
import { FlagsError } from './errors.ts'
import { eachInFlight } from './in-flight.ts'
import { getBytes, type FlagKv } from './kv.ts'
import { pageKey, pageName } from './names.ts'
import { peekHead } from './peek-head.ts'
import { putPage, type PublishTarget } from './publish-values.ts'

/** What a scrub found. Raise an alarm for `damaged`; pages of a fresh head may be `missing` by KV's delay. */
export interface Scrubbed {
  readonly intact: readonly string[]
  readonly missing: readonly string[]
  /** Somebody wrote another value under this name. */
  readonly damaged: readonly string[]
  /** Of the missing and damaged: put again. The product notes their new put time. */
  readonly mended: readonly string[]
  /** KV did not answer. */
  readonly unread: readonly string[]
  /** Beyond the pages of this call. */
  readonly left: readonly string[]
}

/** Pages a call: 100 reads and at most 100 writes. KV's bulk read gives text and JSON only, and pages are bytes. */
const MAX_PAGES = 100
const CACHE_SECONDS = 30

/**
 * Compares up to 100 pages with their names and puts missing and damaged ones again from `source` (the product;
 * null if it cannot give the page any more).
 */
export async function scrubPages(
  target: PublishTarget & { readonly kv: FlagKv },
  names: readonly string[],
  source: (name: string) => Promise<Bytes | null>,
): Promise<Scrubbed> {
  const found = {
    intact: [] as string[],
    missing: [] as string[],
    damaged: [] as string[],
    unread: [] as string[],
  }
  const mended: string[] = []
  await eachInFlight(names.slice(0, MAX_PAGES), async (name) => {
    const state = await stateOf(target, name)
    found[state].push(name)
    if (state !== 'missing' && state !== 'damaged') return
    const value = await source(name)
    if (value !== null && (await putPage(target, { name, value })) === null) mended.push(name)
  })
  return { ...found, mended, left: names.slice(MAX_PAGES) }
}

/**
 * Names of all pages that a head needs in KV, those of its DIFF included. For a head that came from the
 * product: it is not verified here. Throws `head_invalid`.
 */
export function pagesNamedBy(head: Bytes): readonly string[] {
  const peeked = peekHead(head)
  if (peeked !== null) return namesInBlock(peeked.block)
  throw new FlagsError(
    'head_invalid',
    'This value has not the shape of a head: pass what the product committed',
  )
}

async function stateOf(
  { kv, aud }: { readonly kv: FlagKv; readonly aud: string },
  name: string,
): Promise<'intact' | 'missing' | 'damaged' | 'unread'> {
  const value = await getBytes(kv, pageKey(aud, name), CACHE_SECONDS)
  if (value === 'kv_error') return 'unread'
  if (value === null) return 'missing'
  return (await pageName(value)) === name ? 'intact' : 'damaged'
}
