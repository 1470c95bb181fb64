/** Delivers notices, at least once: right after the act, and again until the receiver has taken them. */
import { sha256 } from '@meshloop/contract'
import { act } from '../audit/act.ts'
import type { CatalogEnv, World } from '../env.ts'
import { attempt, gone, type Outcome, type Turn } from './attempt.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
/** Between attempts: after the last one nobody tries any more. */
const pausesMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]
/** Whoever claimed a delivery and fell silent has lost it: longer than an attempt takes. */
const leaseMs = minute
/** A Worker waits for six answers at a time. */
const atOnce = 6
/** A receiver that fails is spared for so long at most: its other notices wait, and those of others do not wait for it. */
const sparedMs = 5 * minute

/** How much one run does. A round takes up to ten seconds; a Worker of the free plan sends 50 requests an invocation. */
export interface Bounds {
  readonly rounds: number
  /** No round begins after it. */
  readonly ms: number
}

/** Sends what is due: of each receiver the oldest, one at a time; of one that failed nothing more in this run. */
export async function deliverDue(
  env: CatalogEnv,
  world: World,
  { rounds, ms }: Bounds = { rounds: 7, ms: 35 * second },
): Promise<void> {
  const until = world.now() + ms
  const failing: string[] = []
  for (let round = 0; round < rounds && world.now() < until; round++) {
    const turns = await claim(env.DB, world.now(), failing)
    if (turns.length === 0) return
    const failed = await Promise.all(turns.map((turn) => deliver(env, world, turn)))
    failing.push(...turns.flatMap(({ webhook }, at) => (failed[at] ? [webhook] : [])))
  }
}

/** Counts the attempt before it is made, and moves its next time on: so no two runs make the same one. */
async function claim(db: D1Database, now: number, failing: readonly string[]): Promise<readonly Turn[]> {
  const { results } = await db
    .prepare(
      `UPDATE deliveries SET attempts = attempts + 1, next_at = ?2 WHERE (webhook, notice) IN (
         SELECT webhook, notice FROM (
           SELECT webhook, notice, next_at, row_number() OVER (PARTITION BY webhook ORDER BY next_at, notice) AS place
           FROM deliveries WHERE state = 'waiting' AND next_at <= ?1
             AND webhook NOT IN (SELECT value FROM json_each(?3)))
         WHERE place = 1 ORDER BY next_at LIMIT ${atOnce})
       RETURNING webhook, notice, attempts, (SELECT url FROM webhooks WHERE id = webhook) AS url,
         (SELECT body FROM notices WHERE id = notice) AS body`,
    )
    .bind(timeOf(now), timeOf(now + leaseMs), JSON.stringify(failing))
    .all<Turn>()
  return results
}

/** Makes the attempt and notes how it went. Answers whether it failed. */
async function deliver(env: CatalogEnv, world: World, turn: Turn): Promise<boolean> {
  const outcome = await attempt(env, world, turn)
  if (outcome.status === gone) await endForReceiver(env.DB, world, turn, outcome)
  else await note(env.DB, world.now(), turn, outcome)
  return outcome.error !== null
}

async function note(db: D1Database, now: number, turn: Turn, outcome: Outcome): Promise<void> {
  if (outcome.error === null) {
    await outcomeStatement(db, now, turn, outcome, { state: 'delivered', next_at: null }).run()
    return
  }
  const pause = pausesMs[turn.attempts - 1]
  const retryAt = pause === undefined ? null : now + pause + (await jitterMs(turn, pause))
  await db.batch([
    outcomeStatement(db, now, turn, outcome, {
      state: retryAt === null ? 'failed' : 'waiting',
      next_at: retryAt === null ? null : timeOf(retryAt),
    }),
    db
      .prepare(`UPDATE deliveries SET next_at = max(next_at, ?2) WHERE webhook = ?1 AND state = 'waiting'`)
      .bind(turn.webhook, timeOf(Math.min(retryAt ?? Infinity, now + sparedMs))),
  ])
}

/** Somebody who took over, because this attempt took too long, has the word: `attempts` tells. */
function outcomeStatement(
  db: D1Database,
  now: number,
  { webhook, notice, attempts }: Turn,
  { status, error }: Outcome,
  { state, next_at }: { readonly state: 'waiting' | 'delivered' | 'failed'; readonly next_at: string | null },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET state = ?4, next_at = ?5, last_at = ?6, last_status = ?7, last_error = ?8
       WHERE webhook = ?1 AND notice = ?2 AND attempts = ?3 AND state = 'waiting'`,
    )
    .bind(webhook, notice, attempts, state, next_at, timeOf(now), status, error)
}

async function endForReceiver(
  db: D1Database,
  { now, newId }: World,
  turn: Turn,
  outcome: Outcome,
): Promise<void> {
  const at = timeOf(now())
  const webhook = await db
    .prepare('SELECT owner FROM webhooks WHERE id = ?1 AND ended_at IS NULL')
    .bind(turn.webhook)
    .first<{ owner: string }>()
  if (!webhook) return
  await act(
    { db, at, newId },
    {
      what: 'webhook.ended',
      by: 'receiver',
      about: { webhook: turn.webhook, owner: webhook.owner },
      statements: [
        outcomeStatement(db, now(), turn, outcome, { state: 'failed', next_at: null }),
        ...endStatements(db, { webhook: turn.webhook, by: 'receiver', at }),
      ],
    },
  )
}

/** The statements that end a webhook: what still waits is never sent. */
export const endStatements = (
  db: D1Database,
  { webhook, by, at }: { readonly webhook: string; readonly by: string; readonly at: string },
): readonly D1PreparedStatement[] => [
  db.prepare('UPDATE webhooks SET ended_at = ?2, ended_by = ?3 WHERE id = ?1').bind(webhook, at, by),
  db
    .prepare(
      `UPDATE deliveries SET state = 'failed', next_at = NULL, last_error = coalesce(last_error, 'the webhook was ended')
       WHERE webhook = ?1 AND state = 'waiting'`,
    )
    .bind(webhook),
]

/** Up to a tenth of the pause, the same each time: retries of many do not all come at once. */
async function jitterMs({ webhook, notice, attempts }: Turn, pauseMs: number): Promise<number> {
  const share = Number.parseInt((await sha256(`${webhook} ${notice} ${attempts}`)).slice(0, 1), 36)
  return Number.isNaN(share) ? 0 : Math.floor((pauseMs / 10) * (share / 36))
}

const timeOf = (ms: number): string => new Date(ms).toISOString()
