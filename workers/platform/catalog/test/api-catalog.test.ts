import { beforeAll, expect, it } from 'vitest'
import { accounts } from './contracts.ts'
import { ask, env, migrate, register } from './mesh.ts'

beforeAll(async () => {
  await migrate()
  await register(accounts)
})

it('lists where each product describes itself, for programs that look for interfaces (RFC 9727)', async () => {
  const response = await ask('/.well-known/api-catalog')
  expect(response.headers.get('content-type')).toMatch(/^application\/linkset\+json; profile=/)
  const { linkset } = await response.json<{ linkset: { anchor: string }[] }>()
  const [entry] = linkset
  expect(linkset).toHaveLength(1)
  expect(entry).toMatchObject({
    'service-desc': [
      { href: `${entry?.anchor}/openapi.json`, type: 'application/json', title: accounts.title },
    ],
    'service-doc': [{ href: `${entry?.anchor}/docs` }],
  })
  const head = await ask('/.well-known/api-catalog', { method: 'HEAD' })
  expect([head.status, head.headers.get('link')]).toEqual([
    200,
    `<${env.ISSUER}/.well-known/api-catalog>; rel="api-catalog"`,
  ])
})
