/** `prepare`: reads what changed, names the pages of the next content and offers those that KV does not have yet. */
import { statement, sql } from '../store/sql.ts'
import { feed, refillIfChanged } from './feed.ts'
import { lastEpoch } from './log.ts'
import type { Publisher } from './publisher.ts'
import { offer, stage, type Offer } from './stage.ts'
import { acknowledge, inFence, readState, stateOf, takeFence, type State, type StateRow } from './state.ts'

/** What the steward says when it goes on with a run. */
export interface Portion {
  readonly fence: number
  /** Names of pages of the portion before that it has put. */
  readonly acknowledged: readonly string[]
  /** Names of current pages that it found missing or damaged in KV. */
  readonly lost: readonly string[]
}

/** The pages of one portion. */
export interface Prepared extends Offer {
  /** Names the run in all later calls. */
  readonly fence: number
  /** No head was ever logged, or the log was lost: commit wants to see the head in KV. */
  readonly isLogEmpty: boolean
}

/**
 * Begins a run, which ends all others, or goes on with one. Ask again while `more`, then commit.
 *
 * @throws {ProductError} `run_conflict` when another run has begun or committed meanwhile.
 */
export async function prepare(publisher: Publisher, portion: Portion | null): Promise<Prepared> {
  let state = portion === null ? await begin(publisher) : await goOn(publisher, portion)
  state = await refillIfChanged(publisher, state)
  state = await feed(publisher, state)
  if (state.staged !== null) state = await stage(publisher, state)
  const last = await statement(publisher.db, lastEpoch).first<number | null>('epoch')
  return { fence: state.fence, isLogEmpty: last === null, ...(await offer(publisher, state)) }
}

/**
 * A new run. If all that a run before it staged is in KV and was only not committed, newer records are read first;
 * otherwise that content is finished, or it would never be while records change.
 */
async function begin({ db, now }: Publisher): Promise<State> {
  const row = await statement(db, takeFence(now())).first<StateRow>()
  const state = stateOf(row ?? undefined)
  if (state.staged === null) return state
  const waiting = await statement(
    db,
    sql`SELECT EXISTS (SELECT 1 FROM _flags_staged WHERE put_at IS NULL) OR EXISTS (SELECT 1 FROM _flags_dirty) AS n`,
  ).first<number>('n')
  return waiting === 1 ? state : { ...state, staged: null }
}

async function goOn(publisher: Publisher, { fence, acknowledged, lost }: Portion): Promise<State> {
  const results = await inFence<StateRow>(publisher, fence, [
    ...acknowledge(acknowledged),
    sql`UPDATE _flags_current SET lost = 1 WHERE name IN (SELECT value FROM json_each(${JSON.stringify(lost)}))`,
    sql`UPDATE _flags_state SET offered_at = ${publisher.now()}`,
    readState,
  ])
  return stateOf(results.at(-1)?.results[0])
}
