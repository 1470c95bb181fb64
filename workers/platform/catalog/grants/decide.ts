/** Deciding on a request: the owner approves, with less if need be, or refuses; the consumer withdraws. */
import type { Scene } from '../env.ts'
import { act, isGuardFailure } from '../audit/act.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import { deedOf, type Told } from './deed.ts'
import { findGrant, grantStatements } from './grant-store.ts'
import type { AccessRequest, Terms } from './grant.ts'
import { whereWider } from './narrower.ts'
import { nextVersion } from './next-version.ts'
import { decisionStatements, findRequest, type Decision } from './request-store.ts'
import { productFor, requestSeen } from './sight.ts'
import { fitTerms } from './terms.ts'

/** How an owner approves. */
export interface Approval {
  /** Default: what was asked for. */
  readonly terms?: Terms | undefined
  /** For the consumer to read. */
  readonly reason?: string | undefined
}

/**
 * Makes the request a grant, or the next version of the one that is there. The terms are those that were asked for, or narrower.
 *
 * Throws CatalogError `not_found`, `owner_only`, `request_decided`, `product_unknown`, `terms_invalid`, `terms_wider`, `overtaken`.
 */
export async function approve(
  scene: Scene,
  actor: Actor,
  id: string,
  { terms, reason }: Approval = {},
): Promise<AccessRequest> {
  const { db, at } = scene
  const { it: request, consumer } = await requestToDecide(scene, actor, id)
  // It may have become internal, and lost fields, since it was asked for.
  const { contract } = await productFor(db, consumer, request)
  const context = { contract, at, anyScope: request.asked_by === 'operator' || actor.kind === 'operator' }
  const given = fitTerms(terms ?? request.wants, context)
  const wider = whereWider(given, request.wants, contract)
  if (wider !== undefined)
    throw new CatalogError('terms_wider', `${wider} goes beyond what ${request.consumer} asked for.`)
  const by = nameOf(actor)
  const before = await findGrant(db, request)
  const grant = nextVersion(scene, { subject: request, terms: given, by, before })
  return decide(
    scene,
    request,
    { state: 'approved', decided_by: by, decided_at: at, reason: reason ?? null, granted: grant.id },
    { what: 'grant.approved', notice: 'grant.approved', by, grant, before, reason: reason ?? null },
    grantStatements(db, grant),
  )
}

/** Refuses the request. Throws CatalogError `not_found`, `owner_only`, `request_decided`. */
export async function refuse(
  scene: Scene,
  actor: Actor,
  id: string,
  { reason }: { readonly reason: string },
): Promise<AccessRequest> {
  const { it: request } = await requestToDecide(scene, actor, id)
  const by = nameOf(actor)
  return decide(
    scene,
    request,
    { state: 'refused', decided_by: by, decided_at: scene.at, reason, granted: null },
    { what: 'request.refused', notice: 'grant.refused', by, reason },
  )
}

/** Takes the request back, for its consumer. Throws CatalogError `not_found`, `consumer_only`, `request_decided`. */
export async function withdraw(scene: Scene, actor: Actor, id: string): Promise<AccessRequest> {
  const { it: request, speaks } = await requestSeen(scene.db, actor, id)
  if (!speaks)
    throw new CatalogError('consumer_only', `Only who speaks for ${request.consumer} withdraws its request.`)
  const by = nameOf(actor)
  return decide(
    scene,
    request,
    { state: 'withdrawn', decided_by: by, decided_at: scene.at, reason: null, granted: null },
    { what: 'request.withdrawn', by },
  )
}

async function requestToDecide({ db }: Scene, actor: Actor, id: string) {
  const seen = await requestSeen(db, actor, id)
  if (!seen.owns)
    throw new CatalogError('owner_only', `An owner of ${seen.it.product} decides on this request.`)
  if (seen.it.state !== 'waiting') throw decided(seen.it)
  return seen
}

/** The decision and what follows from it, unless another one came first. */
async function decide(
  scene: Scene,
  request: AccessRequest,
  decision: Decision,
  told: Told,
  more: readonly D1PreparedStatement[] = [],
): Promise<AccessRequest> {
  if (request.state !== 'waiting') throw decided(request)
  try {
    const statements = [...decisionStatements(scene.db, request.id, decision), ...more]
    await act(scene, deedOf(request, { ...told, request }, statements))
  } catch (error) {
    if (!isGuardFailure(error)) throw error
    const now = await findRequest(scene.db, request.id)
    if (now && now.state !== 'waiting') throw decided(now)
    throw new CatalogError('overtaken', 'The grant was changed at the same moment.')
  }
  return { ...request, ...decision }
}

const decided = ({ state, decided_at }: AccessRequest): CatalogError =>
  new CatalogError('request_decided', `The request was ${state} at ${decided_at}.`)
