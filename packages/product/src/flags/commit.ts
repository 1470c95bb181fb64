/**
 * `commit`: signs the next head. It names new content once every page of it is in KV; until then it renews the head of
 * the content before, with that content's watermark.
 */
import {
  epochInKv,
  FlagsError,
  gateOf,
  nextEpoch,
  pageOutlives,
  signHead,
  type GateVerdict,
  type SignedHead,
} from '@meshloop/flags/sign'
import { ProductError } from '../problems.ts'
import { sql, type SQL } from '../store/sql.ts'
import { lastEpoch, logged, prevOf, type LoggedHead } from './log.ts'
import type { Publisher } from './publisher.ts'
import {
  acknowledge,
  advance,
  inFence,
  readState,
  sameShape,
  stateOf,
  type Content,
  type State,
  type StateRow,
} from './state.ts'

/** What the steward says at the end of a run. */
export interface Closing {
  readonly fence: number
  /** Names of pages of the last portion that it has put. */
  readonly acknowledged: readonly string[]
  readonly verdict: GateVerdict
  /** The head that lies in KV, for a log that is empty: it may have been lost. Null for none. */
  readonly headInKv: Uint8Array<ArrayBuffer> | null
}

/** A committed head. */
export interface Committed {
  /** Null when there is nothing to publish yet. */
  readonly head:
    | (SignedHead & { readonly content: Content; readonly pages: number; readonly count: number })
    | null
  /** Pages that keep newer content from being published: not put, or not yet made. */
  readonly pending: number
  /** Whether the head names newer content than the one before. */
  readonly isNew: boolean
}

interface PageRow {
  readonly slot: number
  readonly name: string
  readonly entries: number
  readonly put_at: number | null
}

/** Everything that a head is made of, read in one transaction. */
interface Reading {
  readonly state: State
  readonly current: readonly PageRow[]
  readonly staged: readonly PageRow[]
  readonly dirty: number
  readonly last: number | null
  readonly prev: LoggedHead | null
}

/**
 * Commits a head, which the steward then puts.
 *
 * @throws {ProductError} `run_conflict` when another run has begun meanwhile; `flags_stopped` when no head may be
 * signed: the clock is behind the last epoch, or a page would leave KV before the head does.
 */
export async function commit(publisher: Publisher, closing: Closing): Promise<Committed> {
  const read = await readAll(publisher, closing)
  const { state, staged, dirty } = read
  const waiting = staged.filter(({ put_at }) => put_at === null).length + dirty
  const isNew = state.staged !== null && waiting === 0
  const pending = isNew ? 0 : waiting
  const content = isNew ? state.staged : state.current
  if (content === null) return { head: null, pending, isNew: false }
  const pages = pagesOf(read, isNew)
  const signed = await sign(publisher, closing, read, content, pages)
  await advance(publisher, state, [
    ...logged(signed, content, oldestPut(pages)),
    ...(isNew ? adopt(sameShape(content, state.current)) : []),
  ])
  const count = pages.reduce((sum, { entries }) => sum + entries, 0)
  return { head: { ...signed, content, pages: pages.length, count }, pending, isNew }
}

async function readAll(publisher: Publisher, closing: Closing): Promise<Reading> {
  const columns = sql`slot, name, entries, put_at`
  const results = await inFence(publisher, closing.fence, [
    ...acknowledge(closing.acknowledged),
    readState,
    sql`SELECT ${columns} FROM _flags_current`,
    sql`SELECT ${columns} FROM _flags_staged`,
    sql`SELECT count(*) AS dirty FROM _flags_dirty`,
    lastEpoch,
    prevOf(publisher.now()),
  ])
  // Rows as the tables and statements above have them.
  const [state, current, staged, dirty, last, prev] = results.slice(-6).map(({ results: rows }) => rows) as [
    StateRow[],
    PageRow[],
    PageRow[],
    { dirty: number }[],
    { epoch: number | null }[],
    LoggedHead[],
  ]
  return {
    state: stateOf(state[0]),
    current,
    staged,
    dirty: dirty[0]?.dirty ?? 0,
    last: last[0]?.epoch ?? null,
    prev: prev[0] ?? null,
  }
}

/** The pages that the head names: an empty name stands for no page. */
function pagesOf({ state, current, staged }: Reading, isNew: boolean): PageRow[] {
  if (!isNew || state.staged === null) return [...current]
  const kept = sameShape(state.staged, state.current) ? current : []
  const replaced = new Set(staged.map(({ slot }) => slot))
  return [...kept.filter(({ slot }) => !replaced.has(slot)), ...staged].filter(({ name }) => name !== '')
}

async function sign(
  { aud, contract, signingKey, pins, now }: Publisher,
  { verdict, headInKv }: Closing,
  { last, prev }: Reading,
  content: Content,
  pages: readonly PageRow[],
): Promise<SignedHead> {
  const { bits, sid, watermark, watermarks, lagMs } = content
  const at = now()
  const isPrev =
    prev?.bits === bits &&
    prev.sid === sid &&
    (prev.oldest_put_at === null || pageOutlives(prev.oldest_put_at, at + HEAD_LIFE_MS))
  const seen = last === null && headInKv !== null ? await epochInKv(headInKv, { aud, pins }) : null
  const puts = [oldestPut(pages), isPrev ? prev.oldest_put_at : null].filter((put) => put !== null)
  try {
    return await signHead(signingKey, {
      aud,
      bits,
      sid,
      watermark,
      watermarks,
      lagMs,
      contract: content.contract,
      epoch: nextEpoch(at, last ?? seen),
      pages,
      count: pages.reduce((sum, { entries }) => sum + entries, 0),
      gate: gateOf(verdict, contract.id, at),
      prev: isPrev ? Uint8Array.fromBase64(prev.value) : null,
      oldestPutAtMs: puts.length === 0 ? null : Math.min(...puts),
    })
  } catch (error) {
    if (error instanceof FlagsError && (error.code === 'epoch_ahead' || error.code === 'page_expiring'))
      throw new ProductError('flags_stopped', error.message)
    throw error
  }
}

/** As `signHead` has it by default. An epoch may be ahead of the clock by a minute. */
const HEAD_LIFE_MS = 3_660_000

/** The statements that make the staged pages the current ones. */
const adopt = (isChange: boolean): SQL[] => [
  isChange
    ? sql`DELETE FROM _flags_current WHERE slot IN (SELECT slot FROM _flags_staged)`
    : sql`DELETE FROM _flags_current`,
  sql`INSERT INTO _flags_current (slot, name, bytes, entries, put_at, lost)
      SELECT slot, name, bytes, entries, put_at, 0 FROM _flags_staged WHERE name <> ''`,
  sql`DELETE FROM _flags_staged`,
  sql`UPDATE _flags_state SET current = staged, staged = NULL`,
]

function oldestPut(pages: readonly PageRow[]): number | null {
  return pages.reduce<number | null>(
    (oldest, { put_at }) => (oldest === null || (put_at !== null && put_at < oldest) ? put_at : oldest),
    null,
  )
}
