/**
 * The access matrix of the storefront: an operational app with its own customers, no part of the mesh's access. No credential
 * of the mesh opens anything here, and whatever changes something is refused to other sites.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { createStorefront } from '../app.ts'
import { openShop, type Shop } from './shop.ts'

/** Routes by method and path below the base path, and how they answer a call without contents. A route that is missing here fails. */
const answers: Readonly<Record<string, number>> = {
  'GET /': 200,
  'GET /style.css': 200,
  'POST /sign-in': 400,
  'GET /customers/:customer': 200,
  'POST /checkout': 400,
  'POST /address': 400,
  'GET /orders/:order': 404,
  'GET /inbox/:customer': 200,
  'GET /confirm/:token': 404,
  'POST /confirm/:token': 400,
  'GET /alarms': 200,
  'GET /problems/:code': 404,
}
const credentials = ['', 'Bearer x.y.z', 'Bearer ml_local_shop.storefront_key', 'Basic b3BlcmF0b3I6a2V5']

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})

describe('access', () => {
  const routes = createStorefront(() => shop.world)
    .routes.filter(({ path }) => !path.endsWith('*'))
    .map(({ method, path }) => `${method} ${path.replace('/shop/storefront', '') || '/'}`)
  const call = (route: string, headers: Readonly<Record<string, string>>) => {
    const [method = '', path = ''] = route.split(' ')
    const isWrite = method === 'POST'
    return shop.request(path.replace(/:\w+/, 'x'), {
      method,
      headers: { ...headers, ...(isWrite ? { 'content-type': 'application/json' } : {}) },
      ...(isWrite ? { body: '{}' } : {}),
    })
  }

  it('every route has an expectation', () => {
    expect(routes.toSorted()).toEqual(Object.keys(answers).toSorted())
  })

  it.each(Object.entries(answers))('%s: %i, whatever credential comes along', async (route, status) => {
    for (const authorization of credentials)
      expect((await call(route, { authorization })).status, authorization).toBe(status)
  })

  it.each(Object.keys(answers).filter((route) => route.startsWith('POST')))(
    '%s is refused to other sites',
    async (route) => {
      const response = await call(route, { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' })
      expect(response.status).toBe(403)
    },
  )
})
