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

/** Products that need so many steps each, of a second; one that needs less than none fails. */
function mesh(steps: Readonly<Record<string, number>>) {
  const left = new Map(Object.entries(steps))
  const order: string[] = []
  const clock = { ms: 0 }
  const now = () => clock.ms
  const answer = (url: string): Response => {
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
    return rest < -1 ? new Response('', { status: 500 }) : Response.json({ built: 1, done: rest <= 0 })
  }
  const clientKey = `ml_test_platform.steward_${'a'.repeat(43)}`
  const client = createClient({ issuer, clientKey, fetch: async (url) => answer(url), now })
  return { world: { client, now }, order }
}

const base = product('a.base')
const first = product('b.first', 'a.base')
const second = product('c.second', 'a.base')
const upon = product('d.upon', 'b.first')

describe('derived products', () => {
  it('take turns, so that one with much to do keeps nobody waiting', async () => {
    const { world, order } = mesh({ 'b.first': 9, 'c.second': 1 })
    const outcomes = await runProducts(world, [base, first, second], 4_000)
    expect(order).toEqual(['b.first', 'c.second', 'b.first', 'b.first'])
    expect(outcomes).toMatchObject([
      { product: 'b.first/v1', steps: 3, built: 3, done: false },
      { product: 'c.second/v1', steps: 1, built: 1, done: true },
    ])
  })

  it('go on until what they are made of is done', async () => {
    const { world, order } = mesh({ 'b.first': 2, 'd.upon': 1 })
    const outcomes = await runProducts(world, [base, first, upon], 60_000)
    expect(order).toEqual(['b.first', 'd.upon', 'b.first', 'd.upon'])
    expect(outcomes.map(({ done }) => done)).toEqual([true, true])
  })

  it('do not wait for one that fails', async () => {
    const { world } = mesh({ 'b.first': -1, 'd.upon': 1 })
    expect(await runProducts(world, [base, first, upon], 60_000)).toMatchObject([
      { done: false, failure: { code: 'refused' } },
      { done: true },
    ])
  })

  it('are all told of when the time is over', async () => {
    const { world } = mesh({})
    expect(await runProducts(world, [first, second], 0)).toMatchObject([
      { steps: 0, done: false },
      { steps: 0, done: false },
    ])
  })
})
