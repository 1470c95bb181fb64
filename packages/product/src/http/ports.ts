/** The reading ports: records, one record, aggregate, changes. Each lists its parameters, from which OpenAPI follows. */
import type { View } from '@meshloop/access/claims'
import { fieldOf, kindOf, majorOf, zodOf, type Contract } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import { ProductError } from '../problems.ts'
import { readAggregate } from '../query/aggregate.ts'
import { followedBy, readChanges } from '../query/changes.ts'
import { openCursor, queryName, sealCursor, type Position } from '../query/cursor.ts'
import { sortOrder } from '../query/keyset.ts'
import {
  filtersOf,
  listOf,
  maxStalenessParameter,
  numberOf,
  readParameters,
  textOf,
} from '../query/parameters.ts'
import { readPage, readRecord } from '../query/records.ts'
import { showsKey, visibleMeasures } from '../query/visible.ts'
import { protectionOf } from '../totals/protection.ts'
import { answer } from './answer.ts'
import type { Shown } from './reading.ts'
import { aggregateParameters, changesParameters, recordsParameters } from './port-parameters.ts'

const DEFAULT_LIMIT = 100

/** `GET /records` */
export async function records(runtime: Runtime, shown: Shown, request: Request): Promise<Response> {
  const { view } = shown
  const { contract } = runtime
  const query = new URL(request.url).searchParams
  const values = readParameters(query, recordsParameters(contract, view))
  const filters = filtersOf(values)
  const order = sortOrder(contract, listOf(values, 'sort') ?? [], view)
  const fields = listOf(values, 'fields')
  const name = await queryName([majorOf(contract), filters, order, fields ?? null, view.id])
  const cursors = cursorsOf(runtime, shown, name)
  const count = /(^|,)\s*count=exact\s*(,|$)/.test(request.headers.get('prefer') ?? '')
  const page = await readPage(runtime.reader, view, {
    filters,
    order,
    fields,
    limit: numberOf(values, 'limit') ?? DEFAULT_LIMIT,
    after: await cursors.open(textOf(values, 'cursor')),
    count,
  })
  const next = page.next && (await cursors.seal(page.next))
  const total = page.total === undefined ? '' : `"total":${page.total},`
  return answer(runtime, request, {
    standing: page.standing,
    body: `{"records":[${page.records.join(',')}],${total}"next_cursor":${JSON.stringify(next ?? null)}}`,
    view: `${view.id}${count ? ' counted' : ''}`,
    maxStalenessMs: numberOf(values, 'max_staleness'),
    headers: {
      ...(next === undefined ? {} : { link: `<${nextUrl(runtime, query, next)}>; rel="next"` }),
      ...(count ? { 'preference-applied': 'count=exact' } : {}),
    },
  })
}

function nextUrl({ env }: Runtime, query: URLSearchParams, cursor: string): string {
  const url = new URL(`${env.BASE_URL}/records`)
  for (const [key, value] of query) url.searchParams.set(key, value)
  url.searchParams.set('cursor', cursor)
  return url.href
}

/** `GET /records/{key}`: the parts of the key are path segments, in the contract's order. */
export async function record(
  runtime: Runtime,
  view: View,
  request: Request,
  parts: readonly string[],
): Promise<Response> {
  const { contract, reader } = runtime
  const values = readParameters(new URL(request.url).searchParams, [maxStalenessParameter])
  const key = Object.fromEntries(
    contract.key.map((field, i) => [field, keyPart(contract, field, parts[i] ?? '')]),
  )
  const found = await readRecord(reader, view, key)
  if (!found)
    throw new ProductError('record_not_found', `There is no record with the key ${parts.join('/')}.`)
  return answer(runtime, request, {
    standing: found.standing,
    body: found.record,
    view: view.id,
    maxStalenessMs: numberOf(values, 'max_staleness'),
  })
}

function keyPart(contract: Contract, name: string, text: string): string | number {
  const field = fieldOf(contract, name)
  const read = zodOf(field).safeParse(kindOf(field.kind).fromText(text))
  if (!read.success || (typeof read.data !== 'string' && typeof read.data !== 'number'))
    throw new ProductError('record_not_found', `${text} is no ${name}.`)
  return read.data
}

/** `GET /aggregate` */
export async function aggregate(runtime: Runtime, shown: Shown, request: Request): Promise<Response> {
  const { view } = shown
  const { contract, reader } = runtime
  const protection = protectionOf(contract, shown)
  const parameters = aggregateParameters(contract, view, protection)
  const values = readParameters(new URL(request.url).searchParams, parameters)
  const measures = listOf(values, 'measures') ?? Object.keys(visibleMeasures(contract, view))
  if (measures.length === 0) throw new ProductError('not_found', `${contract.id} shows no measures.`)
  const { standing, groups, truncated } = await readAggregate(reader, view, {
    measures,
    by: listOf(values, 'by') ?? [],
    filters: filtersOf(values),
    limit: numberOf(values, 'limit') ?? DEFAULT_LIMIT,
    protection,
  })
  const least = protection ? `,"protected":{"least":${protection.least}}` : ''
  return answer(runtime, request, {
    standing,
    body: `{"groups":[${groups.join(',')}],"truncated":${truncated}${least}}`,
    view: view.id,
    maxStalenessMs: numberOf(values, 'max_staleness'),
  })
}

/** The query that cursors of the feed belong to: it goes on with other fields and pages of another size too. */
const FEED = 'changes'

/**
 * `GET /changes`. A view of some rows cannot follow: it would have to be told of rows that it may not see. A view without
 * the key cannot either: deletions are told by their key.
 */
export async function changes(runtime: Runtime, shown: Shown, request: Request): Promise<Response> {
  const { view } = shown
  if (view.rows.length > 0)
    throw new ProductError('rows_restricted', 'This grant shows some rows only. Read /records instead.')
  if (!showsKey(runtime.contract, view))
    throw new ProductError('key_hidden', 'This grant does not show the key. Read /records instead.')
  const values = readParameters(new URL(request.url).searchParams, changesParameters(runtime.contract, view))
  // Before the cursor, which is another view's after a change of the grant: nobody begins again what it may not follow.
  followedBy(runtime.reader, view)
  const cursors = cursorsOf(runtime, shown, FEED)
  const page = await readChanges(runtime.reader, view, {
    after: await cursors.open(textOf(values, 'after')),
    limit: numberOf(values, 'limit') ?? DEFAULT_LIMIT,
    fields: listOf(values, 'fields'),
  })
  const next = JSON.stringify(await cursors.seal(page.next))
  return answer(runtime, request, {
    standing: page.standing,
    body: `{"changes":[${page.changes.join(',')}],"next_cursor":${next},"more":${page.more},"as_of":${JSON.stringify(page.as_of)}}`,
    view: `${view.id} ${page.as_of}`,
  })
}

/** Cursors of one query for whom it is answered. */
function cursorsOf({ contract, cursorKeys }: Runtime, { view, consumer }: Shown, query: string) {
  const holder = { product: contract.id, view: view.id, consumer }
  return {
    open: async (cursor: string | undefined): Promise<Position | undefined> =>
      cursor === undefined ? undefined : openCursor(await cursorKeys(), holder, query, cursor),
    seal: async (at: Position): Promise<string> => sealCursor(await cursorKeys(), holder, query, at),
  }
}
