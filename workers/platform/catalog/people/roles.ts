/** Roles: what people are in domains. The operator gives them, and whoever decides for the domain. */
import * as z from 'zod'
import type { Scene } from '../env.ts'
import { act } from '../audit/act.ts'
import { CatalogError } from '../problems.ts'
import { decidesFor, nameOf, type Actor, type RoleName } from './actor.ts'

/** A role to give; `null` takes what the person has there. */
export const roleSchema = z.strictObject({
  person: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  domain: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  role: z.enum(['owner', 'member']).nullable(),
})

/** A role, given or taken. */
export type RoleChange = Readonly<z.output<typeof roleSchema>>

/** A role as those of the domain see it. `given_at` is RFC 3339. */
export interface GivenRole {
  readonly person: string
  readonly name: string
  readonly email: string | null
  readonly role: RoleName
  readonly given_by: string
  readonly given_at: string
}

/** So many people have a role in one domain. */
const maxPeople = 500

/**
 * Makes the person's role in the domain what it shall be; the same again changes nothing. It counts from the next request.
 * Throws CatalogError `owner_only`, `person_unknown`.
 */
export async function changeRole(
  scene: Scene,
  actor: Actor,
  { person, domain, role }: RoleChange,
): Promise<void> {
  checkDecides(actor, domain)
  const { db, at } = scene
  const known = await db
    .prepare(
      `SELECT (SELECT role FROM roles WHERE person = id AND domain = ?2) AS before FROM people WHERE id = ?1`,
    )
    .bind(person, domain)
    .first<{ before: RoleName | null }>()
  if (!known) throw new CatalogError('person_unknown', `Nobody with the id ${person} has signed in yet.`)
  if (known.before === role) return
  const by = nameOf(actor)
  await act(scene, {
    what: role === null ? 'role.taken' : 'role.given',
    by,
    about: { person, domain, role, before: known.before },
    statements: [
      role === null
        ? db.prepare('DELETE FROM roles WHERE person = ?1 AND domain = ?2').bind(person, domain)
        : roleStatement(db, { person, domain, role }, { by, at }),
    ],
  })
}

/** The statement that gives a role. */
export function roleStatement(
  db: D1Database,
  { person, domain, role }: RoleChange & { readonly role: RoleName },
  { by, at }: { readonly by: string; readonly at: string },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO roles (person, domain, role, given_by, given_at) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (person, domain) DO UPDATE SET role = excluded.role, given_by = excluded.given_by, given_at = excluded.given_at`,
    )
    .bind(person, domain, role, by, at)
}

/** Who has a role in the domain, by name. For those who decide there. Throws CatalogError `owner_only`. */
export async function listRoles(db: D1Database, actor: Actor, domain: string): Promise<readonly GivenRole[]> {
  checkDecides(actor, domain)
  const { results } = await db
    .prepare(
      `SELECT person, name, email, role, given_by, given_at FROM roles JOIN people ON people.id = person
       WHERE domain = ?1 ORDER BY name, person LIMIT ?2`,
    )
    .bind(domain, maxPeople)
    .all<GivenRole>()
  return results
}

function checkDecides(actor: Actor, domain: string): void {
  if (!decidesFor(actor, domain))
    throw new CatalogError('owner_only', `Only an owner of ${domain} and the operator decide on its roles.`)
}
