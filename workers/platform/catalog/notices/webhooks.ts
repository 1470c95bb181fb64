/** What owners of domains and who speaks for a consumer do with webhooks. */
import { act, guard, isGuardFailure } from '../audit/act.ts'
import type { CatalogEnv, Scene } from '../env.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import { mayBeSentTo } from './attempt.ts'
import { endStatements } from './deliver.ts'
import { webhookSecret } from './signature.ts'
import { findWebhook, listWebhooks, mayHave, type Webhook, type WebhookInput } from './webhook-store.ts'

/** Each is sent every notice: more of them than one needs for a change of address are a mistake. */
const maxOfOwner = 5

/** A new webhook and its secret, which is shown now and never again. */
export interface MadeWebhook {
  readonly id: string
  readonly secret: string
}

/** How a notice was delivered, or not yet. Times are RFC 3339. */
export interface Delivery {
  readonly notice: string
  readonly type: string
  readonly at: string
  readonly state: 'waiting' | 'delivered' | 'failed'
  readonly attempts: number
  /** When it is tried next; null if it is not. */
  readonly next_at: string | null
  readonly last_at: string | null
  readonly last_status: number | null
  readonly last_error: string | null
}

/** Makes a webhook. Throws CatalogError `webhook_unknown` for a foreign owner, `webhook_url_refused`, `webhooks_too_many`. */
export async function makeWebhook(
  env: CatalogEnv,
  scene: Scene,
  actor: Actor,
  { owner_kind, owner, url }: WebhookInput,
): Promise<MadeWebhook> {
  const { db, at } = scene
  if (!(await mayHave(db, actor, { owner_kind, owner }))) throw unknown()
  if (!mayBeSentTo(env, url))
    throw new CatalogError(
      'webhook_url_refused',
      'Notices go to an https address on a host that the operator allows, written plainly: no credentials, port or fragment.',
    )
  const id = `wh_${scene.newId()}`
  const by = nameOf(actor)
  const about = { webhook: id, owner_kind, owner, host: new URL(url).host }
  try {
    await act(scene, {
      what: 'webhook.made',
      by,
      // The path of an address is often a secret of its own.
      about,
      statements: [
        guard(
          db,
          `(SELECT count(*) FROM webhooks WHERE owner_kind = ?1 AND owner = ?2 AND ended_at IS NULL) < ${maxOfOwner}`,
          owner_kind,
          owner,
        ),
        db
          .prepare(
            'INSERT INTO webhooks (id, owner_kind, owner, url, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)',
          )
          .bind(id, owner_kind, owner, url, by, at),
      ],
    })
  } catch (cause) {
    if (!isGuardFailure(cause)) throw cause
    throw new CatalogError('webhooks_too_many', `${owner} has ${maxOfOwner} webhooks. End one first.`, {
      cause,
    })
  }
  return { id, secret: await webhookSecret(env.WEBHOOK_KEY, id) }
}

/** Ends a webhook; one that has ended stays so. Throws CatalogError `webhook_unknown`. */
export async function endWebhook(scene: Scene, actor: Actor, id: string): Promise<void> {
  const { db, at } = scene
  const webhook = await found(db, actor, id)
  if (webhook.ended_at !== null) return
  const by = nameOf(actor)
  const { owner_kind, owner } = webhook
  await act(scene, {
    what: 'webhook.ended',
    by,
    about: { webhook: id, owner_kind, owner },
    statements: endStatements(db, { webhook: id, by, at }),
  })
}

/** Has a notice sent again, at once and with all its attempts. Throws CatalogError `webhook_unknown`, `webhook_ended`. */
export async function retryDelivery(
  { db, at }: Pick<Scene, 'db' | 'at'>,
  actor: Actor,
  { webhook: id, notice }: { readonly webhook: string; readonly notice: string },
): Promise<void> {
  const webhook = await found(db, actor, id)
  if (webhook.ended_at !== null)
    throw new CatalogError('webhook_ended', `${id} was ended at ${webhook.ended_at}.`)
  const { meta } = await db
    .prepare(
      `UPDATE deliveries SET state = 'waiting', next_at = ?3, attempts = CASE state WHEN 'waiting' THEN attempts ELSE 0 END
       WHERE webhook = ?1 AND notice = ?2`,
    )
    .bind(id, notice, at)
    .run()
  if (meta.changes === 0) throw unknown()
}

/** Webhooks that the actor has to do with, the newest first. */
export const webhooksDocument = async ({ DB }: CatalogEnv, actor: Actor) => ({
  webhooks: await listWebhooks(DB, actor),
})

/** A webhook with its last 100 deliveries, the newest notice first. Throws CatalogError `webhook_unknown`. */
export async function webhookDocument(
  { DB }: CatalogEnv,
  actor: Actor,
  id: string,
): Promise<Webhook & { readonly deliveries: readonly Delivery[] }> {
  const webhook = await found(DB, actor, id)
  const { results } = await DB.prepare(
    `SELECT notice, type, at, state, attempts, next_at, last_at, last_status, last_error
     FROM deliveries JOIN notices ON notices.id = notice WHERE webhook = ?1 ORDER BY at DESC, notice LIMIT 100`,
  )
    .bind(id)
    .all<Delivery>()
  return { ...webhook, deliveries: results }
}

async function found(db: D1Database, actor: Actor, id: string): Promise<Webhook> {
  const webhook = await findWebhook(db, actor, id)
  if (webhook === null) throw unknown()
  return webhook
}

/** Of others and not there are the same: nobody learns what others have. */
const unknown = (): CatalogError =>
  new CatalogError('webhook_unknown', 'There is no such webhook, owner or notice of yours.')
