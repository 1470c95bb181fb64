/** Signs a person in: their row, a new session and the entry in the audit log are one transaction. */
import { sha256 } from '@meshloop/contract'
import type { Context } from 'hono'
import { act } from '../audit/act.ts'
import type { CatalogApp, World } from '../env.ts'
import type { Identity } from './identify.ts'
import { personId } from './person-id.ts'
import { readSessionCookie, setSessionCookie } from './session-cookie.ts'
import { endSessionStatement, sessionStatement } from './sessions.ts'

/**
 * Begins a session under a new secret, and ends the one that the browser had: whoever planted a secret has nothing.
 * `more` makes statements that belong to the same transaction.
 */
export async function beginSession(
  c: Context<CatalogApp>,
  { now, newId, newSecret }: World,
  identity: Identity,
  more: (person: string, at: string) => readonly D1PreparedStatement[] = () => [],
): Promise<void> {
  const db = c.env.DB
  const at = new Date(now()).toISOString()
  const id = await personId(identity.issuer, identity.subject)
  const secret = newSecret()
  const before = readSessionCookie(c)
  await act(
    { db, at, newId },
    {
      what: 'person.signed_in',
      by: `person:${id}`,
      about: { issuer: identity.issuer },
      statements: [
        personStatement(db, id, identity, at),
        ...(before === undefined ? [] : [endSessionStatement(db, await sha256(before))]),
        await sessionStatement(db, { person: id, secret, formToken: newSecret(), now: now() }),
        ...more(id, at),
      ],
    },
  )
  setSessionCookie(c, secret)
}

function personStatement(
  db: D1Database,
  id: string,
  { issuer, subject, name, email }: Identity,
  at: string,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO people (id, issuer, subject, name, email, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, last_seen = excluded.last_seen`,
    )
    .bind(id, issuer, subject, name ?? `Person ${id.slice(0, 6)}`, email, at)
}
