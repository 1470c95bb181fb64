/** Sessions: who signed in and when it ends. The cookie's value is kept as its hash; roles are read with each request. */
import { sha256 } from '@meshloop/contract'
import type { Chore } from '../env.ts'
import type { Person, Role } from './actor.ts'
import { developmentIssuer } from './person-id.ts'
import { sessionSeconds } from './session-cookie.ts'

/** A session that counts. */
export interface Session {
  readonly person: Person
  /** Every form of a page carries it: another site does not know it. */
  readonly formToken: string
  /** Whether the person only said who they are: development sign-in. */
  readonly development: boolean
}

/** The session of a secret at a moment (RFC 3339); null if there is none, or none any more. */
export async function findSession(db: D1Database, secret: string, at: string): Promise<Session | null> {
  const row = await db
    .prepare(
      `SELECT form_token, people.id, issuer, name,
         (SELECT json_group_array(json_object('domain', domain, 'role', role)) FROM roles WHERE person = people.id) AS roles
       FROM sessions JOIN people ON people.id = person WHERE hash = ?1 AND ends_at > ?2`,
    )
    .bind(await sha256(secret), at)
    .first<{ form_token: string; id: string; issuer: string; name: string; roles: string }>()
  if (!row) return null
  return {
    // Roles are rows of a table that holds nothing else.
    person: { kind: 'person', id: row.id, name: row.name, roles: JSON.parse(row.roles) as Role[] },
    formToken: row.form_token,
    development: row.issuer === developmentIssuer,
  }
}

/** A session that begins. */
export interface NewSession {
  readonly person: string
  readonly secret: string
  readonly formToken: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The statement that begins it. */
export async function sessionStatement(db: D1Database, session: NewSession): Promise<D1PreparedStatement> {
  return db
    .prepare(
      'INSERT INTO sessions (hash, person, form_token, created_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5)',
    )
    .bind(
      await sha256(session.secret),
      session.person,
      session.formToken,
      new Date(session.now).toISOString(),
      new Date(session.now + sessionSeconds * 1000).toISOString(),
    )
}

/** The statement that ends the session of that hash, if it is there. */
export const endSessionStatement = (db: D1Database, hash: string): D1PreparedStatement =>
  db.prepare('DELETE FROM sessions WHERE hash = ?1').bind(hash)

/** Forgets sessions that have ended. */
export const forgetSessions: Chore = async ({ DB }, { now }) => {
  await DB.prepare('DELETE FROM sessions WHERE ends_at <= ?1').bind(new Date(now()).toISOString()).run()
}
