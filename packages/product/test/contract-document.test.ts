/** `GET /contract` of products that do not offer everything. */
import { contractHash, defineProduct, id, time } from '@meshloop/contract'
import { expect, it } from 'vitest'
import { contractDocument } from '../src/http/contract-document.ts'

const contract = defineProduct({
  id: 'a.feed',
  version: '1.0.0',
  title: 'Feed',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: { k: id('Key'), at: time('When', { examples: ['2026-01-31T09:30:00.000Z'] }) },
  key: ['k'],
  eventTime: 'at',
  ports: ['changes'],
  lifecycle: { generalAvailability: '2026-01-31' },
})
const BASE_URL = 'https://data.example/a/feed/v1'
const runtime = { contract, contractHash: await contractHash(contract), env: { BASE_URL } }
const answer = (query: string) => contractDocument(runtime, new Request(`${BASE_URL}/contract${query}`))

it('tells where it is served, with the hash of what it tells', async () => {
  const response = answer('')
  expect(response.headers.get('meshloop-contract')).toBe(runtime.contractHash)
  expect(await response.json()).toMatchObject({ servers: [{ type: 'api', location: BASE_URL }] })
})

it('writes YAML that says the same to readers of YAML 1.1, which take bare days for dates', async () => {
  const bytes = await answer('?format=odcs-yaml').arrayBuffer()
  expect(new TextDecoder().decode(bytes)).toContain('value: "2026-01-31"')
})

it.each([
  ['a tool that would read records', '?format=tool', 'port_not_offered'],
  ['a format that every object has', '?format=constructor', 'parameter_invalid'],
  ['a format twice', '?format=odcs&format=odcs', 'parameter_invalid'],
  ['an unknown parameter', '?fields=k', 'parameter_unknown'],
])('refuses %s', (_, query, code) => expect(() => answer(query)).toThrow(expect.objectContaining({ code })))
