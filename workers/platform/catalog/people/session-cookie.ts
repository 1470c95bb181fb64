/** The cookie that holds a session, and the one address under which it counts. */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { CatalogApp, CatalogEnv } from '../env.ts'
import { CatalogError } from '../problems.ts'

/** So long a session lasts, whatever is done in it. */
export const sessionSeconds = 8 * 60 * 60

/** Whether a base URL is plain HTTP on this machine, as under `mesh dev`. */
export function isLoopback(base: string): boolean {
  const { protocol, hostname } = new URL(base)
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

/**
 * Throws CatalogError `host_unknown` unless the request came to the host of ISSUER: a name that somebody points at a
 * developer's machine must reach neither a session nor a sign-in.
 */
export function checkHost(c: Context<CatalogApp>): void {
  if (new URL(c.req.url).host !== new URL(c.env.ISSUER).host)
    throw new CatalogError('host_unknown', `People sign in at ${c.env.ISSUER} only.`)
}

/** The session's secret, if the request brings one. Throws CatalogError `host_unknown`. */
export function readSessionCookie(c: Context<CatalogApp>): string | undefined {
  const secret = getCookie(c, cookieName(c.env, 'meshloop'))
  if (secret !== undefined) checkHost(c)
  return secret
}

/** Sets the session's cookie; without a secret, ends it. */
export function setSessionCookie(c: Context<CatalogApp>, secret: string | null): void {
  setOwnCookie(c, 'meshloop', secret, sessionSeconds)
}

/** Sets a cookie that only this host gets, that no script reads, and that no other site's form or frame carries. */
export function setOwnCookie(
  c: Context<CatalogApp>,
  name: string,
  value: string | null,
  maxAgeSeconds: number,
): void {
  setCookie(c, cookieName(c.env, name), value ?? '', {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: !isLoopback(c.env.ISSUER),
    maxAge: value === null ? 0 : maxAgeSeconds,
  })
}

/**
 * `__Host-` keeps other hosts of the domain from setting it; browsers demand HTTPS for it. A browser sends a cookie to all ports of
 * a machine: two meshes on one of them each have their own.
 */
export const cookieName = ({ ISSUER }: Pick<CatalogEnv, 'ISSUER'>, name: string): string =>
  isLoopback(ISSUER) ? `${name}-${new URL(ISSUER).port}` : `__Host-${name}`
