/** Scrubbing a portion of a head's pages: what KV lost or somebody damaged is asked of the product again. */
import { pagesNamedBy, publishPages, scrubPages, type PublishTarget } from '@meshloop/flags/publish'
import type { Budget } from './budget.ts'
import type { FlagsPort } from './flags-port.ts'

/** What a scrub found. */
export interface ScrubReport {
  readonly looked: number
  readonly missing: number
  /** Somebody wrote another value under a page's name. */
  readonly damaged: number
  readonly mended: number
  /** Where the next scrub begins. */
  readonly next: number
}

/** Pages a tick. */
const PORTION = 100

/**
 * Looks at the pages of `head` from number `from` on. `fresh`: pages put a moment ago, which KV may not show yet.
 *
 * @throws {ClientError} when the product gives no pages to mend with.
 */
export async function scrub({
  target,
  port,
  head,
  fence,
  fresh,
  from,
  budget,
}: {
  readonly target: PublishTarget & { readonly kv: KVNamespace }
  readonly port: FlagsPort
  readonly head: Uint8Array<ArrayBuffer>
  readonly fence: number
  readonly fresh: ReadonlySet<string>
  readonly from: number
  readonly budget: Budget
}): Promise<ScrubReport> {
  const names = pagesNamedBy(head).toSorted()
  const start = from < names.length ? from : 0
  const portion = names.slice(start, start + budget.take(Math.min(PORTION, names.length)))
  const next = start + portion.length
  const { missing, damaged } = await scrubPages(
    target,
    portion.filter((name) => !fresh.has(name)),
    async () => null,
  )
  const found = { looked: portion.length, missing: missing.length, damaged: damaged.length, next }
  const lost = [...missing, ...damaged]
  if (lost.length === 0) return { ...found, mended: 0 }
  // Pages that only DIFF names are gone for good: the product keeps the current ones.
  const { pages } = await port.prepare({ fence, lost })
  const { acknowledged } = await publishPages(target, pages.slice(0, budget.take(pages.length)))
  await port.prepare({ fence, acknowledged })
  return { ...found, mended: lost.filter((name) => acknowledged.includes(name)).length }
}
