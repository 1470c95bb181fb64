/** What clients and products look up about the authorization server. */
import { jwksDocument, parsePrivateJwk, parsePrivateJwks, serverMetadata } from '@meshloop/access/issue'
import { Hono } from 'hono'
import type { CatalogApp } from '../env.ts'

/** The public keys (RFC 7517) and the metadata (RFC 8414). */
export function wellKnownRoutes() {
  return new Hono<CatalogApp>()
    .get('/.well-known/jwks.json', (c) => {
      c.header('cache-control', 'public, max-age=300')
      const { ISSUER_KEY, DENIALS_KEY, AUDIT_KEY } = c.env
      return c.json(
        jwksDocument(
          parsePrivateJwks(ISSUER_KEY, 'ISSUER_KEY').all,
          parsePrivateJwk(DENIALS_KEY, 'DENIALS_KEY'),
          parsePrivateJwks(AUDIT_KEY, 'AUDIT_KEY').all,
        ),
      )
    })
    .get('/.well-known/oauth-authorization-server', (c) => {
      c.header('cache-control', 'public, max-age=3600')
      return c.json(serverMetadata(c.env.ISSUER))
    })
}
