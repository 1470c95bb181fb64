/** Access as data: what an actor decides on, what it has and what waits; one request; one grant. */
import type { Class, Contract } from '@meshloop/contract'
import { filterable } from '@meshloop/contract'
import type { CatalogEnv } from '../env.ts'
import type { Actor } from '../people/actor.ts'
import type { Ask } from '../products/ask-product.ts'
import type { Product } from '../products/product.ts'
import { findProduct } from '../products/product-store.ts'
import { useForOwner, usesOf, type OwnersUse, type Usage } from '../products/usage.ts'
import { listGrantsSeen, listRequests, type Listed } from './access-lists.ts'
import { findGrant } from './grant-store.ts'
import { holds, type AccessRequest, type Grant } from './grant.ts'
import { readGrantHistory, type GrantEvent } from './grant-history.ts'
import { grantSeen, requestSeen, type Standing } from './sight.ts'
import { fieldsShown } from './terms.ts'
import { viewUnder } from './view-under.ts'

/** When and for whom a document is made. */
export interface Reading {
  readonly actor: Actor
  /** RFC 3339 */
  readonly at: string
  readonly askUsage: Ask<Usage>
}

/** A grant on a product of the actor's, with who reads what, how much and when last; null where nobody can tell. */
export interface GivenGrant extends Grant {
  readonly use: OwnersUse | null
}

/** What an actor has to do with access. */
export interface AccessDocument {
  /** Requests that wait for the actor's decision. */
  readonly to_decide: Listed<AccessRequest>
  /** Grants that hold, on products that it decides on. */
  readonly given: Listed<GivenGrant>
  /** Grants that hold, of consumers that it speaks for. */
  readonly held: Listed<Grant>
  /** Requests of those consumers that wait. */
  readonly asked: Listed<AccessRequest>
}

/** A product, as far as terms are about it. */
export interface TermsOf {
  readonly title: string
  readonly version: string
  /** In the contract's order. `shown`: by the terms in question, today. */
  readonly fields: readonly {
    readonly name: string
    readonly class: Class
    readonly means: string
    readonly shown: boolean
  }[]
  /** Fields that rows can be chosen by. */
  readonly filterable: readonly string[]
}

/** One request. */
export interface RequestDocument {
  readonly request: AccessRequest
  /** The grant as it is now, which approval would change; null if there is none. */
  readonly grant: Grant | null
  /** Null where the product is no longer registered. */
  readonly product: TermsOf | null
  readonly may: Standing
}

/** One grant. */
export interface GrantDocument {
  readonly grant: Grant
  readonly holds: boolean
  /** Rows are counted for the owner alone. */
  readonly use: OwnersUse | null
  readonly product: TermsOf | null
  readonly may: Standing
  /** What happened to it, the newest first. */
  readonly history: readonly GrantEvent[]
}

/** Products that are asked for their use in one document: the rest says nothing. */
const maxAsked = 20

/** What the actor decides on, what it has, what waits. */
export async function accessDocument(
  env: CatalogEnv,
  { actor, at, askUsage }: Reading,
): Promise<AccessDocument> {
  const db = env.DB
  const [to_decide, given, held, asked] = await Promise.all([
    listRequests(db, actor, { side: 'owner', state: 'waiting' }),
    listGrantsSeen(db, actor, { side: 'owner', holdsAt: at }),
    listGrantsSeen(db, actor, { side: 'consumer', holdsAt: at }),
    listRequests(db, actor, { side: 'consumer', state: 'waiting' }),
  ])
  const uses = await readUses(env, given.items, askUsage)
  const items = given.items.map((grant) => ({ ...grant, use: uses.get(grant.id) ?? null }))
  return { to_decide, given: { ...given, items }, held, asked }
}

/** The request of that id. Throws CatalogError `not_found`, also for one that the actor does not see. */
export async function requestDocument(
  env: CatalogEnv,
  { actor }: Pick<Reading, 'actor'>,
  id: string,
): Promise<RequestDocument> {
  const { it: request, owns, speaks } = await requestSeen(env.DB, actor, id)
  const [grant, product] = await Promise.all([
    findGrant(env.DB, request),
    findProduct(env.DB, request.product, request.major),
  ])
  return {
    request,
    grant,
    product: product && termsOn(product, fieldsShown(product.contract, request.wants.view)),
    may: { owns, speaks },
  }
}

/** The grant of that id. Throws CatalogError `not_found`, also for one that the actor does not see. */
export async function grantDocument(
  env: CatalogEnv,
  { actor, at, askUsage }: Reading,
  id: string,
): Promise<GrantDocument> {
  const { it: grant, owns, speaks } = await grantSeen(env.DB, actor, id)
  const [product, history, uses] = await Promise.all([
    findProduct(env.DB, grant.product, grant.major),
    readGrantHistory(env.DB, id),
    readUses(env, [grant], askUsage),
  ])
  const use = uses.get(id) ?? null
  return {
    grant,
    holds: holds(grant, at),
    use: owns ? use : use && { ...use, rows_read_busiest_day: null },
    product: product && termsOn(product, fieldsUnder(product.contract, grant)),
    may: { owns, speaks },
    history,
  }
}

/** How grants are used, by id, as far as their products tell. */
async function readUses(
  env: CatalogEnv,
  grants: readonly Grant[],
  askUsage: Ask<Usage>,
): Promise<ReadonlyMap<string, OwnersUse>> {
  const majors = [...new Map(grants.map((grant) => [`${grant.product} ${grant.major}`, grant])).values()]
  const uses = majors.slice(0, maxAsked).map(async ({ product: id, major }) => {
    const product = await findProduct(env.DB, id, major)
    if (!product) return []
    const { document } = await askUsage(env, product)
    return grants
      .filter((grant) => grant.product === id && grant.major === major)
      .flatMap((grant) =>
        usesOf(product, [grant], document, []).map((use) => [grant.id, useForOwner(use, document)] as const),
      )
  })
  return new Map((await Promise.all(uses)).flat())
}

/** What tokens of the grant show today: of what was granted, what the contract still has and may show by it. */
function fieldsUnder(contract: Contract, grant: Grant): readonly string[] | null {
  const view = viewUnder(contract, grant)
  return 'reason' in view ? [] : view.columns
}

function termsOn({ contract }: Product, shown: readonly string[] | null): TermsOf {
  return {
    title: contract.title,
    version: contract.version,
    fields: Object.entries(contract.fields).map(([name, { class: each, means }]) => ({
      name,
      class: each,
      means,
      shown: shown === null || shown.includes(name),
    })),
    filterable: filterable(contract),
  }
}
