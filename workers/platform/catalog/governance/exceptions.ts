/** Exceptions to policies: recorded by the operator, with somebody who answers for them, a reason and an end. */
import { productIdSchema } from '@meshloop/access/claims'
import type { Day } from '@meshloop/contract'
import { meshPolicies, problemOfException, type Exception } from '@meshloop/contract/policies'
import * as z from 'zod'
import type { Scene } from '../env.ts'
import { act } from '../audit/act.ts'
import { CatalogError } from '../problems.ts'

/** What the operator sends to make, change or end an exception: it ends the day after `expires`. */
export const exceptionSchema = z.strictObject({
  /** Id of one of the mesh's, or `<domain>/<rule>` of a domain's own. */
  policy: z.string().regex(/^(?:[a-z][a-z0-9-]{0,30}\/)?[a-z][a-z0-9-]{0,62}$/),
  product: productIdSchema,
  /** Path in the contract: `fields.email.class`. Default: all of the product. */
  path: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,300}$/)
    .optional(),
  owner: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(1).max(1_000),
  expires: z.iso.date(),
})

/** An exception as the operator describes it. */
export type ExceptionInput = z.output<typeof exceptionSchema>

type ExceptionRow = Omit<Exception, 'path'> & { readonly path: string }

/** Throws CatalogError `body_malformed` for an exception that could never excuse anything. One that has ended may be recorded: so it is ended. */
export function checkException(exception: ExceptionInput, today: Day): void {
  const { policy, expires } = exception
  const known = policy.includes('/') || meshPolicies.some(({ id }) => id === policy)
  if (!known) {
    const ids = meshPolicies.map(({ id }) => id).join(', ')
    throw new CatalogError('body_malformed', `policy: there is no ${policy}; the mesh has ${ids}.`)
  }
  const problem = expires < today ? undefined : problemOfException(readException(exception), today)
  if (problem !== undefined) throw new CatalogError('body_malformed', `The exception ${problem}.`)
}

/** Records the exception, or makes it as described. The same again changes nothing, and is no act. */
export async function recordException(scene: Scene, by: string, exception: ExceptionInput): Promise<void> {
  const { db, at } = scene
  const { policy, product, path = '', owner, reason, expires } = exception
  const isRecorded = await db
    .prepare(
      `SELECT 1 FROM exceptions WHERE policy = ?1 AND product = ?2 AND path = ?3 AND owner = ?4 AND reason = ?5 AND expires = ?6`,
    )
    .bind(policy, product, path, owner, reason, expires)
    .first()
  if (isRecorded) return
  await act(scene, {
    what: 'exception.recorded',
    by,
    about: { policy, product, path, answers_for_it: owner, reason, expires },
    statements: [
      db
        .prepare(
          `INSERT INTO exceptions (policy, product, path, owner, reason, expires, created_at, updated_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
           ON CONFLICT (policy, product, path) DO UPDATE SET owner = excluded.owner, reason = excluded.reason,
             expires = excluded.expires, updated_at = excluded.updated_at`,
        )
        .bind(policy, product, path, owner, reason, expires, at),
    ],
  })
}

/** Exceptions of one product, or of all; ended ones too. At most 1,000, those that hold longest first. */
export async function listExceptions(db: D1Database, product?: string): Promise<readonly Exception[]> {
  const { results } = await db
    .prepare(
      `SELECT policy, product, path, owner, reason, expires FROM exceptions WHERE ?1 IS NULL OR product = ?1
       ORDER BY expires DESC, product, policy, path LIMIT 1000`,
    )
    .bind(product ?? null)
    .all<ExceptionRow>()
  return results.map(({ path, ...exception }) => (path === '' ? exception : { ...exception, path }))
}

/** Zod knows a day only as text, and an absent member as an undefined one. */
const readException = ({ path, ...exception }: ExceptionInput): Exception => ({
  ...exception,
  expires: exception.expires as Day,
  ...(path === undefined ? {} : { path }),
})
