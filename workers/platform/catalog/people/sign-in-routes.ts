/** Sign-in through the configured OpenID Connect provider (OpenID Connect Core 1.0: authorization code, with PKCE). */
import { Hono } from 'hono'
import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { CatalogApp, World } from '../env.ts'
import { beginSession } from './begin-session.ts'
import { beginFlow, endFlow, type Flow } from './flow.ts'
import { identify } from './identify.ts'
import { openProvider, type Provider } from './provider.ts'
import { returnPath } from './return-path.ts'
import { checkHost } from './session-cookie.ts'

const callbackPath = '/sign-in/callback'

/** `GET /sign-in?return_to=<path>`, which leads to the provider, and `GET /sign-in/callback`, where the provider leads back. */
export function signInRoutes(world: World) {
  return new Hono<CatalogApp>()
    .get('/sign-in', async (c) => {
      checkHost(c)
      c.header('cache-control', 'no-store')
      const provider = await openProvider(c.env, world)
      const flow = await beginFlow(c, world, returnPath(c.req.query('return_to'), c.env.ISSUER))
      return c.redirect(await authorizationUrl(provider, flow, c.env.ISSUER), 303)
    })
    .get(callbackPath, async (c) => {
      checkHost(c)
      c.header('cache-control', 'no-store')
      const flow = await endFlow(c, world, c.req.query('state'))
      const query = new URL(c.req.url).searchParams
      const redirectUri = c.env.ISSUER + callbackPath
      const identity = await identify(await openProvider(c.env, world), { query, flow, redirectUri })
      await beginSession(c, world, identity)
      return c.redirect(c.env.ISSUER + flow.returnTo, 303)
    })
}

async function authorizationUrl(
  { signInUrl, client }: Provider,
  flow: Flow,
  issuer: string,
): Promise<string> {
  const url = new URL(signInUrl)
  const parameters = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: issuer + callbackPath,
    scope: 'openid profile email',
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await calculatePKCECodeChallenge(flow.codeVerifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
