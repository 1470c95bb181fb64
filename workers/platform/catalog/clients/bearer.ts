/** The credential of an `Authorization: Bearer` header. */
import { CatalogError, type CatalogCode } from '../problems.ts'

/** The bearer credential. Throws CatalogError with `code` if there is none. */
export function bearer(authorization: string | undefined, code: CatalogCode): string {
  const credential = /^Bearer +([^\s,]{1,512}) *$/i.exec(authorization ?? '')?.[1]
  if (credential === undefined) throw new CatalogError(code, 'Send "Authorization: Bearer <key>".')
  return credential
}
