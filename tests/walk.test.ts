/** The README's walk, over HTTP: an order's data goes through the products into a flag that the shop's next checkout reads. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWholeMesh, until, type WholeMesh } from './whole-mesh.ts'

interface Order {
  readonly order_id: string
  readonly status: string
  readonly decision: {
    readonly outcome: string
    readonly policy: string
    readonly reasons: readonly { readonly code: string; readonly from: string }[]
  }
  readonly flag: {
    readonly state: string
    readonly cause: string | null
    readonly age_ms: number
    readonly score: number
  }
  readonly loop: { readonly flag_after_ms: number | null }
}

interface StewardStatus {
  readonly products: readonly {
    readonly id: string
    readonly freshness: { readonly verdict: string }
  }[]
}

let whole: WholeMesh
beforeAll(async () => {
  whole = await openWholeMesh()
}, 300_000)
afterAll(() => whole.end())

const customer = 'cust_000048'
const basket = (total_cents: number, address: string) => ({
  customer_id: customer,
  total_cents,
  currency: 'EUR',
  item_count: 1,
  shipping_address_id: address,
  payment_method_id: 'card_000042_1',
})
/** Picked up in the shop and paid there: nothing about it can be unusual but its amount. */
const pickedUp = (total_cents: number) => ({
  ...basket(total_cents, ''),
  shipping_address_id: null,
  payment_method_id: null,
})
const order = (id: string) => whole.json<Order>(`/shop/storefront/orders/${id}`)

describe('the walk', () => {
  let outrageous: Order

  it('begins with products that keep their promise', async () => {
    const { products } = await whole.json<StewardStatus>('/platform/steward/status')
    expect(products.map(({ id, freshness }) => [id, freshness.verdict])).toEqual(
      [
        'customer.accounts',
        'marketing.campaigns',
        'marketing.newsletter', // v1, which marketing.campaigns reads
        'marketing.newsletter',
        'purchase.orders',
        'risk.fraud',
      ].map((id) => [id, 'fresh']),
    )
    const page = await (await fetch(`${whole.mesh().url}/products/risk.fraud`)).text()
    expect(page).toContain('purchase.orders')
  })

  it('lets an ordinary order through', async () => {
    const { decision, flag, status } = await whole.json<Order>('/shop/storefront/checkout', pickedUp(2_500))
    expect(flag).toMatchObject({ state: 'known', cause: null })
    expect(decision).toMatchObject({ outcome: 'approve', policy: 'known' })
    expect(status).toBe('paid')
  })

  it('holds something outrageous to a brand-new address, and asks the customer', async () => {
    const changed = await whole.json<{ address_id: string }>('/shop/storefront/address', {
      customer_id: customer,
      country: 'DE',
    })
    outrageous = await whole.json<Order>('/shop/storefront/checkout', basket(400_000, changed.address_id))
    expect(outrageous.status).toBe('placed')
    expect(outrageous.decision.outcome).not.toBe('approve')
    expect(outrageous.decision.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['AMOUNT_ABOVE_NORMAL', 'ADDRESS_JUST_CHANGED']),
    )
    const { messages } = await whole.json<{ messages: unknown[] }>(`/shop/storefront/inbox/${customer}`)
    expect(JSON.stringify(messages)).toContain(outrageous.order_id)
  })

  it('arrives in the flag, and the shop tells how long it took', async () => {
    await until(whole, async () => (await order(outrageous.order_id)).loop.flag_after_ms !== null)
    const { products } = await whole.json<StewardStatus>('/platform/steward/status')
    expect(products.find(({ id }) => id === 'risk.fraud')).toMatchObject({
      freshness: { verdict: 'fresh' },
    })
  }, 60_000)

  it('steps up the next checkout, though nothing about that basket is unusual, because the flag remembers', async () => {
    const next = await whole.json<Order>('/shop/storefront/checkout', pickedUp(1_200))
    expect(next.flag.state).toBe('known')
    expect(next.decision.outcome).toBe('step_up')
    expect(new Set(next.decision.reasons.map(({ from }) => from))).toEqual(new Set(['record']))
    expect(next.decision.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['AMOUNT_ABOVE_NORMAL', 'ADDRESS_JUST_CHANGED']),
    )
  })
})
