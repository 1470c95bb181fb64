/** A real OpenID Connect provider (oidc-provider), over HTTP on this machine, in Node; the tests' internet knows it as https://login.example. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Provider } from 'oidc-provider'

/** Where the catalog finds it, and what it is there. */
export const login = {
  issuer: 'https://login.example',
  clientId: 'catalog',
  clientSecret: 'secret of the catalog at the provider',
}

/** Passes requests on to the provider, which starts with the first one and ends with the process. */
export function loginProvider(catalog: string): (request: Request) => Promise<Response> {
  let address: Promise<string> | undefined
  return async (request) => {
    address ??= start(catalog)
    const { pathname, search, host } = new URL(request.url)
    const headers = new Headers(request.headers)
    headers.set('x-forwarded-host', host)
    headers.set('x-forwarded-proto', 'https')
    headers.delete('host')
    const body = await request.text()
    return fetch((await address) + pathname + search, {
      method: request.method,
      headers,
      redirect: 'manual',
      ...(body === '' ? {} : { body }),
    })
  }
}

async function start(catalog: string): Promise<string> {
  const provider = await makeProvider(catalog)
  // Behind TLS that ends before it.
  provider.proxy = true
  const handle = provider.callback()
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  // A server that listens on TCP has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function makeProvider(catalog: string): Promise<Provider> {
  const { default: OidcProvider } = await import('oidc-provider')
  return new OidcProvider(login.issuer, {
    clients: [
      {
        client_id: login.clientId,
        client_secret: login.clientSecret,
        redirect_uris: [`${catalog}/sign-in/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    // Most providers put the claims of the scopes into the ID token.
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} of Purchase`, email: `${id}@shop.example` }),
    }),
    cookies: { keys: ['a key of the tests'] },
  })
}
