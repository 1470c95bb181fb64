import { describe, expect, it } from 'vitest'
import { checkProductUrl } from '../products/product-url.ts'

const orders = { id: 'purchase.orders', major: 1 }
const path = '/purchase/orders/v1'

describe('a catalog on loopback', () => {
  const guard = { issuer: 'http://127.0.0.1:8787', allowedHosts: 'data.shop.example' }

  it('takes its own origin', () => {
    expect(() => checkProductUrl(`http://127.0.0.1:8787${path}`, orders, guard)).not.toThrow()
  })

  it.each([
    'http://127.0.0.1:8788',
    'http://localhost:8787',
    'https://127.0.0.1:8787',
    'https://data.shop.example',
  ])('refuses %s', (origin) => {
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
