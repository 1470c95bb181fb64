/** Part of the product suite: whatever is sent, the answer is one that the OpenAPI document declares, and never a fault. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describedBy, type Described, type OpenApi } from './described.ts'
import { requestTo, type Asked } from './requests.ts'
import type { Subject } from './specimen.ts'

const LONG_RUNS = 5_000
const REQUESTS_OF_ONE = 1_000

/** Random requests made of the product's own document. */
export function fuzzSuite({ contract, record, bench, fill }: Subject): void {
  const which = [0, 1, 2, 3].map((n) => ({ n, revision: 0 }))

  describe('whatever is sent', () => {
    it('is answered as the OpenAPI document declares', async () => {
      await fill(which)
      const document = await bench().json<OpenApi>('/openapi.json')
      const routes = describedBy(document)
      const credential = credentialsOf(bench())
      const ask = async ({ method, path, headers, body, credential: kind }: Asked) => {
        const hasBody = body !== undefined && !['GET', 'HEAD'].includes(method)
        const authorization = await credential(kind)
        const response = await bench().call(path, {
          method,
          headers: { ...headers, authorization },
          redirect: 'manual',
          ...(hasBody ? { body } : {}),
        })
        return { response, text: new TextDecoder().decode(await response.arrayBuffer()) }
      }
      await fc.assert(
        fc.asyncProperty(requestTo(routes, valuesOf(which.map(({ n }) => record(n, 0)))), async (asked) => {
          const { response, text } = await ask(asked)
          const { pathname } = new URL(`https://data.test${asked.path}`)
          expect(
            complaintsAbout(asked.method, routeAt(routes, asked.method, pathname), response, text),
          ).toEqual([])
        }),
        // An answer that never comes fails with its request.
        { numRuns: runs(), timeout: 20_000 },
      )
    })
  })

  const valuesOf = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    Object.fromEntries(
      Object.keys(contract.fields).map((field) => [
        field,
        rows.flatMap((row) =>
          ['string', 'number', 'boolean'].includes(typeof row[field]) ? [String(row[field])] : [],
        ),
      ]),
    )
}

const runs = (): number => {
  const { numRuns = 100 } = fc.readConfigureGlobal()
  return numRuns > 100 ? LONG_RUNS : numRuns
}

/** The operation that a request asks for; a path without parts in braces is closer than one with. HEAD asks for what GET does. */
function routeAt(routes: readonly Described[], method: string, pathname: string): Described | undefined {
  const asked = pathname.split('/')
  const isAt = (path: string): boolean => {
    const parts = path.split('/')
    return (
      parts.length === asked.length &&
      parts.every((part, index) => (part.startsWith('{') ? asked[index] !== '' : part === asked[index]))
    )
  }
  return routes
    .filter((route) => route.method === (method === 'HEAD' ? 'GET' : method) && isAt(route.path))
    .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0]
}

function complaintsAbout(
  method: string,
  route: Described | undefined,
  response: Response,
  text: string,
): readonly string[] {
  const { status, headers } = response
  if (status === 500) return [`a fault: ${text}`]
  if ((status === 429 || status === 503) && !headers.has('retry-after')) return ['Retry-After is missing']
  if (!route) return unrouted(method, response)
  return method === 'HEAD' ? route.headComplaints(response, text) : route.complaints(response, text)
}

/** No operation: another method is told which ones there are, another address that it is none. */
function unrouted(method: string, { status, headers }: Response): readonly string[] {
  const allow = headers.get('allow')?.split(', ')
  if (status === 405) return allow && !allow.includes(method) ? [] : ['Allow is wrong']
  if (method === 'OPTIONS' && status === 204) return allow ? [] : ['Allow is missing']
  return status === 404 || status === 302 || status === 410 ? [] : [`no operation answers ${status}`]
}

/** Tokens of every kind, made once for many requests: signing takes longer than being refused. Each consumer has a limit of requests. */
function credentialsOf({ token }: ReturnType<Subject['bench']>) {
  const past = Math.floor(Date.now() / 1000) - 10_000
  const kept = new Map<string, Promise<string>>()
  let asked = 0
  return async (kind: Asked['credential']): Promise<string> => {
    if (kind === 'none') return ''
    if (kind === 'garbage') return 'Bearer ..%00'
    const sub = `test.fuzz-${Math.floor(asked++ / REQUESTS_OF_ONE)}`
    const made =
      kept.get(`${kind} ${sub}`) ??
      (kind === 'expired' ? token('read', { iat: past, exp: past + 600 }) : token(kind, { sub }))
    kept.set(`${kind} ${sub}`, made)
    return `Bearer ${await made}`
  }
}
