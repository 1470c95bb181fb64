/** Asking for access: a consumer says what it wants to read and what for; the owner decides, or the contract does. */
import type { Scene } from '../env.ts'
import { act, isGuardFailure } from '../audit/act.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import type { Product } from '../products/product.ts'
import { isAutomatic, isByContract, shownByContract } from './automatic.ts'
import { deedOf } from './deed.ts'
import { findGrant, grantStatements } from './grant-store.ts'
import type { AccessRequest, Grant, Subject, Terms } from './grant.ts'
import { nextVersion } from './next-version.ts'
import { hasAskedEnough, isWaiting, newRequestStatements } from './request-store.ts'
import { consumerOf, productFor } from './sight.ts'
import { fitTerms } from './terms.ts'

/** A grant that somebody asks for ends after so many days at the latest; then one asks again. */
export const longestDays = 731

/** So long is asked for by who says no end. */
const usualDays = 365

/**
 * Asks for a grant, or for other terms of the one that is there. One request of a consumer for a major waits at a time. The
 * request that is answered waits for the owner, or is approved: where the contract grants by itself.
 *
 * Throws CatalogError `consumer_unknown`, `product_unknown`, `terms_invalid`, `request_waiting`,
 * `requests_too_many`, `overtaken`.
 */
export async function ask(
  scene: Scene,
  actor: Actor,
  { consumer: consumerId, product: productId, major, purpose }: Subject,
  terms: Terms,
): Promise<AccessRequest> {
  const { db, at } = scene
  const subject = { consumer: consumerId, product: productId, major, purpose }
  const consumer = await consumerOf(db, actor, consumerId)
  const product = await productFor(db, consumer, subject)
  const anyScope = actor.kind === 'operator'
  const fitting = fitTerms(terms, { contract: product.contract, at, anyScope })
  const wants = anyScope ? fitting : withEnd(fitting, at)
  const before = await findGrant(db, subject)
  const waiting: AccessRequest = {
    id: scene.newId(),
    ...subject,
    wants,
    state: 'waiting',
    asked_by: nameOf(actor),
    asked_at: at,
    decided_by: null,
    decided_at: null,
    reason: null,
    granted: null,
  }
  // Where a person has decided, the contract no longer does: what an owner took back does not come back by asking.
  const byContract = isAutomatic(product.contract, wants) && (before === null || isByContract(before))
  try {
    return byContract
      ? await approveAtOnce(scene, waiting, product, before)
      : await waitForOwner(scene, waiting)
  } catch (error) {
    if (!isGuardFailure(error)) throw error
    throw await whyNot(scene, subject)
  }
}

async function whyNot({ db, at }: Scene, subject: Subject): Promise<CatalogError> {
  const { consumer, product, major } = subject
  if (await isWaiting(db, subject))
    return new CatalogError(
      'request_waiting',
      `A request of ${consumer} for ${product} ${major} waits already.`,
    )
  if (await hasAskedEnough(db, consumer, at))
    return new CatalogError('requests_too_many', `${consumer} has asked too often today.`)
  return new CatalogError('overtaken', 'The grant was changed at the same moment.')
}

async function waitForOwner(scene: Scene, request: AccessRequest): Promise<AccessRequest> {
  const told = { what: 'request.made', by: request.asked_by, notice: 'grant.requested', request } as const
  await act(scene, deedOf(request, told, newRequestStatements(scene.db, request)))
  return request
}

async function approveAtOnce(
  scene: Scene,
  waiting: AccessRequest,
  { contract }: Product,
  before: Grant | null,
): Promise<AccessRequest> {
  const { db, at } = scene
  const by = `contract:${contract.id}@${contract.version}`
  const { wants } = waiting
  const terms = { ...wants, view: shownByContract(contract, wants.view) }
  const grant = nextVersion(scene, { subject: waiting, terms, by, before })
  const request: AccessRequest = {
    ...waiting,
    state: 'approved',
    decided_by: by,
    decided_at: at,
    granted: grant.id,
  }
  const told = { what: 'grant.approved', by, notice: 'grant.approved', request, grant, before } as const
  const statements = [...newRequestStatements(db, request), ...grantStatements(db, grant)]
  await act(scene, deedOf(request, told, statements))
  return request
}

/** Only the operator asks for ever. Throws CatalogError `terms_invalid`. */
function withEnd(terms: Terms, at: string): Terms {
  const ends_at = terms.ends_at ?? daysAfter(at, usualDays)
  const latest = daysAfter(at, longestDays)
  if (ends_at <= latest) return { ...terms, ends_at }
  const detail = `access ends at the latest ${longestDays} days from now, on ${latest.slice(0, 10)}`
  throw new CatalogError('terms_invalid', `/ends_at: ${detail}`, {
    errors: [{ pointer: '/ends_at', detail }],
  })
}

const daysAfter = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * 86_400_000).toISOString()
