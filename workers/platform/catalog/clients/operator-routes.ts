/** The operator's exceptions. Each says how it shall be, so `mesh dev` may repeat them all. */
import { equalHashes, hashClientKey } from '@meshloop/access/issue'
import { Hono } from 'hono'
import { dayOf, type CatalogApp, type World } from '../env.ts'
import { checkException, exceptionSchema, recordException } from '../governance/exceptions.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { bearer } from './bearer.ts'

/** `POST /exceptions`, for the holder of OPERATOR_KEY. */
export function operatorRoutes({ now, newId }: World) {
  return new Hono<CatalogApp>().post('/exceptions', async (c) => {
    // The operator and nobody else: a domain that could except itself from what the mesh asks of all would be asked nothing.
    await checkOperator(c.req.header('authorization'), c.env.OPERATOR_KEY)
    const exception = await readJson(c, exceptionSchema)
    const at = new Date(now()).toISOString()
    checkException(exception, dayOf(at))
    await recordException({ db: c.env.DB, at, newId }, 'operator', exception)
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
