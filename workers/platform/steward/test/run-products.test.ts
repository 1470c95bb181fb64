/** Derived products take turns. */
import { createClient } from '@meshloop/client'
import { describe, expect, it } from 'vitest'
import type { Product } from '../products.ts'
import { runProducts } from '../run-products.ts'

const issuer = 'https://mesh.test'
const product = (id: string, ...inputs: string[]): Product => ({
  id,
  major: 1,
  freshness: 'PT5M',
  inputs: inputs.map((input) => ({ product: input, major: 1 })),
  flags: null,
  gate: [],
  contract_hash: null,
})

/** Products that need so many steps each, of a second; one that needs less than none fails. `slow`: answers after so many steps of others. */
function mesh(steps: Readonly<Record<string, number>>, slow: Readonly<Record<string, number>> = {}) {
  const held: { readonly until: number; readonly release: () => void }[] = []
  const left = new Map(Object.entries(steps))
  const order: string[] = []
  const clock = { ms: 0 }
  const now = () => clock.ms
  const answer = async (url: string): Promise<Response> => {
    const path = new URL(url).pathname
    const [, domain, own] = /^\/(?:products\/)?([a-z]+)[./]([a-z]+)/.exec(path) ?? []
    const name = `${domain}.${own}`
    if (path === '/oauth/token')
      return Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 600 })
    if (path.startsWith('/products/')) return Response.json({ url: `${issuer}/${domain}/${own}/v1` })
    order.push(name)
    clock.ms += 1_000
    const rest = (left.get(name) ?? 0) - 1
    left.set(name, rest)
    const others = slow[name]
    if (others !== undefined)
      await new Promise<void>((release) => held.push({ until: order.length + others, release }))
    for (const { until, release } of held) if (order.length >= until) release()
    return rest < -1 ? new Response('', { status: 500 }) : Response.json({ built: 1, done: rest <= 0 })
  }
  const clientKey = `ml_test_platform.steward_${'a'.repeat(43)}`
  const client = createClient({ issuer, clientKey, fetch: answer, now })
  return { world: { client, now }, order }
}

const base = product('a.base')
const first = product('b.first', 'a.base')
const second = product('c.second', 'a.base')
const upon = product('d.upon', 'b.first')

const all = { until: 60_000, turn: 0 }

describe('derived products', () => {
  it('are asked again at once while they have more to do', async () => {
    const { world, order } = mesh({ 'b.first': 9, 'c.second': 1 })
    const outcomes = await runProducts(world, [base, first, second], { until: 4_000, turn: 0 })
    expect(order).toEqual(['b.first', 'c.second', 'b.first', 'b.first'])
    expect(outcomes).toMatchObject([
      { product: 'b.first/v1', steps: 3, built: 3, done: false },
      { product: 'c.second/v1', steps: 1, built: 1, done: true },
    ])
  })

  it('do not wait for one that is slow', async () => {
    const { world, order } = mesh({ 'b.first': 1, 'c.second': 3 }, { 'b.first': 3 })
    const outcomes = await runProducts(world, [base, first, second], all)
    expect(order).toEqual(['b.first', 'c.second', 'c.second', 'c.second'])
    expect(outcomes).toMatchObject([{ done: true }, { done: true }])
  })

  it('begin by turns where there is not time for all', async () => {
    const products = 'abcdefgh'.split('').map((name) => product(`x.${name}`, 'a.base'))
    const begun = async (turn: number) => {
      const { world, order } = mesh({})
      await runProducts(world, products, { until: 1, turn })
      return order.map((name) => name.slice(2)).join('')
    }
    expect([await begun(0), await begun(5), await begun(8)]).toEqual(['abcdef', 'fghabc', 'abcdef'])
  })

  it('go on until what they are made of is done', async () => {
    const { world, order } = mesh({ 'b.first': 2, 'd.upon': 1 })
    const outcomes = await runProducts(world, [base, first, upon], all)
    expect(order.toSorted()).toEqual(['b.first', 'b.first', 'd.upon', 'd.upon'])
    expect(order.at(-1)).toBe('d.upon')
    expect(outcomes.map(({ done }) => done)).toEqual([true, true])
  })

  it('are asked once what they are made of was, unless it is their turn to begin', async () => {
    const order = async (turn: number) => {
      const asked = mesh({ 'b.first': 1, 'd.upon': 1 })
      const outcomes = await runProducts(asked.world, [base, first, upon], { until: 60_000, turn })
      expect(outcomes.map(({ done }) => done)).toEqual([true, true])
      return asked.order
    }
    expect(await order(0)).toEqual(['b.first', 'd.upon'])
    expect(await order(1)).toEqual(['d.upon', 'b.first', 'd.upon'])
  })

  it('do not wait for one that fails', async () => {
    const { world } = mesh({ 'b.first': -1, 'd.upon': 1 })
    expect(await runProducts(world, [base, first, upon], all)).toMatchObject([
      { done: false, failure: { code: 'refused' } },
      { done: true },
    ])
  })

  it('are all told of when the time is over', async () => {
    const { world } = mesh({})
    expect(await runProducts(world, [first, second], { until: 0, turn: 0 })).toMatchObject([
      { steps: 0, done: false },
      { steps: 0, done: false },
    ])
  })
})
