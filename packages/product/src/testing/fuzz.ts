/** Part of the product suite: whatever is sent, the answer is one that the OpenAPI document declares, and never a fault. */
import type { Scope } from '@meshloop/access/claims'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describedBy, type Described, type OpenApi } from './described.ts'
import { requestTo, type Asked } from './requests.ts'
import type { Subject } from './specimen.ts'

const LONG_RUNS = 5_000

/** Random requests made of the product's own document. */
export function fuzzSuite({ contract, record, bench, fill }: Subject): void {
  const which = [0, 1, 2, 3].map((n) => ({ n, revision: 0 }))

  describe('whatever is sent', () => {
    it('is answered as the OpenAPI document declares', async () => {
      await fill(which)
      const document = await bench().json<OpenApi>('/openapi.json')
      const routes = describedBy(document)
      const credential = await credentialsOf(bench())
      const ask = async ({ method, path, headers, body, credential: kind }: Asked) => {
        const hasBody = body !== undefined && !['GET', 'HEAD'].includes(method)
        const authorization = await credential(kind)
        const response = await bench().call(path, {
          method,
          headers: { ...headers, authorization },
          redirect: 'manual',
          ...(hasBody ? { body } : {}),
        })
        return { response, text: await response.text() }
      }
      await fc.assert(
        fc.asyncProperty(requestTo(routes, valuesOf(which.map(({ n }) => record(n, 0)))), async (asked) => {
          const { response, text } = await ask(asked)
          const route = routes.find(({ id }) => id === asked.id)
          expect(complaintsAbout(asked, route, response, text)).toEqual([])
        }),
        { numRuns: runs() },
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

/** A path that was changed leads elsewhere or nowhere, a method that was changed is told which ones there are: no row has that. */
function complaintsAbout(
  { method, path }: Asked,
  route: Described | undefined,
  response: Response,
  text: string,
): readonly string[] {
  const { status, headers } = response
  if (status === 500) return [`a fault: ${text}`]
  const isOther = method !== route?.method
  if (status === 405) {
    const isTold = headers.has('allow') && !headers.get('allow')?.split(', ').includes(method)
    return isTold ? [] : [`${method} ${path}: the header Allow is wrong`]
  }
  if (method === 'OPTIONS' && status === 204)
    return headers.has('allow') ? [] : ['the header Allow is missing']
  if (status === 404 && text.includes('/problems/not_found')) return []
  if (isOther) return [] // another operation's answer
  return route.complaints(response, text)
}

/** Tokens of every kind, made once: signing takes longer than being refused. */
async function credentialsOf({ token }: ReturnType<Subject['bench']>) {
  const scopes: readonly Scope[] = ['read', 'aggregate', 'ingest', 'run', 'check', 'flags']
  const past = Math.floor(Date.now() / 1000) - 10_000
  const tokens = new Map<Asked['credential'], string>([
    ['none', ''],
    ['garbage', 'Bearer ..%00'],
    ['expired', `Bearer ${await token('read', { iat: past, exp: past + 600 })}`],
  ])
  for (const scope of scopes) tokens.set(scope, `Bearer ${await token(scope)}`)
  return async (kind: Asked['credential']) => tokens.get(kind) ?? ''
}
