/** Keys that `mesh dev` made lie in a file of a developer's machine: a deployed catalog signs nothing with them. */
import type { MiddlewareHandler } from 'hono'
import type { CatalogApp, CatalogEnv } from './env.ts'
import { CatalogError } from './problems.ts'

/** Throws CatalogError `key_local` for all requests while a signing key is one of a local mesh: its name, `kid`, begins with `local-`. */
export function refuseLocalKeys(): MiddlewareHandler<{ Bindings: CatalogApp['Bindings'] }> {
  return async function checkKeys(c, next) {
    const name = c.env.ENVIRONMENT === 'local' ? undefined : localKeyOf(c.env)
    if (name !== undefined) throw new CatalogError('key_local', `${name} is a key that mesh dev made.`)
    await next()
  }
}

const localKeyOf = (env: CatalogEnv) =>
  (['ISSUER_KEY', 'DENIALS_KEY', 'AUDIT_KEY'] as const).find((name) => /"kid"\s*:\s*"local-/.test(env[name]))
