import { describe, expect, it } from 'vitest'
import { mayBeSentTo } from '../notices/attempt.ts'
import { checkProductUrl } from '../products/product-url.ts'
import { hostileOrigins } from './hostile-origins.ts'
import { env } from './mesh.ts'

const orders = { id: 'purchase.orders', major: 1 }
const path = '/purchase/orders/v1'

describe('a catalog on loopback', () => {
  const guard = { issuer: 'http://127.0.0.1:8787', allowedHosts: 'data.shop.example' }

  it('takes its own origin', () => {
    const own = `http://127.0.0.1:8787${path}`
    expect(() => checkProductUrl(own, orders, guard)).not.toThrow()
    expect(mayBeSentTo({ ...env, ISSUER: guard.issuer }, own)).toBe(true)
  })

  it.each([
    'http://127.0.0.1:8788',
    'http://localhost:8787',
    'https://127.0.0.1:8787',
    'https://data.shop.example',
  ])('refuses %s', (origin) => {
    const bindings = { ...env, ISSUER: guard.issuer, WEBHOOK_HOSTS: guard.allowedHosts }
    expect(mayBeSentTo(bindings, origin + path)).toBe(false)
    expect(() => checkProductUrl(origin + path, orders, guard)).toThrow(
      expect.objectContaining({ code: 'url_refused' }),
    )
  })
})

describe('a catalog that allows no host', () => {
  it.each(['', ' ', ',', '*.'])('%j takes none', (allowedHosts) => {
    const guard = { issuer: 'https://mesh.example', allowedHosts }
    for (const host of ['data.shop.example', 'mesh.example', 'x']) {
      expect(() => checkProductUrl(`https://${host}${path}`, orders, guard)).toThrow(
        expect.objectContaining({ code: 'url_refused' }),
      )
    }
  })
})

describe('an address that somebody names', () => {
  const allowedHosts = 'data.shop.example, *.team.example'
  const guard = { issuer: 'https://mesh.example', allowedHosts }
  const takes = (origin: string, hosts = allowedHosts) => {
    const isSentTo = mayBeSentTo({ ...env, ISSUER: guard.issuer, WEBHOOK_HOSTS: hosts }, origin + path)
    try {
      checkProductUrl(origin + path, orders, { ...guard, allowedHosts: hosts })
      return [true, isSentTo]
    } catch (error) {
      return [(error as { code?: string }).code, isSentTo]
    }
  }

  it.each(['https://data.shop.example', 'https://a.team.example', 'https://b.a.team.example'])(
    '%s is taken',
    (origin) => {
      expect(takes(origin)).toEqual([true, true])
    },
  )

  it.each(hostileOrigins)('%j is refused, for products and for webhooks', (origin) => {
    expect(takes(origin)).toEqual(['url_refused', false])
  })

  it('is no IP address, whatever the operator allows', () => {
    for (const [origin, hosts] of [
      ['https://127.0.0.1', '127.0.0.1'],
      ['https://127.0.0.1', '*.0.0.1'],
      ['https://[::1]', '[::1]'],
      ['https://localhost.', '*., localhost.'],
    ] as const)
      expect(takes(origin, hosts)).toEqual(['url_refused', false])
  })

  it('may have a query where notices go, and nowhere a fragment', () => {
    const bindings = { ...env, WEBHOOK_HOSTS: allowedHosts }
    const ends = ['?a=1', '#a', '?a=1#b', '/../x', '/%2e%2e/x']
    expect(ends.filter((end) => mayBeSentTo(bindings, `https://data.shop.example/in${end}`))).toEqual([
      '?a=1',
    ])
    for (const end of ends)
      expect(() => checkProductUrl(`https://data.shop.example${path}${end}`, orders, guard)).toThrow(
        expect.objectContaining({ code: 'url_refused' }),
      )
  })
})
