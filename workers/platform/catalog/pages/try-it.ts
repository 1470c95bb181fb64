/** Command lines that read a product, and the documents of its contract. */
import { ports, type Port } from '@meshloop/contract'
import type { ProductDocument } from '../products/documents.ts'

/** A command line and what it does. */
export interface Example {
  readonly what: string
  readonly command: string
}

/** Examples for one product. Its contract is somebody's input, and people paste what stands here into a shell. */
export function examplesOf({
  id,
  major,
  url,
  contract,
  successor,
}: Pick<ProductDocument, 'id' | 'major' | 'url' | 'contract' | 'successor'>): readonly Example[] {
  const get = (path: string) => `curl -H "Authorization: Bearer $TOKEN" '${url}${path}'`
  const filter = filterOf(contract)
  const [measure] = Object.keys(contract.measures ?? {})
  const [dimension] = contract.dimensions ?? []
  const records = [
    { what: 'A page of records', command: get('/records?limit=3') },
    ...(filter
      ? [
          {
            what: `Only where ${filter.replace('=', ' is ').slice(0, 80)}`,
            command: get(`/records?${filter}`),
          },
        ]
      : []),
  ]
  const groups =
    measure && dimension
      ? [
          {
            what: `${measure} by ${dimension}`,
            command: get(`/aggregate?measures=${measure}&by=${dimension}`),
          },
        ]
      : []
  const offers = (port: Port) => (contract.ports ?? ports).includes(port)
  // The newest major is what the command line takes by itself.
  const option = successor ? ` --major ${major}` : ''
  return [
    { what: 'A token, ten minutes long', command: `TOKEN=$(npx pnpm --silent mesh token ${id}${option})` },
    ...(offers('records') ? records : []),
    ...(offers('aggregate') ? groups : []),
    ...(offers('changes')
      ? [{ what: 'What has changed, from the beginning', command: get('/changes') }]
      : []),
  ]
}

/** A document that a product makes from its contract. */
export interface ContractDocument {
  readonly what: string
  readonly address: string
}

/** Every form in which a product serves its contract. */
export function documentsOf({
  url,
  contract,
}: Pick<ProductDocument, 'url' | 'contract'>): readonly ContractDocument[] {
  return [
    { what: 'OpenAPI', address: `${url}/openapi.json` },
    { what: 'ODCS', address: `${url}/contract` },
    { what: 'ODCS as YAML', address: `${url}/contract?format=odcs-yaml` },
    { what: 'JSON Schema', address: `${url}/contract?format=jsonschema` },
    { what: 'Markdown', address: `${url}/contract?format=markdown` },
    // A tool reads records; a product that offers none has none.
    ...((contract.ports ?? ports).includes('records')
      ? [{ what: 'Tool for agents', address: `${url}/contract?format=tool` }]
      : []),
    { what: 'Definition', address: `${url}/contract?format=definition` },
  ]
}

function filterOf({ indexes = [], fields }: ProductDocument['contract']): string | undefined {
  const name = indexes.flat().find((index) => fields[index]?.kind === 'enum')
  const [value] = (name === undefined ? undefined : fields[name]?.values) ?? []
  // The quote is all that encodeURIComponent leaves of what could end a quoted address.
  return value === undefined ? undefined : `${name}=${encodeURIComponent(value).replaceAll("'", '%27')}`
}
