/** The OpenAPI 3.1 document of a major: made of the same parameters and schemas that requests are read and answers are made by. */
import type { Scope } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { lifecycleHeaders, lifeSentence, withLife } from '../http/deprecation.ts'
import { describingOperations } from './describing.ts'
import { exportOperations } from './exports.ts'
import { headerComponents, type HeaderName } from './headers.ts'
import { operatingOperations } from './operating.ts'
import { usageOperations } from './using.ts'
import { tags, toJson, type Json, type Operation } from './operation.ts'
import { readingOperations } from './reading.ts'
import { schemasOf } from './schemas.ts'
import { sourceOperations } from './sources.ts'

/** What the document is made of: no running product is needed. */
export interface Described {
  readonly contract: Contract
  readonly env: { readonly BASE_URL: string; readonly ISSUER: string }
}

const scopeMeanings: Readonly<Record<Scope, string>> = {
  read: 'Records, totals and changes that a grant shows',
  aggregate: 'Totals alone',
  ingest: 'Send rows as a source',
  run: 'Make a derived product go on',
  check: 'See its state, its faults and its use',
  flags: 'Publish its flags',
}

const headerNames = { deprecation: 'Deprecation', sunset: 'Sunset', link: 'Link' } as const

/** The document of a product. A grant may show less than it describes. */
export function openApi({ contract, env }: Described): Json {
  const operations = operationsOf(contract)
  const said = lifecycleHeaders(contract, '', '')
  const life = (['deprecation', 'sunset', 'link'] as const).flatMap((name) =>
    name in said ? [headerNames[name]] : [],
  )
  const paths = withLife(contract, pathsOf(operations, env.ISSUER, life))
  const used = tagsOf(operations)
  return {
    openapi: '3.1.0',
    info: {
      title: `${contract.title} (${contract.id})`,
      version: contract.version,
      description: [contract.purpose, contract.limitations, lifeSentence(contract)]
        .filter(Boolean)
        .join('\n\n'),
      contact: contactOf(contract),
      license: { name: 'Terms of the contract', url: `${env.BASE_URL}/contract?format=markdown` },
    },
    servers: [{ url: env.BASE_URL }],
    security: [{ token: ['read'] }],
    tags: used.map((name) => ({ name, description: tags[name] })),
    paths,
    components: {
      securitySchemes: {
        // Bought with the client's key as it asks for one product: RFC 6749, section 4.4.
        token: {
          type: 'oauth2',
          description: 'A token is good for one major of one product, for ten minutes',
          flows: { clientCredentials: { tokenUrl: `${env.ISSUER}/oauth/token`, scopes: scopeMeanings } },
        },
      },
      ...referredTo(paths, { schemas: schemasOf(contract), headers: headerComponents }),
    },
  }
}

/** Every operation of a major: the addresses of the Worker, but for the console's pages. */
export const operationsOf = (contract: Contract): readonly Operation[] => [
  ...readingOperations(contract),
  ...exportOperations(contract),
  ...sourceOperations(contract),
  ...describingOperations,
  ...usageOperations,
  ...operatingOperations(contract),
]

function pathsOf(operations: readonly Operation[], issuer: string, life: readonly HeaderName[]): Json {
  const paths = [...new Set(operations.map(({ path }) => path))]
  return Object.fromEntries(
    paths.map((path) => [
      path,
      Object.fromEntries(
        operations
          .filter((operation) => operation.path === path)
          .map((operation) => [operation.method, toJson(operation, { issuer, life })]),
      ),
    ]),
  )
}

const tagsOf = (operations: readonly Operation[]): Operation['tag'][] => [
  ...new Set(operations.map(({ tag }) => tag)),
]

/** A support channel is an address of one kind or another; a name such as #orders-data is told in the contract. */
function contactOf({ owner: { team, support } }: Contract): Json {
  if (/^[^\s@]+@[^\s@]+$/.test(support)) return { name: team, email: support }
  return { name: team, ...(support.startsWith('https://') ? { url: support } : {}) }
}

/** The components that the paths refer to, directly or through others. */
function referredTo(paths: Json, components: Readonly<Record<string, Json>>): Json {
  const seen = new Set<string>()
  const follow = (part: unknown): void => {
    for (const [, kind = '', name = ''] of JSON.stringify(part).matchAll(
      /"#\/components\/(\w+)\/([\w-]+)"/g,
    )) {
      if (seen.has(`${kind}/${name}`)) continue
      seen.add(`${kind}/${name}`)
      follow(components[kind]?.[name])
    }
  }
  follow(paths)
  return Object.fromEntries(
    Object.entries(components).map(([kind, all]) => [
      kind,
      Object.fromEntries(Object.entries(all).filter(([name]) => seen.has(`${kind}/${name}`))),
    ]),
  )
}
