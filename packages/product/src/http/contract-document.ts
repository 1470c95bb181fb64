/** `GET /contract`: the contract in the words of those who read it. */
import { toJsonSchema, toMarkdown, toOdcs, toTool, toYaml } from '@meshloop/contract/documents'
import type { ProductEnv, Runtime } from '../env.ts'
import { ProductError } from '../problems.ts'
import { refuseUnacceptable } from './acceptable.ts'
import { readParameters, textOf } from '../query/parameters.ts'
import { contractFormats, contractParameters } from './port-parameters.ts'
import { portsOf } from './offered-ports.ts'

type Format = (typeof contractFormats)[number]
type Document = (told: Told) => object | string

/** What a contract is told with: no storage is needed. */
interface Told extends Pick<Runtime, 'contract' | 'contractHash'> {
  readonly env: Pick<ProductEnv, 'BASE_URL'>
}

/** Each format with its media type and how it is made. */
const formats = {
  odcs: { type: 'application/json', make: ({ contract, env }) => toOdcs(contract, env.BASE_URL) },
  // RFC 9512
  'odcs-yaml': {
    type: 'application/yaml',
    make: ({ contract, env }) => toYaml(toOdcs(contract, env.BASE_URL)),
  },
  definition: { type: 'application/json', make: ({ contract }) => contract },
  jsonschema: { type: 'application/schema+json', make: ({ contract }) => toJsonSchema(contract) },
  markdown: { type: 'text/markdown; charset=utf-8', make: ({ contract }) => toMarkdown(contract) },
  tool: { type: 'application/json', make: ({ contract, env }) => toTool(contract, env.BASE_URL) },
} as const satisfies Readonly<Record<Format, { readonly type: string; readonly make: Document }>>

/**
 * The answer.
 *
 * @throws {ProductError} `parameter_unknown`, `parameter_invalid`, `port_not_offered`, `not_acceptable`
 */
export function contractDocument(told: Told, request: Request): Response {
  const values = readParameters(new URL(request.url).searchParams, contractParameters)
  const asked = contractFormats.find((name) => name === textOf(values, 'format')) ?? 'odcs'
  if (asked === 'tool' && !portsOf(told.contract).includes('records'))
    throw new ProductError('port_not_offered', `${told.contract.id} offers no records to a tool.`)
  const { type, make } = formats[asked]
  refuseUnacceptable(request, [type])
  const document: object | string = make(told)
  return new Response(typeof document === 'string' ? document : JSON.stringify(document), {
    headers: { 'content-type': type, 'meshloop-contract': told.contractHash },
  })
}
