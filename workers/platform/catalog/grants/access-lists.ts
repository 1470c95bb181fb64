/** Requests and grants in lists: what an actor is shown of them, the same that it sees one by one. */
import type { Actor } from '../people/actor.ts'
import { grantColumns, grantOf } from './grant-store.ts'
import type { AccessRequest, Grant, RequestState } from './grant.ts'
import { requestColumns, requestOf } from './request-store.ts'

/** A list, cut off where it becomes long. */
export interface Listed<T> {
  readonly items: readonly T[]
  /** Whether there are others: ask for one product or one consumer. */
  readonly more: boolean
}

/** Side of the actor: it decides on the product, or it speaks for the consumer. */
export type Side = 'owner' | 'consumer'

/** What is looked for. */
export interface Question {
  /** Default: both sides. */
  readonly side?: Side
  readonly product?: string | undefined
  readonly consumer?: string | undefined
  /** RFC 3339: only grants that hold then. */
  readonly holdsAt?: string
  /** Only requests in this state. */
  readonly state?: RequestState | undefined
}

/** So many a list has. */
const maxItems = 100

/** The requests that the actor sees, the newest first. */
export async function listRequests(
  db: D1Database,
  actor: Actor,
  question: Question,
): Promise<Listed<AccessRequest>> {
  const { product = null, consumer = null, state } = question
  const { results } = await db
    .prepare(
      `SELECT ${requestColumns} FROM requests
       WHERE ${isSeen} AND (?5 IS NULL OR product = ?5) AND (?6 IS NULL OR consumer = ?6) AND ${isIn(state)}
       ORDER BY asked_at DESC, id LIMIT ${maxItems + 1}`,
    )
    .bind(...reachOf(actor, question.side), product, consumer)
    .all<Parameters<typeof requestOf>[0]>()
  return listed(results.map(requestOf))
}

/** The grants that the actor sees, the one that was changed last first. */
export async function listGrantsSeen(
  db: D1Database,
  actor: Actor,
  question: Question,
): Promise<Listed<Grant>> {
  const { product = null, consumer = null, holdsAt = null } = question
  const { results } = await db
    .prepare(
      `SELECT ${grantColumns} FROM grants
       WHERE ${isSeen} AND (?5 IS NULL OR product = ?5) AND (?6 IS NULL OR consumer = ?6)
         AND (?7 IS NULL OR (revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ?7)))
       ORDER BY updated_at DESC, id LIMIT ${maxItems + 1}`,
    )
    .bind(...reachOf(actor, question.side), product, consumer, holdsAt)
    .all<Parameters<typeof grantOf>[0]>()
  return listed(results.map(grantOf))
}

/** Written out, so that those that wait are found by their index, however many were decided. */
const isIn = (state: RequestState | undefined): string =>
  state === undefined ? 'TRUE' : `state = '${state}'`

/** `decidesFor` and `speaksFor` over the values of `reachOf`; a test compares. */
const isSeen = `(?1 = 1
  OR EXISTS (SELECT 1 FROM json_each(?2) WHERE value = substr(product, 1, instr(product, '.') - 1))
  OR consumer = ?4
  OR coalesce((SELECT domain FROM clients WHERE id = consumer), substr(consumer, 1, instr(consumer, '.') - 1))
    IN (SELECT value FROM json_each(?3)))`

/** Whether it sees everything; the domains that it decides for and those that it speaks for, as JSON; the consumer that it is. */
function reachOf(actor: Actor, side?: Side) {
  const asOwner = side !== 'consumer'
  const asConsumer = side !== 'owner'
  const reach = (owns: readonly string[], speaks: readonly string[], self: string | null) =>
    [
      0,
      JSON.stringify(asOwner ? owns : []),
      JSON.stringify(asConsumer ? speaks : []),
      asConsumer ? self : null,
    ] as const
  switch (actor.kind) {
    case 'operator':
      return [1, '[]', '[]', null] as const
    case 'client': {
      const { id, domain, decides } = actor.client
      const domains = decides ? [domain] : []
      return reach(domains, domains, id)
    }
    case 'person': {
      const owned = actor.roles.filter(({ role }) => role === 'owner')
      return reach(
        owned.map(({ domain }) => domain),
        actor.roles.map(({ domain }) => domain),
        null,
      )
    }
  }
}

const listed = <T>(found: readonly T[]): Listed<T> => ({
  items: found.slice(0, maxItems),
  more: found.length > maxItems,
})
