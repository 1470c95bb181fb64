import { text, type Contract } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { listProducts } from '../products/product-store.ts'
import { accounts, orders } from './contracts.ts'
import { ask, deploy, env, migrate, register } from './mesh.ts'

const host = 'https://bounds.team.example'
/** As wide as most: forty fields, which all others have too, in other words. */
const wide = (id: Contract['id'], words: string): Contract => ({
  ...orders,
  id,
  fields: {
    ...orders.fields,
    ...Object.fromEntries(
      Array.from({ length: 34 }, (_, n) => [
        `field_${n}`,
        text(`The ${words} of number ${n}, as the team of ${id} sees it`),
      ]),
    ),
  },
})

function insert(id: string, contract: object): D1PreparedStatement {
  return env.DB.prepare(
    `INSERT INTO products VALUES (?1, 1, ?2, ?3, ?4, ?1, 'x.publisher', '2026-11-20T12:00:00.000Z', '2026-11-20T12:00:00.000Z')`,
  ).bind(id, id.slice(0, id.indexOf('.')), `https://${id}`, JSON.stringify(contract))
}

beforeAll(async () => {
  await migrate()
  await register(accounts)
})

describe('five hundred products', () => {
  beforeAll(async () => {
    const ids = Array.from({ length: 500 }, (_, n) => `team-${n}.data` as const)
    await env.DB.batch(ids.map((id) => insert(id, wide(id, 'meaning'))))
  })

  it('do not keep another from being judged and registered', async () => {
    const response = await deploy(wide('purchase.wide', 'sense'), host)
    expect(await response.json()).toMatchObject({ id: 'purchase.wide' })
    const { policies } = await (await ask('/products/purchase.wide.json')).json<{ policies: object[] }>()
    expect(policies.length).toBeLessThanOrEqual(200)
  })

  it('are listed, and each has its page', async () => {
    const { total } = await (await ask('/products.json')).json<{ total: number }>()
    expect(total).toBe(500)
    expect((await ask('/products/team-499.data')).status).toBe(200)
  })

  it('are listed without what they carry of foreign documents', async () => {
    const carried = { note: 'x'.repeat(200_000) }
    await insert('aaa.carrying', { ...orders, id: 'aaa.carrying', carried }).run()
    const all = await listProducts(env.DB)
    expect(all.find(({ id }) => id === 'aaa.carrying')?.contract).not.toHaveProperty('carried')
    const { contract } = await (await ask('/products/aaa.carrying.json')).json<{ contract: object }>()
    expect(contract).toMatchObject({ carried })
  })

  it('of one domain hide no product of another', async () => {
    const ids = Array.from({ length: 600 }, (_, n) => `aa.data-${n}` as const)
    await env.DB.batch(ids.map((id) => insert(id, { ...orders, id })))
    const listed = (await listProducts(env.DB)).map(({ id }) => id)
    expect(listed).toHaveLength(500)
    expect(listed).toEqual(listed.toSorted())
    expect(listed).toContain(accounts.id)
    expect(listed.filter((id) => id.startsWith('team-')).length).toBeGreaterThan(470)
  })

  it('do not hide a product’s own older major when it is judged', async () => {
    const older = wide('aa.zz', 'sense')
    expect((await deploy(older, host)).status).toBe(200)
    const response = await deploy({ ...older, version: '2.0.0' }, host)
    const { code, detail } = await response.json<{ code: string; detail: string }>()
    expect({ code, detail }).toEqual({
      code: 'policy_breach',
      detail: expect.stringContaining('older-major-has-an-end'),
    })
  })

  it('stay listed beside huge ones', async () => {
    const huge = { ...orders, purpose: 'x'.repeat(1_500_000) }
    for (let n = 0; n < 20; n++) await insert(`aaa.huge-${n}`, huge).run()
    const all = await listProducts(env.DB)
    expect(JSON.stringify(all).length).toBeLessThan(26_000_000)
    expect(all.filter(({ id }) => id.startsWith('team-')).length).toBeGreaterThan(470)
  })
})
