/** `GET /aggregate`: measures by dimensions. */
import { majorOf } from '@meshloop/contract'
import type { Runtime } from '../../env.ts'
import { ProductError } from '../../problems.ts'
import { readAggregate, withCurrencies } from '../../query/aggregate.ts'
import { queryName } from '../../query/cursor.ts'
import { filtersOf } from '../../query/filter-parameters.ts'
import { DEFAULT_LIMIT, listOf, numberOf, readParameters, textOf } from '../../query/parameters.ts'
import { DEFAULT_TIME_ZONE } from '../../query/time-zone.ts'
import { visibleMeasures } from '../../query/visible.ts'
import { protectionOf } from '../../totals/protection.ts'
import { answer } from '../answer.ts'
import { csvHeader, csvLine } from '../formats/csv.ts'
import { contentTypes, formatOf, type Format } from '../formats/negotiate.ts'
import { aggregateParameters } from '../port-parameters.ts'
import type { Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'
import { cursorsOf, upToCursor } from './cursors.ts'

/** `GET /aggregate` */
export async function aggregate(runtime: Runtime, shown: Shown, request: Request): Promise<Reply> {
  const { view } = shown
  const { contract, reader } = runtime
  const protection = protectionOf(contract, shown)
  const parameters = aggregateParameters(contract, view, protection)
  const query = new URL(request.url).searchParams
  const values = readParameters(query, parameters)
  const measures =
    listOf(values, 'measures') ?? protection?.measures ?? Object.keys(visibleMeasures(contract, view))
  if (measures.length === 0) throw new ProductError('not_found', `${contract.id} shows no measures.`)
  const by = listOf(values, 'by') ?? []
  const sort = listOf(values, 'sort') ?? []
  const format = formatOf(request)
  const names = [...withCurrencies(contract, { measures, by }), ...measures]
  refuseOthers(sort, names)
  const filters = filtersOf(values)
  const timeZone = textOf(values, 'time_zone') ?? DEFAULT_TIME_ZONE
  const asked = [majorOf(contract), measures, by, sort, filters, timeZone, view.id, shown.totalsOnly]
  const cursors = cursorsOf(runtime, shown, queryName(['aggregate', ...asked]))
  const { standing, groups, truncated, next } = await readAggregate(reader, view, {
    measures,
    by,
    sort,
    filters,
    timeZone,
    after: await cursors.open(textOf(values, 'cursor')),
    limit: numberOf(values, 'limit') ?? DEFAULT_LIMIT,
    protection,
    totalsOnly: shown.totalsOnly,
  })
  const least = protection?.least
  const cursor = next && (await cursors.seal(next))
  return answer(runtime, request, {
    standing,
    body: bodyOf[format]({ names, groups, truncated, cursor, least }),
    // Only JSON says in its body whether there is more: a page that something came behind is another answer.
    view: format === 'json' ? view.id : `${view.id} ${cursor ?? truncated}`,
    maxStalenessMs: numberOf(values, 'max_staleness'),
    headers: {
      'content-type': contentTypes[format],
      'meshloop-truncated': `${truncated}`,
      ...(cursor === undefined
        ? {}
        : { link: `<${runtime.env.BASE_URL}/aggregate${upToCursor(query)}${cursor}>; rel="next"` }),
      ...(least === undefined ? {} : { 'meshloop-least': `${least}` }),
    },
  })
}

/** Groups, and what is said of all of them; forms without a place for that leave it to the headers. */
interface Groups {
  /** What each group has, in this order. */
  readonly names: readonly string[]
  /** As JSON. */
  readonly groups: readonly string[]
  readonly truncated: boolean
  /** Of the next page. */
  readonly cursor: string | undefined
  /** Fewer persons than this are in no group. Default: nobody is protected. */
  readonly least: number | undefined
}

const bodyOf: Readonly<Record<Format, (groups: Groups) => string>> = {
  json: ({ groups, truncated, cursor, least }) =>
    `{"groups":[${groups.join(',')}],"truncated":${truncated},"next_cursor":${JSON.stringify(cursor ?? null)}${least === undefined ? '' : `,"protected":{"least":${least}}`}}`,
  ndjson: ({ groups }) => groups.map((group) => `${group}\n`).join(''),
  csv: ({ names, groups }) =>
    csvHeader(names) +
    groups.map((group) => csvLine(names, JSON.parse(group) as Record<string, unknown>)).join(''), // made by json_object
}

/** Groups are in the order of what they have. @throws {ProductError} `parameter_invalid` */
function refuseOthers(sort: readonly string[], members: readonly string[]): void {
  const other = sort.map((each) => each.replace(/^-/, '')).find((each) => !members.includes(each))
  if (other === undefined) return
  const detail = `${other} is not asked for: name it in measures or by; groups have ${members.join(', ')}`
  throw new ProductError('parameter_invalid', `sort: ${detail}`, [{ parameter: 'sort', detail }])
}
