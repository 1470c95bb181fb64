/** A client that is generated from a product's OpenAPI document compiles, refuses what the document forbids, and reads the running product. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMesh, type Mesh } from '@meshloop/cli/host'
import { fieldOf, filterable, type Contract } from '@meshloop/contract'
import openapiTS, { astToString } from 'openapi-typescript'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from './stranger.ts'

let mesh: Mesh
const state = mkdtempSync(join(tmpdir(), 'meshloop-client-'))
const folder = mkdtempSync(join(tmpdir(), 'meshloop-program-'))

beforeAll(async () => {
  // What the program imports is installed here.
  symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'))
  mesh = await startMesh({ root, stateFolder: state, vars: { 'shop.simulator': { LIVE: 'off' } } })
}, 120_000)
afterAll(async () => {
  await mesh.stop()
  for (const made of [state, folder]) rmSync(made, { recursive: true })
})

interface Listed {
  readonly url: string
  readonly contract: Contract
}

it('every product of the mesh is read through a generated client', async () => {
  const products = await discovered()
  expect(products.length).toBeGreaterThan(5)
  for (const [index, { url, contract }] of products.entries()) {
    const types = astToString(await openapiTS(new URL(`${url}/openapi.json`)))
    mkdirSync(join(folder, `p${index}`))
    writeFileSync(join(folder, `p${index}`, 'api.ts'), types)
    writeFileSync(join(folder, `p${index}`, 'program.ts'), programFor(contract))
  }
  const options = { strict: true, noEmit: true, target: 'esnext', module: 'nodenext', lib: ['esnext', 'dom'], types: [], allowImportingTsExtensions: true, skipLibCheck: true } // prettier-ignore
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*/*.ts'] }),
  )
  const { stdout, status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
    encoding: 'utf8',
  })
  expect([stdout, status]).toEqual(['', 0])

  for (const [index, { url, contract }] of products.entries()) {
    const program = (await import(join(folder, `p${index}`, 'program.ts'))) as { read: Read }
    const got = await program.read(url, await tokenFor(url), contract.eventTime)
    expect({ id: contract.id, ...got }).toEqual({
      id: contract.id,
      records: 0,
      cursor: null,
      groups: true,
      changes: true,
      refused: 'token_missing',
      wrong: 'parameter_invalid',
      missing: 'record_not_found',
    })
  }
}, 120_000)

type Read = (url: string, token: string, time: string) => Promise<object>

/** Every major, as a program finds it that knows the catalog alone. */
async function discovered(): Promise<Listed[]> {
  const { linkset } = (await (await fetch(`${mesh.url}/.well-known/api-catalog`)).json()) as {
    linkset: readonly { anchor: string }[]
  }
  return Promise.all(
    linkset.map(async ({ anchor: url }) => ({
      url,
      contract: (await (await fetch(`${url}/contract?format=definition`)).json()) as Contract,
    })),
  )
}

/** A program such as a consumer writes. What must not compile is marked, and fails to compile where it does. */
function programFor(contract: Contract): string {
  const { key, eventTime, id } = contract
  const [numeric] = filterable(contract).filter((name) => ['int', 'money', 'number'].includes(fieldOf(contract, name).kind)) // prettier-ignore
  const [choice] = filterable(contract).filter((name) => fieldOf(contract, name).kind === 'enum')
  const wrong = [
    `// @ts-expect-error a parameter that the document does not have\n  void client.GET('/records', { params: { query: { colour: 'red' } } })`,
    `// @ts-expect-error a limit is a number\n  void client.GET('/records', { params: { query: { limit: 'many' } } })`,
    `// @ts-expect-error no field of this product\n  void client.GET('/records', { params: { query: { fields: ['colour'] } } })`,
    ...(choice === undefined ? [] : [`// @ts-expect-error none of its values\n  void client.GET('/records', { params: { query: { '${choice}': 'colour' } } })`]), // prettier-ignore
    ...(numeric === undefined ? [] : [`// @ts-expect-error a number\n  void client.GET('/records', { params: { query: { '${numeric}': 'x' } } })`]), // prettier-ignore
  ]
  const path = `/records/${key.map((name) => `{${name}}`).join('/')}`
  return `/** Reads ${id}. */
import createClient from 'openapi-fetch'
import type { paths, components } from './api.ts'

export async function read(baseUrl: string, token: string) {
  const querySerializer = { array: { style: 'form', explode: false } } as const
  const client = createClient<paths, 'application/json' | 'application/problem+json'>({ baseUrl, querySerializer, headers: { authorization: 'Bearer ' + token } })
  const page = await client.GET('/records', {
    params: { query: { '${eventTime}[gte]': '2020-01-01T00:00:00.000Z', sort: ['-${eventTime}'], fields: ['${key[0]}', '${eventTime}'], limit: 10 } },
  })
  if (!page.data) throw new Error(page.error.code + ': ' + page.error.detail)
  const records: components['schemas']['SomeFields'][] = page.data.records
  const cursor: string | null = page.data.next_cursor
  const totals = await client.GET('/aggregate', { params: { query: { limit: 1 } } })
  const feed = await client.GET('/changes', { params: { query: { limit: 1 } } })
  for (const change of feed.data?.changes ?? []) {
    if (change.op === 'delete') void change.key
    else void change.record
  }
  const wrong = await client.GET('/records', { params: { query: { limit: 0 } } })
  const nobody = await client.GET('/records', { headers: { authorization: null } })
  const missing = await client.GET('${path}', { params: { path: { ${key.map((name) => `'${name}': ${sampleOf(contract, name)}`).join(', ')} } } })
  const code: 'token_missing' | 'token_invalid' | undefined | string = nobody.error?.code
  return {
    records: records.length,
    cursor,
    groups: Array.isArray(totals.data?.groups) || totals.error?.code === 'not_found',
    changes: Array.isArray(feed.data?.changes),
    refused: code,
    wrong: wrong.error?.code,
    missing: missing.error?.code,
  }
}

/** Never called: it must not compile but for the marks. */
export function mistakes(client: ReturnType<typeof createClient<paths, 'application/json' | 'application/problem+json'>>) {
  ${wrong.join('\n  ')}
}
`
}

const sampleOf = (contract: Contract, name: string): string =>
  ['int', 'number', 'money'].includes(fieldOf(contract, name).kind) ? '1' : `'none'`

async function tokenFor(url: string): Promise<string> {
  const response = await fetch(`${mesh.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'local.commands',
      client_secret: await mesh.keys.of('local.commands', 'CLIENT_KEY'),
      resource: url,
    }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}
