/** Webhooks: where a domain or a consumer is told what happened. */
import { clientIdSchema } from '@meshloop/access/claims'
import * as z from 'zod'
import { findClient } from '../clients/client-store.ts'
import { decidesFor, speaksFor, type Actor } from '../people/actor.ts'

/** What is said of a webhook when it is made. */
export const webhookSchema = z.discriminatedUnion('owner_kind', [
  z.strictObject({
    owner_kind: z.literal('domain'),
    owner: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
    url: z.string(),
  }),
  z.strictObject({ owner_kind: z.literal('consumer'), owner: clientIdSchema, url: z.string() }),
])

/** See {@link webhookSchema}. */
export type WebhookInput = z.output<typeof webhookSchema>

/** A webhook as it is kept; its secret is not. Times are RFC 3339. */
export interface Webhook {
  readonly id: string
  readonly owner_kind: 'domain' | 'consumer'
  readonly owner: string
  readonly url: string
  readonly created_by: string
  readonly created_at: string
  readonly ended_at: string | null
  /** Who ended it: an actor, or `receiver` by answering 410. */
  readonly ended_by: string | null
}

const columns = 'id, owner_kind, owner, url, created_by, created_at, ended_at, ended_by'

/** The webhook of that id, if the actor has to do with its owner: decides for the domain, or speaks for the consumer. */
export async function findWebhook(db: D1Database, actor: Actor, id: string): Promise<Webhook | null> {
  const webhook = await db.prepare(`SELECT ${columns} FROM webhooks WHERE id = ?1`).bind(id).first<Webhook>()
  return webhook && (await mayHave(db, actor, webhook)) ? webhook : null
}

/** Webhooks that the actor may have, the newest first; the newest 200. */
export async function listWebhooks(db: D1Database, actor: Actor): Promise<readonly Webhook[]> {
  const roles = rolesOf(actor)
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM webhooks WHERE ?1 OR (owner_kind = 'domain' AND owner IN (SELECT value FROM json_each(?2)))
         OR (owner_kind = 'consumer' AND (owner = ?4 OR owner IN (
           SELECT id FROM clients WHERE domain IN (SELECT value FROM json_each(?3)))))
       ORDER BY created_at DESC, id LIMIT 200`,
    )
    .bind(
      actor.kind === 'operator' ? 1 : 0,
      JSON.stringify(roles.filter(({ decides }) => decides).map(({ domain }) => domain)),
      JSON.stringify(roles.map(({ domain }) => domain)),
      actor.kind === 'client' ? actor.client.id : null,
    )
    .all<Webhook>()
  return results
}

/** Domains whose consumers the actor speaks for. */
function rolesOf(actor: Actor): readonly { readonly domain: string; readonly decides: boolean }[] {
  switch (actor.kind) {
    case 'operator':
      return []
    case 'client':
      return actor.client.decides ? [{ domain: actor.client.domain, decides: true }] : []
    case 'person':
      return actor.roles.map(({ domain, role }) => ({ domain, decides: role === 'owner' }))
  }
}

/** Whether the actor may have webhooks of that owner. */
export async function mayHave(
  db: D1Database,
  actor: Actor,
  { owner_kind, owner }: Pick<Webhook, 'owner_kind' | 'owner'>,
): Promise<boolean> {
  if (owner_kind === 'domain') return decidesFor(actor, owner)
  const consumer = await findClient(db, owner)
  return consumer?.kind === 'consumer' && speaksFor(actor, consumer)
}
