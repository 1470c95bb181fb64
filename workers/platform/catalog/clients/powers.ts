/** What an actor may do with a client. */
import { decidesFor, speaksFor, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import { findClient, type Client } from './client-store.ts'

/** Whether whoever decides for the client's domain may make it: what registers, runs or decides is for the operator to make. */
const isOrdinary = ({ kind, decides }: Pick<Client, 'kind' | 'decides'>): boolean =>
  (kind === 'consumer' || kind === 'source') && !decides

/** Whether the actor may say what the client is. */
export const mayMake = (actor: Actor, client: Client): boolean =>
  actor.kind === 'operator' || (decidesFor(actor, client.domain) && isOrdinary(client))

/** Whether the actor may make keys for it: whoever may make the client, and the client itself, so that programs rotate their keys. */
export const mayMakeKeys = (actor: Actor, client: Client): boolean =>
  mayMake(actor, client) || isItself(actor, client)

/** Whether the actor may take its keys back: its domain's owner also those that only the operator makes. */
export const mayRevokeKeys = (actor: Actor, client: Client): boolean =>
  decidesFor(actor, client.domain) || isItself(actor, client)

/** Whether the actor is the client. */
export const isItself = (actor: Actor, { id }: Pick<Client, 'id'>): boolean =>
  actor.kind === 'client' && actor.client.id === id

/** The client, if the actor may see it. Throws CatalogError `not_found`: one that is not there and one of others are answered alike. */
export async function visibleClient(db: D1Database, actor: Actor, id: string): Promise<Client> {
  const client = await findClient(db, id)
  if (client && speaksFor(actor, client)) return client
  throw new CatalogError('not_found', 'There is no such client, or it is not yours to see.')
}
