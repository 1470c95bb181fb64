import type { Contract } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Product } from '../products/product.ts'
import { usesOf, type ConsumerUse, type Granted } from '../products/usage.ts'
import { accounts, fraud, orders } from './contracts.ts'
import { answer, ask, deploy, env, migrate, post, register, urlOf } from './mesh.ts'

const product = (contract: Contract): Product => ({
  id: contract.id,
  major: 1,
  domain: 'purchase',
  url: 'https://data.shop.example',
  contract,
  contract_hash: '',
  registered_by: '',
  registered_at: '',
  updated_at: '',
})
const grant = (consumer: string, columns: string[] | null = null): Granted => ({
  consumer,
  product: 'purchase.orders',
  major: 1,
  purpose: 'Why',
  scopes: ['read'],
  view: { classes: null, columns, rows: [] },
})
const counted = (consumer: string, fields: string[]) => ({
  since: '2026-10-24',
  consumers: [{ consumer, requests: 12, last_day: '2026-11-22', fields }],
})
const { score: _, ...partly } = fraud.fields
const withGaps: Contract = {
  ...fraud,
  fields: { ...partly, score: { ...fraud.fields.score, from: undefined } } as never,
}

describe('what a consumer reads', () => {
  it.each([
    [
      'what the product has counted',
      grant('risk.fraud', ['status']),
      counted('risk.fraud', ['order_id']),
      fraud,
      ['order_id'],
    ],
    [
      'what its contract is made of, where nothing was counted',
      grant('risk.fraud', ['status']),
      undefined,
      fraud,
      ['order_id', 'placed_at', 'customer_id', 'total_cents', 'status'],
    ],
    [
      'what its contract is made of, where it was not counted',
      grant('risk.fraud'),
      counted('x.y', []),
      fraud,
      ['order_id', 'placed_at', 'customer_id', 'total_cents', 'status'],
    ],
    [
      'what it is granted, where its contract has gaps',
      grant('risk.fraud', ['status']),
      undefined,
      withGaps,
      ['status'],
    ],
    [
      'what it is granted, where it has no contract',
      grant('shop.storefront', ['status']),
      undefined,
      fraud,
      ['status'],
    ],
    [
      'what its grant’s rows are chosen by too',
      {
        ...grant('shop.storefront'),
        view: { classes: null, columns: null, rows: [{ field: 'status', op: 'eq' as const, value: 'paid' }] },
      },
      counted('shop.storefront', ['order_id']),
      fraud,
      ['order_id', 'status'],
    ],
    [
      'the fields of the classes that it is granted',
      { ...grant('shop.storefront'), view: { classes: ['personal' as const], columns: null, rows: [] } },
      undefined,
      fraud,
      ['customer_id'],
    ],
    ['anything, where nothing is known', grant('shop.storefront'), undefined, fraud, null],
  ])('is %s', (_name, to, usage, other, fields) => {
    const [use] = usesOf(product(orders), [to], usage, [product(orders), product(other)])
    expect(use?.fields).toEqual(fields)
  })

  it('is anything, where it reads flags', () => {
    const flags = { set: 'risk', subject: 'order_id' }
    const to = { ...grant('shop.storefront', ['status']), scopes: [] }
    expect(usesOf(product({ ...orders, flags }), [to], undefined, [])[0]?.fields).toBeNull()
  })

  it.each([
    ['was counted', counted('risk.fraud', []), { last_read: '2026-11-22', requests_30_days: 12 }],
    ['was not counted', counted('x.y', []), { last_read: null, requests_30_days: 0 }],
    ['is not known', undefined, { last_read: null, requests_30_days: null }],
  ])('and when: it %s', (_name, usage, known) => {
    expect(usesOf(product(orders), [grant('risk.fraud')], usage, [])[0]).toMatchObject(known)
  })

  it('is told of one major of one product', () => {
    const others = [
      { ...grant('a.b'), major: 2 },
      { ...grant('a.b'), product: 'purchase.returns' },
    ]
    expect(usesOf(product(orders), others, undefined, [])).toEqual([])
  })
})

describe('the readers of a product', () => {
  const host = 'https://usage.team.example'
  const read = async () =>
    (await (await ask('/products/purchase.orders.json')).json<{ consumers: ConsumerUse[] }>()).consumers

  beforeAll(async () => {
    await migrate()
    await register(accounts)
    await answer(`${urlOf(orders, host)}/usage`, counted('risk.fraud', ['order_id', 'status']))
    await deploy(orders, host)
    for (const consumer of ['risk.fraud', 'shop.storefront'])
      await post('/grants', env.OPERATOR_KEY, {
        consumer,
        product: 'purchase.orders',
        major: 1,
        purpose: 'Why',
      })
  })

  it('are shown with what the product says of their use', async () => {
    expect(await read()).toEqual([
      {
        consumer: 'risk.fraud',
        purpose: 'Why',
        fields: ['order_id', 'status'],
        last_read: '2026-11-22',
        requests_30_days: 12,
      },
      { consumer: 'shop.storefront', purpose: 'Why', fields: null, last_read: null, requests_30_days: 0 },
    ])
    const page = await (await ask('/products/purchase.orders')).text()
    for (const words of ['2026-11-22', 'order_id, status', 'not since it is counted'])
      expect(page).toContain(words)
  })

  it('of an internal product are counted for everybody, and named to nobody outside', async () => {
    const inner = { ...orders, id: 'purchase.inner', visibility: 'internal' } as const
    expect((await deploy(inner, host)).status).toBe(200)
    const grant = { consumer: 'purchase.desk', product: 'purchase.inner', major: 1, purpose: 'Why' }
    const { id } = await (await post('/grants', env.OPERATOR_KEY, grant)).json<{ id: string }>()
    const text = await (await ask('/products/purchase.inner.json')).text()
    expect(JSON.parse(text)).toMatchObject({ consumers: [{ consumer: 'purchase', last_read: null }] })
    expect(text).not.toMatch(/purchase\.desk|Why/)
    // Nobody reads it any more once the grant is taken back.
    await post(`/grants/${id}/revoke`, env.OPERATOR_KEY, { reason: 'Over' })
    expect(await (await ask('/products/purchase.inner.json')).json()).toMatchObject({ consumers: [] })
  })

  it.each([
    ['is no document', 'hello'],
    ['is of another shape', { consumers: [{ consumer: 7 }] }],
    [
      'is endless',
      {
        since: '2026-10-24',
        consumers: Array.from({ length: 1_001 }, () => counted('a.b', []).consumers[0]),
      },
    ],
  ])('are unknown when the answer %s', async (_name, document) => {
    const elsewhere = `https://usage-${_name.replaceAll(' ', '-')}.team.example`
    await answer(`${urlOf(orders, elsewhere)}/usage`, document)
    expect((await deploy(orders, elsewhere)).status).toBe(200)
    expect((await read()).map(({ requests_30_days }) => requests_30_days)).toEqual([null, null])
  })
})
