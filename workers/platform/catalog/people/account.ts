/** What a person is told of themselves, and of the people of the domains that they decide for. */
import type { Role } from './actor.ts'
import { listRoles, type GivenRole } from './roles.ts'
import type { Session } from './sessions.ts'

/** The document behind `/account`. */
export interface AccountDocument {
  /** Whoever gives a role names this. */
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  /** Whether they only said who they are. */
  readonly development: boolean
  /** How to get a role. */
  readonly next: string
  /** The domains that they own, with who has a role there. */
  readonly owns: readonly { readonly domain: string; readonly people: readonly GivenRole[] }[]
}

/** Reads it. */
export async function accountDocument(
  db: D1Database,
  { person, development }: Session,
): Promise<AccountDocument> {
  const owned = person.roles.filter(({ role }) => role === 'owner')
  return {
    id: person.id,
    name: person.name,
    roles: person.roles,
    development,
    next: 'A role in a domain is given by its owners, or by the operator. Send them your id.',
    owns: await Promise.all(
      owned.map(async ({ domain }) => ({ domain, people: await listRoles(db, person, domain) })),
    ),
  }
}
