/**
 * The internet as the catalog's tests see it, in Node: hosts that serve products well, and hosts that do not.
 * `/status` is answered only to a token that a product would accept.
 */
import { createVerifier } from '@meshloop/access/verify'
import { jwksDocument, type PrivateJwk } from '@meshloop/access/issue'
import { contractHash, type Contract } from '@meshloop/contract'
import { accounts, fraud, orders } from './contracts.ts'
import { login, loginProvider } from './login-provider.ts'

const served: Readonly<Record<string, Contract>> = {
  '/purchase/orders/v1': orders,
  '/customer/accounts/v1': accounts,
  '/risk/fraud/v1': fraud,
}

/** Age of each product's watermark; one without an entry has no watermark. */
const ageSeconds: Readonly<Record<string, number>> = {
  '/purchase/orders/v1': 41,
  '/customer/accounts/v1': 3_600,
}

/** Answers every request that leaves the Worker. A test deploys what a host answers by PUTting it at its address. */
export function internet(issuer: string, issuerKey: PrivateJwk) {
  const jwks = async () => Response.json(jwksDocument([issuerKey]))
  const deployed = new Map<string, string>()
  const askLogin = loginProvider(issuer)

  return async (request: Request): Promise<Response> => {
    const { method, url, headers } = request
    const { hostname, pathname, search, origin } = new URL(url)
    if (origin === login.issuer) return askLogin(request)
    if (method === 'PUT') {
      deployed.set(origin + pathname, await request.text())
      return new Response(null, { status: 204 })
    }
    if (hostname === 'forger.example') return forgery(deployed.get(origin + pathname), pathname)
    const base = pathname.slice(0, pathname.lastIndexOf('/'))
    const own = deployed.get(origin + pathname)
    const contract = served[base] ?? parsed(deployed.get(`${origin}${base}/contract`))
    if (!contract) return new Response('no such product', { status: 404 })
    if (pathname.endsWith('/status') || pathname.endsWith('/usage')) {
      const { verify } = createVerifier({ issuer, audience: origin + base, fetch: jwks, now: Date.now })
      await verify(headers.get('authorization'), 'check')
      if (hostname === 'away.team.example') return new Response('', { status: 503 })
      if (own !== undefined) return jsonOf(own)
      return pathname.endsWith('/usage')
        ? new Response('', { status: 404 })
        : Response.json(await status(base, contract))
    }
    // Registration must not carry a credential to a host that somebody names.
    if (headers.get('authorization') !== null || search !== '?format=definition')
      return new Response('', { status: 400 })
    return own === undefined ? contractAnswer(hostname, contract, url) : jsonOf(own)
  }
}

/** What the test PUT there, or a misbehaviour that the path names. */
function forgery(document: string | undefined, path: string): Response {
  if (document !== undefined) return jsonOf(document)
  switch (path) {
    case '/moved':
      return Response.redirect('https://forger.example/token', 307)
    case '/huge':
      return jsonOf(`["${'x'.repeat(300 * 1024)}"]`)
    default:
      return new Response('', { status: 503 })
  }
}

const parsed = (json: string | undefined): Contract | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as Contract)

const jsonOf = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'application/json' } })

function contractAnswer(hostname: string, contract: Contract, url: string): Response {
  switch (hostname) {
    case 'differs.team.example':
      return Response.json({ ...contract, purpose: 'Something else.' })
    case 'invalid.team.example':
      return Response.json({ hello: 'world' })
    case 'html.team.example':
      return new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } })
    case 'error.team.example':
      return new Response('', { status: 500 })
    case 'huge.team.example':
      return new Response(`[${'1,'.repeat(600_000)}1]`)
    case 'slow.team.example':
      return new Response(drops())
    case 'redirect.team.example':
      return new Response(null, {
        status: 302,
        headers: { location: url.replace('redirect.team', 'data.shop') },
      })
    case 'broken.team.example':
      throw new Error('connection lost')
    default:
      return Response.json(contract)
  }
}

/** A byte now and then, for half a second. */
function drops(): ReadableStream<Uint8Array> {
  const left = Array.from({ length: 50 }, () => new Uint8Array([32]))
  return new ReadableStream<Uint8Array>({
    async pull(to) {
      await new Promise((resolve) => void setTimeout(resolve, 10))
      const drop = left.pop()
      if (drop) to.enqueue(drop)
      else to.close()
    },
  })
}

async function status(base: string, contract: Contract) {
  const age = ageSeconds[base]
  const as_of = age === undefined ? null : new Date(Date.now() - age * 1000).toISOString()
  return {
    product: contract.id,
    version: contract.version,
    contract: await contractHash(contract),
    as_of,
    freshness: { promised: contract.freshness },
    counts: { changes: 69_659, quarantined: contract === accounts ? 3 : 0 },
    progress: [{ name: 'storefront', as_of, n: 7, waiting: 0 }],
  }
}
