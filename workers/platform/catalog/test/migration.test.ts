import { createClientKey, hashClientKey } from '@meshloop/access/issue'
import { canonicalJson } from '@meshloop/contract'
import { viewOf } from '@meshloop/access/claims'
import { applyD1Migrations } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { basic, ordersUrl, shopAt } from './buying.ts'
import { accounts, orders } from './contracts.ts'
import { ask, env, post, register } from './mesh.ts'

/** As long as ids of clients may be: what is made of them still has to fit into a token. */
const reader = `risk.${'r'.repeat(32)}.${'s'.repeat(32)}`
const source = `purchase.orders.${'t'.repeat(32)}`
const keyOf = (id: string) => createClientKey('local', id, new Uint8Array(32).fill(7))
const before = '2026-01-01T00:00:00.000Z'
const columns = ['order_id', 'status']
const rows = [{ field: 'status', op: 'eq' as const, value: 'paid' }]

/** What the catalog of before wrote: one key in the client, the id of the view in the view. */
async function oldRows(): Promise<readonly D1PreparedStatement[]> {
  const client = async (id: string, kind: string, products: string) =>
    env.DB.prepare(
      `INSERT INTO clients (id, kind, domain, products, secret_hash, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)`,
    ).bind(id, kind, id.slice(0, id.indexOf('.')), products, await hashClientKey(keyOf(id)), before)
  const view = JSON.stringify(await viewOf({ columns, rows }))
  return [
    await client(reader, 'consumer', '[]'),
    await client(source, 'source', '["purchase.orders"]'),
    env.DB.prepare(
      `INSERT INTO grants (id, consumer, product, major, purpose, scopes, view, version, created_at, updated_at)
       VALUES ('old', ?1, 'purchase.orders', 1, 'Score', '["read"]', ?2, 3, ?3, ?3)`,
    ).bind(reader, view, before),
  ]
}

beforeAll(async () => {
  await applyD1Migrations(
    env.DB,
    env.MIGRATIONS.filter(({ name }) => name < '0003'),
  )
  await env.DB.batch([...(await oldRows())])
  await applyD1Migrations(env.DB, env.MIGRATIONS)
  await register(accounts)
  await register(orders)
})

describe('a catalog of before access was asked for', () => {
  it('sells its clients what it sold them, for the keys that they have', async () => {
    const shop = shopAt(Date.now())
    const { verify } = shop.verifier(ordersUrl)
    const read = await verify(`Bearer ${await shop.token({}, basic(keyOf(reader)))}`, 'read')
    expect(read).toMatchObject({ sub: reader, grant: { id: 'old', version: 3 }, view: { columns, rows } })
    const sent = await verify(`Bearer ${await shop.token({}, basic(keyOf(source)))}`, 'ingest')
    expect(sent).toMatchObject({ sub: source, source: 't'.repeat(32) })
  })

  it('has the grants as they were, until the operator says something else', async () => {
    const declared = { consumer: reader, product: 'purchase.orders', major: 1, purpose: 'Score' }
    const same = await post('/grants', env.OPERATOR_KEY, { ...declared, view: { columns, rows } })
    expect(await same.json()).toMatchObject({ id: 'old', version: 3, decided_by: 'operator' })
    const wider = await post('/grants', env.OPERATOR_KEY, { ...declared, view: { columns } })
    expect(await wider.json()).toMatchObject({ id: 'old', version: 4, view: { classes: null, columns } })
  })

  it('shows the keys of before, which are revoked as all others', async () => {
    const headers = { authorization: `Bearer ${keyOf(reader)}` }
    const { keys } = await (
      await ask(`/clients/${reader}.json`, { headers })
    ).json<{ keys: { id: string }[] }>()
    expect(keys).toMatchObject([
      { kind: 'secret', created_by: 'operator', created_at: before, revoked_at: null },
    ])
    const revoked = await post(`/clients/${reader}/keys/${keys[0]?.id}/revoke`, env.OPERATOR_KEY, {})
    expect(revoked.status).toBe(204)
    expect((await ask(`/clients/${reader}.json`, { headers })).status).toBe(401)
    expect(canonicalJson(keys)).not.toContain(await hashClientKey(keyOf(reader)))
  })
})
