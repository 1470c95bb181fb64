/** Drift and quality on a small mesh: incidents open and close, and gates close after two bad ticks and open again. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import type { StewardStatus } from '../status.ts'
import { tick } from '../tick.ts'
import { bindings, createSmallMesh, order, type SmallMesh } from './small-mesh.ts'

let mesh: SmallMesh
beforeEach(async () => {
  mesh = await createSmallMesh()
  await mesh.send([order(1, 'x', 700)])
  await tick(mesh.world())
})

const products = async () => {
  const response = await createApp(mesh.now).request(
    'https://mesh.test/platform/steward/status',
    {},
    bindings,
  )
  const status = await response.json<StewardStatus>()
  return new Map(status.products.map((product) => [product.id, product]))
}
const rulesOf = async () =>
  [...(await products()).values()].flatMap(({ id, incidents }) =>
    incidents.map(({ rule }) => `${id} ${rule}`),
  )
const next = async (minutes = 1) => {
  mesh.minutesPass(minutes)
  await mesh.send([])
  return tick(mesh.world())
}
const gate = (isOpen: boolean) => ({ report: { flags: [{ gate_open: isOpen }] } })
/** A judgement comes at most every five minutes; so many ticks of one minute later it has. */
const PAUSE = 5

describe('drift', () => {
  it('is an incident at once, closes the gate at the second tick, and is over when the contract is registered', async () => {
    mesh.registered.set('risk.scores', 'another')
    expect(await next()).toMatchObject(gate(true))
    expect(await rulesOf()).toEqual(['risk.scores drift'])
    expect((await products()).get('risk.scores')?.drift).toMatchObject({
      verdict: 'broken',
      detail: expect.stringContaining('registered is another'),
    })
    expect(await next()).toMatchObject(gate(false))
    expect(await mesh.read('x')).toMatchObject({ state: 'stale' })
    mesh.registered.clear()
    expect(await next()).toMatchObject(gate(true))
    expect(await rulesOf()).toEqual([])
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
  })

  it('of an input closes no gate but its own', async () => {
    mesh.registered.set('shop.orders', 'another')
    await next()
    expect(await next()).toMatchObject(gate(true))
    expect(await rulesOf()).toEqual(['shop.orders drift'])
  })
})

describe('quality', () => {
  it('is an incident with the rule and its count, closes the gate at the second tick, and opens it again', async () => {
    await mesh.send([order(2, 'y', -5)])
    expect(await next(PAUSE)).toMatchObject(gate(true))
    expect(await rulesOf()).toEqual(['risk.scores quality'])
    const broken = (await products()).get('risk.scores')
    expect(broken?.incidents).toMatchObject([{ rule: 'quality', detail: 'positive: 1 of 2' }])
    expect(broken?.quality).toMatchObject({
      verdict: 'broken',
      evidence: {
        state: 'current',
        rules: [
          { rule: 'positive', count: 1, kept: false },
          { rule: 'usual', kept: true },
        ],
      },
    })
    expect(await next()).toMatchObject(gate(false))
    expect(await mesh.read('x')).toMatchObject({ state: 'stale' })
    await mesh.send([order(3, 'y', 5)])
    expect(await next(PAUSE)).toMatchObject(gate(true))
    expect(await rulesOf()).toEqual([])
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
  })

  it('that only warns is shown and is no incident', async () => {
    await mesh.send([order(2, 'x', 9_000)])
    await next(PAUSE)
    await next()
    expect(await rulesOf()).toEqual([])
    expect((await products()).get('shop.orders')?.quality).toMatchObject({
      verdict: 'kept',
      evidence: { rules: [{ rule: 'small', severity: 'warning', count: 1, kept: false }] },
    })
  })

  it('in volume is an incident that closes no gate: nobody switches the flags off by a flood', async () => {
    await mesh.send([order(2, 'y', 5), order(3, 'z', 5)])
    await next(PAUSE)
    expect(await rulesOf()).toEqual(['risk.scores quality'])
    await next()
    expect(await next()).toMatchObject(gate(true))
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
  })

  it('is judged no more often than its product allows, and asked for only when data changed', async () => {
    mesh.calls.length = 0
    await next()
    expect(mesh.calls.filter((call) => call.includes('/quality'))).toEqual([])
    await mesh.send([order(2, 'y', -5)])
    await next()
    expect(mesh.calls.filter((call) => call.includes('/quality'))).toHaveLength(2)
    expect(await rulesOf()).toEqual([])
  })
})

it('a derived product reads the fields that its derivation declares, and is known to', async () => {
  expect(await mesh.ask('https://mesh.test/shop/orders/v1', '/usage')).toMatchObject({
    consumers: [{ consumer: 'test.client', fields: ['order_id', 'who', 'at', 'cents'] }],
  })
})

describe('a product that cannot be looked at', () => {
  it('keeps the incidents that it had, and the others are checked', async () => {
    mesh.registered.set('shop.orders', 'another').set('risk.scores', 'another')
    await next()
    mesh.away.add('shop.orders')
    mesh.registered.delete('risk.scores')
    mesh.minutesPass(1)
    await tick(mesh.world())
    expect(await rulesOf()).toEqual(['shop.orders drift', 'shop.orders freshness'])
  })

  it('and left the catalog has no promises left', async () => {
    mesh.registered.set('risk.scores', 'another')
    await next()
    mesh.products.splice(0, 1)
    await next()
    expect(await rulesOf()).toEqual([])
  })

  it('by its rules only is judged by what it knew, until it says that it cannot judge', async () => {
    await mesh.send([order(2, 'x', 800)])
    await bindings.ORDERS.prepare('DROP TABLE records').run()
    mesh.minutesPass(PAUSE)
    await tick(mesh.world())
    expect(await rulesOf()).toEqual([])
    mesh.minutesPass(2)
    await tick(mesh.world())
    expect(await rulesOf()).toContain('shop.orders quality')
    expect((await products()).get('shop.orders')?.quality).toMatchObject({
      verdict: 'broken',
      evidence: { state: 'failed', rules: [{ rule: 'small', kept: true }] },
    })
  })
})
