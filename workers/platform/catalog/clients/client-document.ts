/** What is shown of clients, to those who may see them. */
import type { CatalogEnv } from '../env.ts'
import { speaksFor, type Actor } from '../people/actor.ts'
import { listKeys, type ListedKey } from './client-keys.ts'
import { listClients, type Client } from './client-store.ts'
import { visibleClient } from './powers.ts'

/** A client with its keys, the newest first. */
export interface ClientDocument extends Client {
  readonly keys: readonly ListedKey[]
}

/** One client. Throws CatalogError `not_found`, also for one of others. */
export async function clientDocument(
  { DB }: Pick<CatalogEnv, 'DB'>,
  actor: Actor,
  id: string,
): Promise<ClientDocument> {
  const client = await visibleClient(DB, actor, id)
  return { ...client, keys: await listKeys(DB, client.id) }
}

/** The clients that an actor may see, of one domain or of all of its domains; by id, at most 1,000. */
export async function clientsDocument(
  { DB }: Pick<CatalogEnv, 'DB'>,
  actor: Actor,
  domain: string | null,
): Promise<{ readonly clients: readonly Client[] }> {
  const own = domainsOf(actor)
  const asked =
    own === null ? (domain === null ? null : [domain]) : own.filter((each) => [null, each].includes(domain))
  const clients = await listClients(DB, asked)
  return { clients: clients.filter((client) => speaksFor(actor, client)) }
}

/** The domains in which the actor may see a client; null: in all. */
function domainsOf(actor: Actor): readonly string[] | null {
  switch (actor.kind) {
    case 'operator':
      return null
    case 'client':
      return [actor.client.domain]
    case 'person':
      return actor.roles.map(({ domain }) => domain)
  }
}
