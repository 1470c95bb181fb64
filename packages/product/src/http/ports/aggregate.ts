/** `GET /aggregate`: measures by dimensions. */
import type { Runtime } from '../../env.ts'
import { ProductError } from '../../problems.ts'
import { readAggregate } from '../../query/aggregate.ts'
import { filtersOf } from '../../query/filter-parameters.ts'
import { DEFAULT_LIMIT, listOf, numberOf, readParameters } from '../../query/parameters.ts'
import { visibleMeasures } from '../../query/visible.ts'
import { protectionOf } from '../../totals/protection.ts'
import { answer } from '../answer.ts'
import { aggregateParameters } from '../port-parameters.ts'
import type { Shown } from '../reading.ts'

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
