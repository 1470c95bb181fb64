/** `GET /.well-known/api-catalog`: where the interfaces of the mesh are described, for programs that look for them (RFC 9727). */
import { Hono } from 'hono'
import type { CatalogApp } from '../env.ts'
import { listProducts } from './product-store.ts'

const PATH = '/.well-known/api-catalog'

/** A linkset (RFC 9264) with each major of each product: its OpenAPI document, console, contract and status (RFC 8631). */
export function apiCatalogRoute() {
  return new Hono<CatalogApp>().get(PATH, async (c) => {
    const products = await listProducts(c.env.DB)
    const linkset = products.map(({ url, contract: { title } }) => ({
      anchor: url,
      'service-desc': [{ href: `${url}/openapi.json`, type: 'application/json', title }],
      'service-doc': [{ href: `${url}/docs`, type: 'text/html' }],
      'service-meta': [{ href: `${url}/contract`, type: 'application/json' }],
      status: [{ href: `${url}/status`, type: 'application/json' }],
    }))
    return c.body(JSON.stringify({ linkset }), 200, {
      'content-type': 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
      'cache-control': 'public, max-age=60',
      link: `<${c.env.ISSUER}${PATH}>; rel="api-catalog"`,
    })
  })
}
