import { beforeAll, describe, expect, it } from 'vitest'
import { shopAt } from './buying.ts'
import { env, makeClient, migrate } from './mesh.ts'

const start = Date.now()
const shop = shopAt(start)

beforeAll(migrate)

describe('a key that buys nothing', () => {
  it.each([
    ['of a publisher', 'purchase.publisher', 'publisher', '/products'],
    ['of who decides', 'purchase.decider', 'consumer', '/grants/none/revoke'],
  ])('%s is seen to be used', async (_whose, id, kind, path) => {
    const key = await makeClient(id, kind)
    const lastUsed = async () => {
      const headers = { authorization: `Bearer ${env.OPERATOR_KEY}` }
      const { keys } = await (
        await shop.ask(`/clients/${id}.json`, { headers })
      ).json<{ keys: { last_used: string | null }[] }>()
      return keys.map(({ last_used }) => last_used)
    }
    await env.DB.prepare('DELETE FROM key_uses WHERE key IN (SELECT id FROM client_keys WHERE client = ?1)')
      .bind(id)
      .run()
    expect(await lastUsed()).toEqual([null])
    for (const _time of [1, 2])
      await shop.ask(path, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: '{}' })
    expect(await lastUsed()).toEqual([new Date(start).toISOString().slice(0, 10)])
    const { results } = await env.DB.prepare(
      'SELECT tokens FROM key_uses WHERE key IN (SELECT id FROM client_keys WHERE client = ?1)',
    )
      .bind(id)
      .all()
    expect(results).toEqual([{ tokens: 0 }])
  })
})
