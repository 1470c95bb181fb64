/** `GET /records`: a page of records. */
import { majorOf } from '@meshloop/contract'
import type { Runtime } from '../../env.ts'
import { queryName } from '../../query/cursor.ts'
import { filtersOf } from '../../query/filter-parameters.ts'
import { sortOrder } from '../../query/keyset.ts'
import { DEFAULT_LIMIT, listOf, numberOf, readParameters, textOf } from '../../query/parameters.ts'
import { readPage } from '../../query/records.ts'
import { answer } from '../answer.ts'
import { recordsParameters } from '../port-parameters.ts'
import { formatOf } from '../formats/negotiate.ts'
import type { Serving } from '../reading.ts'
import type { Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'
import { cursorsOf } from './cursors.ts'
import { streamRecords } from './record-stream.ts'

/** `GET /records` */
export async function records(serving: Serving, shown: Shown, request: Request): Promise<Reply> {
  const { view } = shown
  const { contract } = serving
  const query = new URL(request.url).searchParams
  const values = readParameters(query, recordsParameters(contract, view))
  const filters = filtersOf(values)
  const order = sortOrder(contract, listOf(values, 'sort') ?? [], view)
  const fields = listOf(values, 'fields')
  const format = formatOf(request)
  const name = queryName([majorOf(contract), filters, order, fields ?? null, view.id])
  const cursors = cursorsOf(serving, shown, name)
  const after = await cursors.open(textOf(values, 'cursor'))
  const maxStalenessMs = numberOf(values, 'max_staleness')
  if (format !== 'json')
    return streamRecords(serving, shown, {
      query: { filters, order, fields, after, limit: numberOf(values, 'limit') },
      format,
      maxStalenessMs,
      hasBody: request.method !== 'HEAD',
    })
  const count = /(^|,)\s*count=exact\s*(,|$)/.test(request.headers.get('prefer') ?? '')
  const page = await readPage(serving.reader, view, {
    filters,
    order,
    fields,
    limit: numberOf(values, 'limit') ?? DEFAULT_LIMIT,
    after,
    count,
  })
  const next = page.next && (await cursors.seal(page.next))
  const total = page.total === undefined ? '' : `"total":${page.total},`
  return answer(serving, request, {
    standing: page.standing,
    body: `{"records":[${page.records.join(',')}],${total}"next_cursor":${JSON.stringify(next ?? null)}}`,
    view: `${view.id}${count ? ' counted' : ''}`,
    maxStalenessMs,
    headers: {
      ...(next === undefined ? {} : { link: `<${nextUrl(serving, query, next)}>; rel="next"` }),
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
