/** The operator's grants: said as they shall be, so that `mesh dev` and deploys may repeat them all. */
import { canonicalJson } from '@meshloop/contract'
import type * as z from 'zod'
import type { Scene } from '../env.ts'
import { act, isGuardFailure } from '../audit/act.ts'
import { deedOf, termsOf } from './deed.ts'
import { findGrant, grantStatements } from './grant-store.ts'
import { lastEventBy } from './grant-history.ts'
import { subjectSchema, termsSchema, type Grant, type Terms } from './grant.ts'
import { nextVersion } from './next-version.ts'
import { inOrder } from './terms.ts'

/** What the operator sends to make or change a grant. */
export const declarationSchema = subjectSchema.extend(termsSchema.shape)

/** A grant as the operator describes it. */
export type Declaration = z.output<typeof declarationSchema>

/** Another one may be declaring the same grant at the same moment. */
const maxAttempts = 5

/**
 * Makes the grant, or makes it as described under the next version. The same again changes nothing and is not written down,
 * also where an owner has changed or revoked the grant since: repeating what was said before decides nothing anew. It may
 * name a product that is not registered yet.
 */
export async function declare(
  scene: Scene,
  { scopes, view, ends_at, rows_per_day, ...subject }: Declaration,
): Promise<Grant> {
  const { db } = scene
  const terms = inOrder({ scopes, view, ends_at, rows_per_day })
  const { purpose } = subject
  for (let attempt = 1; ; attempt++) {
    const before = await findGrant(db, subject)
    if (before && (await isSaid(db, before, { purpose, terms }))) return before
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

/** What is declared of a subject. */
interface Said {
  readonly purpose: string
  readonly terms: Terms
}

/** Whether the grant is so, or the operator has said so last. */
async function isSaid(db: D1Database, before: Grant, said: Said): Promise<boolean> {
  const isNow = before.revoked_at === null && isSame({ purpose: before.purpose, terms: before }, said)
  if (isNow) return true
  const last = await lastEventBy(db, before.id, 'operator')
  return last !== null && last.what !== 'grant.revoked' && isSame(last, said)
}

const isSame = (a: Said, b: Said): boolean =>
  a.purpose === b.purpose &&
  canonicalJson(inOrder(termsOf(a.terms))) === canonicalJson(inOrder(termsOf(b.terms)))
