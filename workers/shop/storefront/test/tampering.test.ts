/** Whatever is done to the namespace, the storefront names it, decides by its own rules, and never takes it for "no risk". */
import { beforeEach, describe, expect, test } from 'vitest'
import { bindings } from './bindings.ts'
import { NOW, openShop, type Shop } from './shop.ts'

const { FLAGS, FOREIGN_KEY } = bindings
let shop: Shop
beforeEach(async () => {
  shop = await openShop()
  await shop.publish({ cust_1: {}, cust_2: {} })
})

/** Keys of this shop's flag set: the head and its pages. */
async function keysOf(kind: 'head' | 'page'): Promise<readonly string[]> {
  const { keys } = await FLAGS.list()
  const ours = keys.map(({ name }) => name).filter((name) => name.includes(shop.aud))
  const isHead = (name: string) => name.endsWith('head')
  return ours.filter((name) => isHead(name) === (kind === 'head'))
}

async function overwrite(
  kind: 'head' | 'page',
  write: (value: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | string,
) {
  const keys = await keysOf(kind)
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) {
    const value = await FLAGS.get(key, 'arrayBuffer')
    await FLAGS.put(key, write(new Uint8Array(value ?? new ArrayBuffer())))
  }
}

const flip = (at: number) => (value: Uint8Array<ArrayBuffer>) =>
  value.map((byte, i) => (i === (at + value.length) % value.length ? byte ^ 1 : byte))

interface AlarmsJson {
  readonly alarms: readonly { readonly cause: string; readonly decisions: number }[]
  readonly flags_today: readonly { readonly state: string; readonly cause: string; readonly times: number }[]
}
const alarms = async () => (await shop.request('/alarms')).json<AlarmsJson>()

const untrusted: [what: string, cause: string, tamper: () => Promise<unknown>][] = [
  ['a byte of a page', 'page_hash', () => overwrite('page', flip(-1))],
  ['a byte of the index', 'index_hash', () => overwrite('head', flip(-1))],
  ['a head that says "no risk"', 'head_malformed', () => overwrite('head', () => '{"score":0}')],
  [
    'signed with a foreign key under our name',
    'head_signature',
    () => shop.publish({ cust_1: {} }, { keyJwk: FOREIGN_KEY, epoch: NOW + 1 }),
  ],
  ['a head of the future', 'head_future', () => shop.publish({ cust_1: {} }, { epoch: NOW + 7_200_000 })],
]

describe('tampering', () => {
  test.each(untrusted)('%s: static policy and an alarm', async (_what, cause, tamper) => {
    await tamper()
    shop.forget()
    const { order } = await shop.order({ shipping_address_id: 'adr_new' })
    expect(order).toMatchObject({
      status: 'placed',
      decision: { outcome: 'step_up', policy: 'static' },
      flag: {
        state: 'untrusted',
        cause,
        as_of: expect.toSatisfy((at) => at === null || typeof at === 'string'),
      },
    })
    const { order: large } = await shop.order({ total_cents: 50_000 })
    expect(large.decision).toMatchObject({ outcome: 'step_up', policy: 'static' })
    expect(await alarms()).toEqual({
      alarms: [expect.objectContaining({ cause, decisions: 2 })],
      flags_today: [{ state: 'untrusted', cause, times: 2 }],
    })
    const page = await shop.html('/customers/cust_1')
    expect(page).toContain('Tampering was seen')
    expect(page).toContain(cause)
  })

  test.each([
    ['the head', 'head' as const, 'head_missing'],
    ['the pages', 'page' as const, 'page_missing'],
  ])('deleting %s: static policy, counted', async (_what, kind, cause) => {
    for (const key of await keysOf(kind)) await FLAGS.delete(key)
    shop.forget()
    const { order } = await shop.order({ total_cents: 20_000 })
    expect(order).toMatchObject({
      status: 'placed',
      decision: { outcome: 'step_up', policy: 'static' },
      flag: { state: 'unavailable', cause },
    })
    expect((await alarms()).flags_today).toEqual([{ state: 'unavailable', cause, times: 1 }])
  })

  test('old values put back: context only, asked above a limit, never held', async () => {
    const [head = ''] = await keysOf('head')
    const old = await FLAGS.get(head, 'arrayBuffer')
    shop.clock.nowMs += 360_000
    await shop.publish({ cust_1: { score: 900 } })
    await FLAGS.put(head, old ?? '')
    shop.forget()
    const takeover = { total_cents: 190_000, shipping_address_id: 'adr_new', payment_method_id: 'card_new' }
    const { order } = await shop.order(takeover)
    expect(order).toMatchObject({
      decision: { outcome: 'step_up', policy: 'stale' },
      flag: { state: 'stale', cause: 'head_old' },
    })
    expect((await shop.order({ total_cents: 15_001 })).order.decision.outcome).toBe('step_up')
    expect((await shop.order({ total_cents: 4_000 })).order.decision.outcome).toBe('approve')
  })

  test('a shop that remembers the true head goes on with it, and still raises the alarm', async () => {
    await shop.order()
    await overwrite('head', () => 'no head')
    shop.clock.nowMs += 31_000
    const { order } = await shop.order()
    expect(order.flag).toMatchObject({ state: 'known' })
    expect((await alarms()).alarms).toMatchObject([{ cause: 'head_malformed', decisions: 0 }])
  })

  test('a closed gate is stale, a customer without an entry is unknown and not "no risk"', async () => {
    const gate = { open: false, breaches: [{ product: 'purchase.orders', rule: 'freshness', since: NOW }] }
    await shop.publish({ cust_1: {} }, { gate, epoch: NOW + 1 })
    shop.forget()
    expect((await shop.order()).order).toMatchObject({ flag: { state: 'stale', cause: 'gate_closed' } })
    await shop.publish({ cust_1: {} }, { epoch: NOW + 2 })
    shop.forget()
    const { order } = await shop.order({ customer_id: 'cust_new', total_cents: 40_000 })
    expect(order).toMatchObject({
      status: 'placed',
      decision: { outcome: 'step_up', policy: 'unknown' },
      flag: { state: 'unknown' },
    })
  })

  test('a verified entry of another shape is no flag', async () => {
    await shop.publish({ cust_1: { isOfAnotherShape: true } }, { epoch: NOW + 1 })
    shop.forget()
    const { order } = await shop.order({ total_cents: 20_000 })
    expect(order).toMatchObject({
      decision: { outcome: 'step_up', policy: 'static' },
      flag: { state: 'known', cause: 'entry_unreadable' },
    })
  })
})
