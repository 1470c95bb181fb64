/** Random requests to a product, made of its own OpenAPI document: valid ones, nearly valid ones, and hostile ones. */
import type { Scope } from '@meshloop/access/claims'
import * as fc from 'fast-check'
import type { Described } from './described.ts'

/** A request of the run. `credential`: a token with a scope, or what is none. */
export interface Asked {
  /** Name of the operation that it was made of. */
  readonly id: string
  readonly method: string
  /** Below the base URL, query included. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly credential: Scope | 'none' | 'garbage' | 'expired'
}

type Schema = Readonly<Record<string, unknown>>

const hostileTexts = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'NaN',
  '1e309',
  '99999999999999999999',
  "' OR 1=1 --",
  '"; DROP TABLE records; --',
  ') UNION SELECT name FROM sqlite_master --',
  '%',
  '\u0000',
  '\ud83d\ude00',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '{"$gt":""}',
  ',,,',
  '-'.repeat(300),
  'x'.repeat(3_000),
] as const

/** A request to any of the routes. `values` are some that the product holds, by the name of their field. */
export function requestTo(
  routes: readonly Described[],
  values: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<Asked> {
  return fc.constantFrom(...routes).chain((route) => requestOf(route, values))
}

function requestOf(
  route: Described,
  values: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<Asked> {
  const named = (name: string, schema: Schema) => textFor(schema, values[name.replace(/\[.*/, '')] ?? [])
  const inPath = route.parameters.filter((parameter) => parameter.in === 'path')
  const inQuery = route.parameters.filter((parameter) => parameter.in === 'query')
  const some = fc
    .subarray(inQuery, { maxLength: Math.min(4, inQuery.length) })
    .chain((parameters) =>
      fc.tuple(
        ...parameters.map(({ name, schema }) => named(name, schema).map((text) => [name, text] as const)),
      ),
    )
  const odd = fc.constantFrom(
    ['colour', 'red'] as const,
    ['limit', '1'] as const,
    ['__proto__', 'x'] as const,
    ['', ''] as const,
  )
  return fc.record({
    id: fc.constant(route.id),
    method: often(
      fc.constant(route.method),
      fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'),
    ),
    path: fc
      .tuple(
        fc.tuple(...inPath.map(({ name, schema }) => named(name, schema))),
        some,
        often(fc.constant([]), fc.array(odd, { maxLength: 2 })),
        often(fc.constant(''), fc.constantFrom('/', '/x', '//', '%2F')),
      )
      .map(([parts, query, more, tail]) => {
        const keys = parts[Symbol.iterator]()
        const filled = route.path.replace(/\{\w+\}/g, () => encodeURIComponent(String(keys.next().value)))
        const sent = new URLSearchParams([...query, ...more].map(([name, text]) => [name, text])).toString()
        return `${filled}${tail}${sent === '' ? '' : `?${sent}`}`
      }),
    headers: fc.record(
      {
        accept: often(
          fc.constantFrom('*/*', ...route.mediaTypes),
          fc.constantFrom('image/png', ';;q=', '*/*;q=0'),
        ),
        prefer: fc.constantFrom('count=exact', 'count=none, x', '=;,"'),
        'if-none-match': fc.constantFrom('*', '"x"', 'W/"x", ,"'),
        'content-type': often(
          fc.constantFrom(...(route.bodyTypes.length > 0 ? route.bodyTypes : ['application/json'])),
          fc.constantFrom('text/csv', 'application/json; charset=utf-16', '/'),
        ),
        'content-encoding': fc.constantFrom('identity', 'gzip', 'x'),
      },
      { requiredKeys: ['content-type'] },
    ),
    body: route.method === 'POST' ? bodyFor(route) : fc.constant(undefined),
    credential: often(
      fc.constantFrom(...(route.scopes.length > 0 ? route.scopes : (['none'] as const))),
      fc.constantFrom('none', 'garbage', 'expired', 'read', 'aggregate', 'ingest', 'check'),
    ),
  })
}

/** Three of four are the first. */
const often = <A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> =>
  fc.oneof({ arbitrary: usual, weight: 3 }, { arbitrary: other, weight: 1 })

/** Text of a parameter: what its schema allows or the product holds, that with a fault, or something hostile. */
function textFor(schema: Schema, held: readonly string[]): fc.Arbitrary<string> {
  const valid = held.length > 0 ? fc.oneof(fc.constantFrom(...held), validFor(schema)) : validFor(schema)
  return fc.oneof(
    { arbitrary: valid, weight: 6 },
    {
      arbitrary: fc
        .tuple(valid, fc.constantFrom(...hostileTexts))
        .map(([text, more]) => text.slice(1) + more),
      weight: 1,
    },
    {
      arbitrary: fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', maxLength: 30 })),
      weight: 2,
    },
  )
}

function validFor(schema: Schema): fc.Arbitrary<string> {
  const { type, enum: options, format, minimum, maximum, items } = schema
  if (Array.isArray(options)) return fc.constantFrom(...options.map(String))
  const kind: unknown = Array.isArray(type) ? type[0] : type
  if (kind === 'array')
    return fc
      .array(validFor((items ?? {}) as Schema), { minLength: 1, maxLength: 3 })
      .map((each) => each.join())
  if (kind === 'boolean') return fc.constantFrom('true', 'false')
  if (kind === 'integer' || kind === 'number') {
    const min = typeof minimum === 'number' ? minimum : -1_000
    return fc.integer({ min, max: typeof maximum === 'number' ? maximum : min + 100_000 }).map(String)
  }
  if (format === 'date-time')
    return fc
      .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString())
  if (format === 'date') return fc.constantFrom('2026-01-01', '2026-12-31')
  const { examples } = schema
  return Array.isArray(examples)
    ? fc.constantFrom(...examples.map(String))
    : fc.stringMatching(/^[a-z0-9_]{1,12}$/)
}

/** The body of the document's example, that with a fault, or something hostile. */
function bodyFor({ bodyExample }: Described): fc.Arbitrary<string> {
  const example = JSON.stringify(bodyExample ?? {})
  return fc.oneof(
    fc.constant(example),
    fc.nat({ max: example.length }).map((at) => example.slice(0, at) + example.slice(at + 1)),
    fc.json({ maxDepth: 3 }),
    fc.json({ maxDepth: 2 }).map((row) => `{"rows":[${row}]}`),
    fc.constantFrom('', 'null', '[]', '{"rows":[null,1,[],{}]}', `${'['.repeat(5_000)}`, '\ud83d\ude00'),
  )
}
