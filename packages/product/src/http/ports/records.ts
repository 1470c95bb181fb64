/** `GET /records`: a page, or as NDJSON and CSV all that match. */
import { majorOf } from '@meshloop/contract'
import { queryName } from '../../query/cursor.ts'
import { filtersOf } from '../../query/filter-parameters.ts'
import { sortOrder } from '../../query/keyset.ts'
import type { PageQuery } from '../../query/page-query.ts'
import { DEFAULT_LIMIT, listOf, numberOf, readParameters, textOf } from '../../query/parameters.ts'
import { readPage } from '../../query/records.ts'
import { answer } from '../answer.ts'
import { formatOf } from '../formats/negotiate.ts'
import { perQuery, searchOf } from '../per-query.ts'
import { recordsParameters } from '../port-parameters.ts'
import type { Serving } from '../reading.ts'
import type { Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'
import { cursorsOf, upToCursor } from './cursors.ts'
import { streamRecords } from './record-stream.ts'

/** `GET /records` */
export async function records(serving: Serving, shown: Shown, request: Request): Promise<Reply> {
  const format = formatOf(request)
  const isCounted =
    format === 'json' && /(^|,)\s*count=exact\s*(,|$)/.test(request.headers.get('prefer') ?? '')
  const search = searchOf(request)
  const asked = (isCounted ? ofCounted : ofPages)(shown, search, () =>
    askedBy(serving, shown, search, isCounted),
  )
  const { limit, maxStalenessMs } = asked
  const { cursors } = asked
  const after = await cursors.open(asked.cursor)
  const query = after ? { ...asked.query, after } : asked.query
  if (format !== 'json')
    return streamRecords(serving, shown, {
      query: { ...query, limit },
      format,
      maxStalenessMs,
      hasBody: request.method !== 'HEAD',
    })
  const page = await readPage(serving.reader, shown.view, query)
  const next = page.next && (await cursors.seal(page.next))
  const total = page.total === undefined ? '' : `"total":${page.total},`
  return answer(serving, request, {
    standing: page.standing,
    body: `{"records":[${page.records.join(',')}],${total}"next_cursor":${JSON.stringify(next ?? null)}}`,
    view: `${shown.view.id}${isCounted ? ' counted' : ''}`,
    maxStalenessMs,
    headers: {
      ...(next === undefined
        ? {}
        : { link: `<${serving.env.BASE_URL}/records${asked.upToCursor}${next}>; rel="next"` }),
      ...(isCounted ? { 'preference-applied': 'count=exact' } : {}),
    },
  })
}

/** What a query string asks for. */
interface AskedPage {
  readonly query: PageQuery
  /** As it was said. Default: as many as a page has, or all. */
  readonly limit: number | undefined
  readonly cursor: string | undefined
  readonly maxStalenessMs: number | undefined
  /** Those of the query, without its limit and cursor. */
  readonly cursors: ReturnType<typeof cursorsOf>
  /** The query string of the next page, up to its cursor. */
  readonly upToCursor: string
}

const ofPages = perQuery<AskedPage>()
const ofCounted = perQuery<AskedPage>()

function askedBy(serving: Serving, shown: Shown, search: string, count: boolean): AskedPage {
  const { contract } = serving
  const sent = new URLSearchParams(search)
  const values = readParameters(sent, recordsParameters(contract, shown.view))
  const filters = filtersOf(values)
  const order = sortOrder(contract, listOf(values, 'sort') ?? [], shown.view)
  const fields = listOf(values, 'fields')
  const limit = numberOf(values, 'limit')
  return {
    query: { filters, order, fields, limit: limit ?? DEFAULT_LIMIT, count },
    limit,
    cursor: textOf(values, 'cursor'),
    maxStalenessMs: numberOf(values, 'max_staleness'),
    cursors: cursorsOf(serving, shown, queryName([majorOf(contract), filters, order, fields ?? null, shown.view.id])), // prettier-ignore
    upToCursor: upToCursor(sent),
  }
}
