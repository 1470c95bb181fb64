/** Part of the product suite: what a product says about itself is its contract. */
import { contractHash, readContract } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import type { Subject } from './index.ts'

/** What the product says about itself is its contract, without a token. */
export function documentsSuite({ contract, bench }: Subject): void {
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
