/** Part of the product suite: what a product says about itself is its contract. */
import { contractHash, majorOf, ports, readContract } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

/** What the product says about itself is its contract, without a token. */
export function documentsSuite({ contract, worker, bench }: Subject): void {
  const open = { headers: { authorization: '' } }

  describe('documents', () => {
    it('serve the contract that was defined, hash included', async () => {
      const response = await bench().call('/contract?format=definition', open)
      expect(response.headers.get('meshloop-contract')).toBe(await contractHash(contract))
      expect(await contractHash(readContract(await response.json()))).toBe(await contractHash(contract))
    })

    it('serve ODCS and JSON Schema', async () => {
      expect(await bench().json('/contract', open)).toMatchObject({
        kind: 'DataContract',
        apiVersion: 'v3.1.0',
        id: contract.id,
      })
      const schema = await bench().json('/contract?format=jsonschema', open)
      expect(schema['required']).toEqual(Object.keys(contract.fields))
    })

    it('serve the contract as a page, as YAML and as a tool for agents', async () => {
      const page = await bench().call('/contract?format=markdown', open)
      expect(page.headers.get('content-type')).toContain('text/markdown')
      expect(await page.text()).toContain(contract.id)
      const yaml = await bench().call('/contract?format=odcs-yaml', open)
      expect(yaml.headers.get('content-type')).toBe('application/yaml')
      expect(new TextDecoder().decode(await yaml.arrayBuffer())).toMatch(/^version: /)
      const tool = await bench().json<{ inputSchema: { properties: Record<string, object> } }>(
        '/contract?format=tool',
        open,
      )
      const { paths } = await bench().json<{
        paths: Record<string, { get: { parameters: { name: string; in: string }[] } }>
      }>('/openapi.json', open)
      const parameters = paths['/records']?.get.parameters.filter((p) => p.in === 'query') ?? []
      // A filter's operators are members of one argument: `placed_at[gte]` is `placed_at: { gte }`.
      const told = Object.entries(tool.inputSchema.properties).flatMap(([name, schema]) =>
        'properties' in schema
          ? Object.keys(schema.properties as object).map((op) => (op === 'eq' ? name : `${name}[${op}]`))
          : [name],
      )
      expect(told.toSorted()).toEqual(parameters.map(({ name }) => name).toSorted())
    })

    it('refuse formats and parameters that there are not', async () => {
      const refused = async (query: string) => (await bench().call(`/contract?${query}`, open)).json()
      expect(await refused('format=xml')).toMatchObject({ code: 'parameter_invalid' })
      expect(await refused('major=1')).toMatchObject({ code: 'parameter_unknown' })
    })

    it('serve an OpenAPI document whose parameters are all understood', async () => {
      const document = await bench().json<{
        openapi: string
        paths: Record<string, { get?: { parameters: { name: string; in: string }[] } }>
      }>('/openapi.json', open)
      expect(document.openapi).toBe('3.1.0')
      const names =
        document.paths['/records']?.get?.parameters.filter((p) => p.in === 'query').map((p) => p.name) ?? []
      expect(names).toEqual(
        expect.arrayContaining([
          ...contract.key,
          `${contract.eventTime}[gte]`,
          'sort',
          'fields',
          'limit',
          'cursor',
        ]),
      )
      for (const name of names) {
        const problem = await (
          await bench().call(`/records?${new URLSearchParams({ [name]: '' })}`)
        ).json<{ code?: string }>()
        expect([undefined, 'parameter_invalid', 'cursor_invalid'], name).toContain(problem.code)
      }
    })

    it('describe every route in the OpenAPI document, and nothing else', async () => {
      const { paths } = await bench().json<{ paths: Record<string, object> }>('/openapi.json', open)
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      )
      const base = `/${contract.id.replace('.', '/')}/v${majorOf(contract)}`
      const key = contract.key.map((name) => `{${name}}`).join('/')
      const routes = worker.routes.flatMap(({ method, path }) => {
        const below = path.startsWith(`${base}/`) ? path.slice(base.length).replace(/:k0.*$/, key) : ''
        const isPage = below === '' || below === '/docs' || below.startsWith('/docs/')
        // What an older major refuses at any method is no operation.
        return isPage || method === 'ALL' ? [] : [`${method} ${below.replace(/:(\w+)/g, '{$1}')}`]
      })
      const offered = contract.ports ?? ports
      const ids = Object.values(paths).flatMap((methods) =>
        Object.values(methods).map(({ operationId }: { operationId: string }) => operationId),
      )
      expect(new Set(ids).size, 'each operation has a name of its own').toBe(ids.length)
      const missing = ports.filter((port) => !offered.includes(port)).map((port) => `/${port}`)
      expect(described.toSorted()).toEqual(
        routes.filter((route) => !missing.some((path) => route.includes(` ${path}`))).toSorted(),
      )
    })

    it('serve a console that loads nothing from elsewhere', async () => {
      const page = await bench().call('/docs', open)
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await page.text()).toContain(contract.title)
      expect((await bench().call('/docs/console.js', open)).headers.get('content-type')).toContain(
        'javascript',
      )
    })
  })
}
