/** A browser, as far as signing in needs one: it keeps cookies for each host, and says which site a form came from. */
import { catalogApp } from '../app.ts'
import type { CatalogEnv } from '../env.ts'
import { developmentSignIn } from '../people/development/sign-in.tsx'
import { formTokenField } from '../people/forms.ts'
import { signInRoutes } from '../people/sign-in-routes.ts'
import { env } from './mesh.ts'

/** A catalog that visitors open. */
export interface Site {
  /** `now` of its clock; the real one without. */
  readonly now?: () => number
  readonly bindings?: Partial<CatalogEnv>
  /** As under `mesh dev`. */
  readonly development?: boolean
  /** Another origin whose name leads to this catalog. */
  readonly alias?: string
}

/** A catalog under `mesh dev`. */
export const localSite: Site = { development: true, bindings: { ISSUER: 'http://127.0.0.1:8787' } }

/** Somebody with a browser. */
export interface Visitor {
  /** Cookies by host and name. */
  readonly cookies: Map<string, Map<string, string>>
  /** Opens an address (of the catalog, if it is a path) without following where it leads. */
  open(address: string, init?: RequestInit): Promise<Response>
  /** Sends a form of the catalog's own page. */
  send(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  /** The form token on a page of the catalog. */
  formToken(): Promise<string>
  /** The session's cookie, if there is one. */
  session(): string | undefined
}

/** A new browser at a site. */
export function visit({ now = Date.now, bindings = {}, development = false, alias }: Site = {}): Visitor {
  const there: CatalogEnv = { ...env, ...bindings }
  const catalog = catalogApp({
    signIn: development ? developmentSignIn : signInRoutes,
    world: {
      fetch: (url, init) => fetch(url, init),
      now,
      newId: () => crypto.randomUUID(),
      newSecret: () =>
        crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: 'base64url', omitPadding: true }),
    },
  })
  const cookies: Visitor['cookies'] = new Map()
  const open: Visitor['open'] = async (address, init) => {
    const url = new URL(address, there.ISSUER)
    const jar = cookies.get(url.host) ?? new Map<string, string>()
    cookies.set(url.host, jar)
    const headers = new Headers(init?.headers)
    if (jar.size > 0 && !headers.has('cookie'))
      headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const request: RequestInit = { ...init, headers, redirect: 'manual' }
    const isCatalog = url.origin === there.ISSUER || url.origin === alias
    const response = await (isCatalog ? catalog.request(url.href, request, there) : fetch(url.href, request))
    for (const line of response.headers.getSetCookie()) keep(jar, line)
    return response
  }
  return {
    cookies,
    open,
    send: (path, fields, headers = {}) =>
      open(path, {
        method: 'POST',
        headers: {
          origin: there.ISSUER,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
      }),
    formToken: async () => {
      const page = await (await open('/account')).text()
      return new RegExp(`name="${formTokenField}" value="([^"]+)"`).exec(page)?.[1] ?? ''
    },
    session: () => {
      const jar = cookies.get(new URL(there.ISSUER).host)
      return jar?.get('__Host-meshloop') ?? jar?.get('meshloop-8787')
    },
  }
}

/** As a browser does it: `Max-Age=0` ends a cookie. */
function keep(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (/;\s*max-age=0/i.test(line) || /;\s*expires=thu, 01 jan 1970/i.test(line)) jar.delete(name)
  else jar.set(name, value)
}

/** Signs in at the provider's own pages, beginning at its address; the address of the catalog to which it leads back. */
export async function passProvider(visitor: Visitor, start: string, name: string): Promise<string> {
  let address = start
  for (let step = 0; step < 10; step++) {
    const response = await visitor.open(address)
    const next =
      response.headers.get('location') ?? (await fillIn(visitor, address, await response.text(), name))
    address = new URL(next, address).href
    if (address.startsWith(env.ISSUER)) return address
  }
  throw new Error(`still at ${address}`)
}

async function fillIn(visitor: Visitor, address: string, page: string, name: string): Promise<string> {
  const asksWho = page.includes('name="login"')
  const fields = asksWho ? { prompt: 'login', login: name, password: 'any' } : { prompt: 'consent' }
  const response = await visitor.open(address, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
  return response.headers.get('location') ?? address
}

/** Signs in as somebody; the last answer, with which the session begins. */
export async function signIn(visitor: Visitor, name: string, returnTo = '/account'): Promise<Response> {
  const begun = await visitor.open(`/sign-in?return_to=${encodeURIComponent(returnTo)}`)
  return visitor.open(await passProvider(visitor, begun.headers.get('location') ?? '', name))
}

/** Signs in under `mesh dev`, as `owner:purchase`. */
export async function sayWho(visitor: Visitor, who: string): Promise<void> {
  const response = await visitor.send('/sign-in', { as: who })
  if (response.status !== 303) throw new Error(await response.text())
}
