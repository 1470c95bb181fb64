import { contractHash } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { accounts, orders } from './contracts.ts'
import { answer, ask, deploy, env, migrate, register, urlOf } from './mesh.ts'

const host = 'https://drift.team.example'
const served = 'o'.repeat(43)
const statusOf = (contract: string, more: object = {}) => ({
  as_of: new Date(Date.now() - 1_000).toISOString(),
  contract,
  counts: { changes: 7, quarantined: 0 },
  progress: [],
  ...more,
})
const ruled = {
  ...orders,
  quality: {
    currency_given: { means: 'Every amount has a currency', nulls: 'currency' },
    some: { means: 'There are orders', rows: true, bound: { gt: 0 } },
  },
} as const

interface Shown {
  readonly drift: { served_hash: string; since: string } | null
  readonly trust: readonly { question: string; answer: string; evidence: string }[]
}
const document = async () => (await ask('/products/purchase.orders.json')).json<Shown>()

beforeAll(async () => {
  await migrate()
  await register(accounts)
})

describe('a product that serves another contract than the registered one', () => {
  it('is a breach on its page and in the list, with both hashes and since when', async () => {
    await answer(`${urlOf(orders, host)}/status`, statusOf(served))
    await deploy(orders, host)
    const { drift, trust } = await document()
    expect(drift).toEqual({
      registered_hash: await contractHash(orders),
      served_hash: served,
      since: expect.stringMatching(/^\d{4}-/),
    })
    expect(trust[1]).toMatchObject({ answer: 'no', evidence: expect.stringContaining('Breach') })
    const page = await (await ask('/products/purchase.orders')).text()
    for (const words of ['It does not serve what it promised', served, await contractHash(orders)])
      expect(page).toContain(words)
    for (const path of ['/', '/products']) expect(await (await ask(path)).text()).toContain('Breach')
    for (const path of ['/products.md', '/products/purchase.orders.md'])
      expect(await (await ask(path)).text()).toContain('BREACH')
  })

  it('has been so since it was first seen, until it is not', async () => {
    await env.DB.prepare("UPDATE drifts SET since = '2026-01-01T00:00:00.000Z'").run()
    expect((await document()).drift?.since).toBe('2026-01-01T00:00:00.000Z')
    const elsewhere = 'https://drift-2.team.example'
    await answer(`${urlOf(orders, elsewhere)}/status`, statusOf(await contractHash(orders)))
    await deploy(orders, elsewhere)
    expect((await document()).drift).toBeNull()
    expect(await env.DB.prepare('SELECT count(*) AS n FROM drifts').first('n')).toBe(0)
  })
})

describe('quality rules', () => {
  const rule = (name: string, count: number, kept: boolean) => ({
    rule: name,
    severity: 'error',
    count,
    of: 12_041,
    unit: 'rows',
    bound: { eq: 0 },
    kept,
    judged_at: '2026-11-22T11:59:00.000Z',
  })

  it.each([
    ['kept', [rule('currency_given', 0, true), rule('some', 12_041, true)], 'yes'],
    ['broken', [rule('currency_given', 3, false), rule('some', 12_041, true)], 'no'],
    ['not all judged', [rule('some', 12_041, true)], 'unknown'],
    ['not told', undefined, 'unknown'],
    ['told in another way', { all: 'good' }, 'unknown'],
  ])('are shown as the product judged them: %s', async (name, quality, expected) => {
    const at = `https://quality-${name.replaceAll(' ', '-')}.team.example`
    const contract = { ...ruled, version: '1.3.0' } as const
    const more = quality === undefined ? {} : { quality }
    await answer(`${urlOf(contract, at)}/status`, statusOf(await contractHash(contract), more))
    expect((await deploy(contract, at)).status).toBe(200)
    const { trust } = await document()
    expect(trust.find(({ question }) => question.includes('quality'))?.answer).toBe(expected)
    const page = await (await ask('/products/purchase.orders')).text()
    for (const words of ['Every amount has a currency', 'records without currency', 'more than 0'])
      expect(page).toContain(words)
    if (expected === 'no') expect(page).toContain('3 of 12,041')
  })
})
