/** Makes clients, and changes them: the operator any, the owner of a domain the consumers and sources of that domain. */
import { canonicalJson } from '@meshloop/contract'
import type { Scene } from '../env.ts'
import { act, guard, isGuardFailure } from '../audit/act.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import { domainOf } from '../products/product.ts'
import { findClient, putClientStatement, sourceNameOf, type Client } from './client-store.ts'
import { mayMake } from './powers.ts'

/**
 * Makes the client, or makes it as described; the same again changes nothing and is not written down. What is taken from a
 * source denies the tokens that it has.
 *
 * Throws CatalogError `body_malformed`, `owner_only`, `foreign_domain`, `client_taken`, `source_name_taken`.
 */
export async function makeClient(scene: Scene, actor: Actor, client: Client): Promise<Client> {
  checkShape(client)
  checkMaker(actor, client)
  const before = await findClient(scene.db, client.id)
  if (before && canonicalJson(before) === canonicalJson(client)) return client
  if (before) checkChange(actor, client, before)
  const { id, ...about } = client
  try {
    await act(scene, {
      what: before ? 'client.changed' : 'client.made',
      by: nameOf(actor),
      about: { client: id, ...about },
      statements: [
        isStill(scene.db, id, before),
        nameIsFree(scene.db, client),
        putClientStatement(scene.db, client, scene.at),
      ],
    })
  } catch (error) {
    if (!isGuardFailure(error)) throw error
    const now = await findClient(scene.db, id)
    // Whether this actor may make it has to be asked anew of what somebody else made of it.
    if (canonicalJson(now) !== canonicalJson(before)) return makeClient(scene, actor, client)
    throw new CatalogError(
      'source_name_taken',
      `Another source of one of these products is called "${sourceNameOf(client)}", as the last part of its id.`,
      { cause: error },
    )
  }
  return client
}

function checkShape({ kind, products, decides }: Client): void {
  if ((kind === 'source') !== products.length > 0) {
    throw new CatalogError(
      'body_malformed',
      'products: a source names the products that it sends to, nobody else does.',
    )
  }
  if (decides && kind !== 'consumer')
    throw new CatalogError('body_malformed', 'decides: only a consumer decides for its domain.')
}

function checkMaker(actor: Actor, client: Client): void {
  if (actor.kind === 'operator') return
  if (!mayMake(actor, client)) {
    throw new CatalogError(
      'owner_only',
      `An owner of ${client.domain} makes its consumers and sources; the operator makes the rest.`,
    )
  }
  // Readers of a list take the first part of an id for the domain: nobody wears the name of another one.
  if (domainOf(client.id) !== client.domain)
    throw new CatalogError('foreign_domain', `id: clients of ${client.domain} are called ${client.domain}.….`)
  const foreign = client.products.find((product) => domainOf(product) !== client.domain)
  if (foreign !== undefined)
    throw new CatalogError('foreign_domain', `products: ${foreign} is not one of ${client.domain}.`)
}

/** What it is stays, for the operator too: an owner’s consumer that became a publisher would bring along the keys that the owner made. */
function checkChange(actor: Actor, client: Client, before: Client): void {
  const isSameKind = before.domain === client.domain && before.kind === client.kind
  if (isSameKind && mayMake(actor, before)) return
  throw new CatalogError(
    'client_taken',
    `There is a client ${client.id} of another kind or domain. Choose another id.`,
  )
}

/** The client is as it was when it was judged who may change it. */
function isStill(db: D1Database, id: string, before: Client | null): D1PreparedStatement {
  const { kind, domain, products, decides } = before ?? {}
  const content = before && JSON.stringify([kind, domain, JSON.stringify(products), decides ? 1 : 0])
  return guard(
    db,
    '(SELECT json_array(kind, domain, products, decides) FROM clients WHERE id = ?1) IS ?2',
    id,
    content,
  )
}

/** Two sources of one product under one name would be one: each could say up to when the other is complete. */
function nameIsFree(db: D1Database, { id, kind, products }: Client): D1PreparedStatement {
  return guard(
    db,
    `?1 <> 'source' OR NOT EXISTS (
       SELECT 1 FROM clients AS other, json_each(other.products) AS its
       WHERE other.kind = 'source' AND other.id <> ?2 AND substr(other.id, -length(?3)) = ?3
         AND its.value IN (SELECT value FROM json_each(?4)))`,
    kind,
    id,
    `.${sourceNameOf({ id })}`,
    JSON.stringify(products),
  )
}
