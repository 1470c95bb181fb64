/** The stylesheet and the icon, served by the catalog itself so that its policy needs no other host. */
import { sha256 } from '@meshloop/contract'
import { Hono } from 'hono'
import type { CatalogApp } from '../env.ts'
import { iconSvg } from '../pages/icons.tsx'
import { accessStyle } from './access.ts'
import { baseStyle } from './base.ts'
import { formsStyle } from './forms.ts'
import { listStyle } from './list.ts'
import { productStyle } from './product.ts'

const stylesheet = baseStyle + formsStyle + listStyle + productStyle + accessStyle

/** `/style.css` and `/icon.svg`. */
export function assetRoutes() {
  return new Hono<CatalogApp>()
    .get('/style.css', async (c) => {
      const etag = `"${await sha256(stylesheet)}"`
      c.header('etag', etag)
      c.header('cache-control', 'public, max-age=300')
      if (c.req.header('if-none-match') === etag) return c.body(null, 304)
      return c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' })
    })
    .get('/icon.svg', (c) => {
      c.header('cache-control', 'public, max-age=86400')
      return c.body(iconSvg, 200, { 'content-type': 'image/svg+xml' })
    })
}
