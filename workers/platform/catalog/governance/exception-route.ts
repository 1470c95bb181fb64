/** The operator's exceptions. Each says how it shall be, so that it may be sent again. */
import { Hono } from 'hono'
import { bearer } from '../clients/bearer.ts'
import { isOperatorKey } from '../clients/operator-key.ts'
import { dayOf, sceneOf, type CatalogApp, type World } from '../env.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { checkException, exceptionSchema, recordException } from './exceptions.ts'

/** `POST /exceptions`, for the holder of OPERATOR_KEY. */
export function exceptionRoute(world: World) {
  return new Hono<CatalogApp>().post('/exceptions', async (c) => {
    // The operator and nobody else: a domain that could except itself from what the mesh asks of all would be asked nothing.
    if (!(await isOperatorKey(c.env, bearer(c.req.header('authorization'), 'operator_only'))))
      throw new CatalogError('operator_only', 'This is not the operator’s key.')
    const exception = await readJson(c, exceptionSchema)
    const scene = sceneOf(c.env, world)
    checkException(exception, dayOf(scene.at))
    await recordException(scene, 'operator', exception)
    return c.json(exception)
  })
}
