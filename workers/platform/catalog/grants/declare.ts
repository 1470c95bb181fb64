/** The operator's grants: said as they shall be, so `mesh dev` may repeat them all. */
import { canonicalJson } from '@meshloop/contract'
import type * as z from 'zod'
import { act, isGuardFailure, type Scene } from '../audit/act.ts'
import { deedOf, termsOf } from './deed.ts'
import { findGrant, grantStatements } from './grant-store.ts'
import { subjectSchema, termsSchema, type Grant } from './grant.ts'
import { nextVersion } from './next-version.ts'
import { inOrder } from './terms.ts'

/** What the operator sends to make or change a grant. */
export const declarationSchema = subjectSchema.extend(termsSchema.shape)

/** A grant as the operator describes it. */
export type Declaration = z.output<typeof declarationSchema>

/** Another one may be declaring the same grant at the same moment. */
const maxAttempts = 5

/**
 * Makes the grant, or makes it as described under the next version, also where it was revoked: the operator answers for it.
 * The same again changes nothing and is not written down. It may name a product that is not registered yet.
 */
export async function declare(
  scene: Scene,
  { scopes, view, ends_at, ...subject }: Declaration,
): Promise<Grant> {
  const { db } = scene
  const terms = inOrder({ scopes, view, ends_at })
  for (let attempt = 1; ; attempt++) {
    const before = await findGrant(db, subject)
    if (before && isSame(before, { ...subject, ...terms })) return before
    const grant = nextVersion(scene, { subject, terms, by: 'operator', before })
    const what = before && before.revoked_at === null ? 'grant.changed' : 'grant.approved'
    try {
      const told = { what, notice: what, by: 'operator', grant, before } as const
      await act(scene, deedOf(subject, told, grantStatements(db, grant)))
      return grant
    } catch (error) {
      if (!isGuardFailure(error) || attempt === maxAttempts) throw error
    }
  }
}

function isSame(before: Grant, declared: Declaration): boolean {
  const { purpose, ...terms } = declared
  return (
    before.revoked_at === null &&
    before.purpose === purpose &&
    canonicalJson(inOrder(termsOf(before))) === canonicalJson(inOrder(termsOf(terms)))
  )
}
