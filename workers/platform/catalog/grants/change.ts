/** Changing what was granted: the owner changes its terms, owner or consumer end it. Tokens of the version before are denied. */
import { canonicalJson } from '@meshloop/contract'
import type { Scene } from '../env.ts'
import { act, isGuardFailure } from '../audit/act.ts'
import { nameOf, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import { deedOf, termsOf, type Told } from './deed.ts'
import { grantStatements } from './grant-store.ts'
import { holds, type Grant, type Terms } from './grant.ts'
import { grantSeen, productFor } from './sight.ts'
import { fitTerms } from './terms.ts'

/** What an owner changes. */
export interface GrantChange {
  readonly terms: Terms
  readonly reason: string
  /** The version that the owner had before it; default: whichever it is now. */
  readonly version?: number | undefined
}

/**
 * Gives a grant other terms, wider ones too: the owner answers for them. The same terms change nothing.
 *
 * Throws CatalogError `not_found`, `owner_only`, `grant_over`, `product_unknown`, `terms_invalid`, `overtaken`.
 */
export async function change(
  scene: Scene,
  actor: Actor,
  id: string,
  { terms, reason, version }: GrantChange,
): Promise<Grant> {
  const { it: before, owns, consumer } = await grantSeen(scene.db, actor, id)
  if (!owns) throw new CatalogError('owner_only', `An owner of ${before.product} changes this grant.`)
  if (!holds(before, scene.at)) throw over(before)
  // Whoever narrows what another owner has narrowed meanwhile would give back what that one took.
  if (version !== undefined && version !== before.version)
    throw new CatalogError(
      'overtaken',
      `The grant has been changed meanwhile: it is at version ${before.version}.`,
    )
  const { contract } = await productFor(scene.db, consumer, before)
  const given = fitTerms(terms, { contract, at: scene.at, anyScope: actor.kind === 'operator' })
  if (canonicalJson(given) === canonicalJson(termsOf(before))) return before
  const by = nameOf(actor)
  const told = { what: 'grant.changed', notice: 'grant.changed', by, before, reason } as const
  return write(scene, { ...before, ...given, decided_by: by }, told)
}

/** Ends a grant at once: the owner takes it back, or the consumer gives it back. Throws CatalogError `not_found`, `grant_over`, `overtaken`. */
export async function revoke(
  scene: Scene,
  actor: Actor,
  id: string,
  { reason }: { readonly reason: string },
): Promise<Grant> {
  const { it: before } = await grantSeen(scene.db, actor, id)
  if (before.revoked_at !== null) throw over(before)
  const by = nameOf(actor)
  const told = { what: 'grant.revoked', notice: 'grant.revoked', by, reason } as const
  return write(scene, { ...before, decided_by: by, revoked_at: scene.at }, told)
}

async function write(scene: Scene, changed: Grant, told: Told): Promise<Grant> {
  const grant = { ...changed, version: changed.version + 1, updated_at: scene.at }
  try {
    await act(scene, deedOf(grant, { ...told, grant }, grantStatements(scene.db, grant)))
    return grant
  } catch (error) {
    if (!isGuardFailure(error)) throw error
    throw new CatalogError('overtaken', 'The grant was changed at the same moment.')
  }
}

const over = ({ revoked_at, ends_at }: Grant): CatalogError =>
  new CatalogError(
    'grant_over',
    revoked_at === null ? `The grant ended at ${ends_at}.` : `The grant was revoked at ${revoked_at}.`,
  )
