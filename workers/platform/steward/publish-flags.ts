/**
 * Publishes one flag set: prepare, put pages, look at what KV shows, commit, put the head, scrub a portion.
 *
 * The product signs, the steward puts: it can neither read nor forge what passes through its hands. The witness looks
 * before the head is put: afterwards a forged one would be gone, seen by readers and by nobody else.
 */
import {
  publishHead,
  publishPages,
  witnessHead,
  type PublishTarget,
  type Testimony,
} from '@meshloop/flags/publish'
import * as z from 'zod'
import type { Budget } from './budget.ts'
import type { World } from './env.ts'
import { flagsPort, type FlagsPort, type Prepared } from './flags-port.ts'
import { scrub, type ScrubReport } from './scrub.ts'
import type { Product } from './products.ts'

/** The verdict on a contract's gate, as the product's commit takes it. Times are RFC 3339. */
export interface GateVerdict {
  readonly open: boolean
  readonly breaches: readonly { readonly product: string; readonly rule: string; readonly since: string }[]
  readonly judged_at: string
}

/** What the steward remembers of the publication before. */
export interface Before {
  readonly kid: string | null
  readonly scrubAt: number
}

/** What became of a flag set. */
export interface Publication {
  readonly aud: string
  readonly kid: string
  /** Pages that were put, renewed and mended ones included. */
  readonly put: number
  /** Pages that keep newer content from being published. */
  readonly pending: number
  /** Null when there was nothing to publish, or its put failed. */
  readonly head: PublishedHead | null
  readonly isNew: boolean
  readonly refusal: string | null
  readonly testimony: Testimony
  readonly scrubbed: ScrubReport | null
}

/** A head that lies in KV now. */
export interface PublishedHead {
  readonly epoch: number
  readonly pages: number
  readonly entries: number
  /** Watermark of the content, RFC 3339. */
  readonly asOf: string | null
}

/** Ends a tick's work on a flag set: what it was told is not what it must be. */
class PublishError extends Error {
  override readonly name = 'PublishError'
  readonly code = 'aud_differs'
}

const MAX_PORTIONS = 40

/**
 * Publishes. What remains undone when the budget ends is done by the next tick.
 *
 * @throws {ClientError} what the product refuses; {@link PublishError} `aud_differs` when it speaks of another flag set.
 */
export async function publishFlags(
  world: World,
  product: Product & { readonly flags: string },
  verdict: GateVerdict,
  before: Before,
  budget: Budget,
): Promise<Publication> {
  const { kv, pace, now, environment } = world
  const aud = `${environment}/${product.id}/v${product.major}/${product.flags}`
  const target: PublishTarget & { kv: KVNamespace } = { kv, aud, pace }
  const port = flagsPort(world, product)
  const { prepared, acknowledged, put, names } = await putPages(target, port, budget)
  const testimony = await witnessHead({
    kv,
    aud,
    pins: prepared.keys.map((key) => ({ ...key, aud, from: 0, until: FOREVER })),
    nowMs: now(),
    isLogged: async (fingerprint) => (await port.log()).includes(fingerprint),
  })
  const {
    head,
    pending,
    is_new: isNew,
  } = await port.commit({
    fence: prepared.fence,
    acknowledged,
    verdict,
    head_in_kv: prepared.log_empty ? await headInKv(kv, aud) : null,
  })
  const done = { aud, kid: prepared.keys[0]?.kid ?? '', pending, testimony }
  if (head === null) return { ...done, put, head: null, isNew: false, refusal: null, scrubbed: null }
  const refusal = await publishHead(target, head.value)
  const scrubbed = await scrub({
    target,
    port,
    head: head.value,
    fence: prepared.fence,
    fresh: names,
    from: before.scrubAt,
    budget,
  })
  return {
    ...done,
    put: put + scrubbed.mended,
    head:
      refusal === null
        ? { epoch: head.epoch, pages: head.pages, entries: head.entries, asOf: head.as_of }
        : null,
    isNew,
    refusal,
    scrubbed,
  }
}

/** What a testimony accuses somebody of; null for nothing. Until the first tick after a rotation KV holds the old key's head. */
export function accusation(
  { testimony, kid }: Publication,
  before: Before,
): 'flags_key_stolen' | 'flags_tampered' | null {
  if (testimony.verdict === 'logged') return null
  if (testimony.verdict === 'stolen_key') return 'flags_key_stolen'
  const isInnocent = innocent.safeParse(testimony.cause).success
  const isRotation = testimony.cause === 'head_key' && before.kid !== kid
  return isInnocent || isRotation ? null : 'flags_tampered'
}

/** Nobody wrote anything: there is no head yet, it ended while nobody published, or KV did not answer. */
const innocent = z.enum(['head_missing', 'head_expired', 'kv_error', 'timeout'])
const FOREVER = Date.UTC(9999, 0)

/** Puts portion after portion. The last portion's acknowledgements go with the commit. */
async function putPages(
  target: PublishTarget,
  port: FlagsPort,
  budget: Budget,
): Promise<{ prepared: Prepared; acknowledged: readonly string[]; put: number; names: ReadonlySet<string> }> {
  const names = new Set<string>()
  let prepared = await port.prepare(null)
  for (let portion = 1; ; portion++) {
    if (prepared.aud !== target.aud)
      throw new PublishError(
        `The product publishes ${prepared.aud}, expected was ${target.aud}: compare ENVIRONMENT.`,
      )
    const { acknowledged } = await publishPages(
      target,
      prepared.pages.slice(0, budget.take(prepared.pages.length)),
    )
    for (const name of acknowledged) names.add(name)
    const isStuck = prepared.pages.length > 0 && acknowledged.length === 0
    if (!prepared.more || isStuck || portion === MAX_PORTIONS || budget.isOver())
      return { prepared, acknowledged, put: names.size, names }
    prepared = await port.prepare({ fence: prepared.fence, acknowledged })
  }
}

async function headInKv(kv: KVNamespace, aud: string): Promise<string | null> {
  const value = await kv.get(`mf1/${aud}/head`, 'arrayBuffer')
  return value && new Uint8Array(value).toBase64()
}
