/** The operator's requests: clients, grants and exceptions. Each says how it shall be, so `mesh dev` may repeat them all. */
import { equalHashes, hashClientKey } from '@meshloop/access/issue'
import { Hono } from 'hono'
import * as z from 'zod'
import { dayOf, type CatalogApp, type World } from '../env.ts'
import { checkException, exceptionSchema, putException } from '../governance/exceptions.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { bearer } from './bearer.ts'
import { clientSchema, putClientStatement } from './client-store.ts'
import { grantSchema, putGrant } from '../grants/grant-store.ts'

/** A client whose key somebody else made: its SHA-256, base64url. */
const declaredSchema = clientSchema.extend({ secret_hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })

/** `POST /clients`, `POST /grants` and `POST /exceptions`, for the holder of OPERATOR_KEY. */
export function operatorRoutes({ now, newId }: World) {
  return new Hono<CatalogApp>()
    .post('/clients', async (c) => {
      await checkOperator(c.req.header('authorization'), c.env.OPERATOR_KEY)
      const { secret_hash, ...client } = await readJson(c, declaredSchema)
      if ((client.kind === 'source') !== client.products.length > 0) {
        throw new CatalogError(
          'body_malformed',
          'products: a source names the products that it sends to, nobody else does.',
        )
      }
      const at = new Date(now()).toISOString()
      await c.env.DB.batch([
        putClientStatement(c.env.DB, client, at),
        c.env.DB.prepare(
          `INSERT INTO client_keys (id, client, kind, hash, created_by, created_at)
           SELECT ?1, ?2, 'secret', ?3, 'operator', ?4 WHERE NOT EXISTS (SELECT 1 FROM client_keys WHERE client = ?2 AND hash = ?3)`,
        ).bind(newId(), client.id, secret_hash, at),
      ])
      return c.json(client)
    })
    .post('/grants', async (c) => {
      await checkOperator(c.req.header('authorization'), c.env.OPERATOR_KEY)
      const grant = await readJson(c, grantSchema)
      return c.json(await putGrant(c.env.DB, grant, { id: newId(), at: new Date(now()).toISOString() }))
    })
    .post('/exceptions', async (c) => {
      // The operator and nobody else: a domain that could except itself from what the mesh asks of all would be asked nothing.
      await checkOperator(c.req.header('authorization'), c.env.OPERATOR_KEY)
      const exception = await readJson(c, exceptionSchema)
      const at = new Date(now()).toISOString()
      checkException(exception, dayOf(at))
      await putException(c.env.DB, exception, at)
      return c.json(exception)
    })
}

async function checkOperator(authorization: string | undefined, operatorKey: string): Promise<void> {
  const key = bearer(authorization, 'operator_only')
  const same = equalHashes(await hashClientKey(key), await hashClientKey(operatorKey))
  // An unset secret must not be matched by an empty key.
  if (!same || operatorKey.length < 16)
    throw new CatalogError('operator_only', 'This is not the operator’s key.')
}
