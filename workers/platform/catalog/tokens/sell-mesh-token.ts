/** Sells a consumer the token that it hands to an agent. */
import { meshScope, signMeshToken } from '@meshloop/access/issue'
import type { Authenticated } from '../clients/authenticate.ts'
import { findClient } from '../clients/client-store.ts'
import { CatalogError } from '../problems.ts'
import type { Purchase } from './token-request.ts'
import { lifeOf, type Sold, type Till } from './till.ts'

/** As long as an agent works at something; it is looked at anew with each exchange. */
const lifetimeSeconds = 3_600

/**
 * Sells a mesh token: it reads nothing, and only the agent that is named can exchange it. Throws CatalogError `right_missing`,
 * `agent_unknown`.
 */
export async function sellMeshToken(
  db: D1Database,
  till: Till,
  { client, key }: Authenticated,
  { scope, mayAct }: Purchase,
): Promise<Sold> {
  if (client.kind !== 'consumer')
    throw new CatalogError(
      'right_missing',
      `${client.id} is a ${client.kind}; agents act for consumers only.`,
    )
  if (scope !== null && scope !== meshScope)
    throw new CatalogError('right_missing', `A mesh token has the scope "${meshScope}" and no other.`)
  const agent = mayAct === null ? null : await findClient(db, mayAct)
  if (agent?.kind !== 'consumer')
    throw new CatalogError('agent_unknown', 'may_act: send the id of the client that shall act, a consumer.')
  const { iat, exp } = lifeOf(till.now, lifetimeSeconds, [key.ends_at])
  const token = await signMeshToken(till.keys.signing, {
    iss: till.issuer,
    aud: till.issuer,
    sub: client.id,
    client_id: client.id,
    jti: till.newId(),
    iat,
    exp,
    scope: meshScope,
    may_act: { sub: agent.id },
    keys: [key.id],
  })
  return { token, scope: meshScope, expiresInSeconds: exp - iat }
}
