/** For whom an agent acts: what a mesh token says, and whether it still holds. */
import { verifyMeshToken, type MeshClaims } from '@meshloop/access/issue'
import { AccessError } from '@meshloop/access/verify'
import type { Authenticated } from '../clients/authenticate.ts'
import { allCount } from '../clients/client-keys.ts'
import { findClient, type Client } from '../clients/client-store.ts'
import { CatalogError } from '../problems.ts'
import type { Till } from './till.ts'

/** A consumer, and the token by which an agent acts for it. */
export interface ActingFor {
  readonly subject: Client
  readonly claims: MeshClaims
}

/** The consumer for which `agent` holds a mesh token. Throws CatalogError `subject_token_refused`. */
export async function subjectOf(
  db: D1Database,
  { keys, issuer, now }: Till,
  { client: agent }: Authenticated,
  meshToken: string,
): Promise<ActingFor> {
  const claims = await claimsOf(meshToken, { keys: keys.all, issuer, now })
  if (agent.kind !== 'consumer' || claims.may_act.sub !== agent.id)
    throw refused(`It is for another agent than ${agent.id}.`)
  const [subject, isBacked] = await Promise.all([
    findClient(db, claims.sub),
    allCount(db, claims.keys, new Date(now).toISOString()),
  ])
  if (subject?.kind !== 'consumer' || !isBacked) throw refused('The key that bought it was taken back.')
  return { subject, claims }
}

async function claimsOf(token: string, checks: Parameters<typeof verifyMeshToken>[1]): Promise<MeshClaims> {
  try {
    return await verifyMeshToken(token, checks)
  } catch (cause) {
    if (!(cause instanceof AccessError)) throw cause
    throw new CatalogError('subject_token_refused', cause.message, { cause })
  }
}

const refused = (reason: string): CatalogError =>
  new CatalogError('subject_token_refused', `The mesh token is refused. ${reason}`)
