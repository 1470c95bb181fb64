/** The parameters of each reading port, from which the reading of requests, the OpenAPI document and the console follow. */
import type { View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { filterParameters, valueParameters } from '../query/filter-parameters.ts'
import {
  cursorParameter,
  limitParameter,
  maxStalenessParameter,
  namesParameter,
  sortParameter,
  type Parameter,
} from '../query/parameters.ts'
import { timeZoneParameter } from '../query/time-zone.ts'
import {
  filterableFields,
  visibleBuckets,
  visibleDimensions,
  visibleFields,
  visibleMeasures,
} from '../query/visible.ts'
import type { Protection } from '../totals/protection.ts'

/** Of views that were read with before: a token's is the same object each time. */
const ofRecords = new WeakMap<View, { readonly contract: Contract; readonly all: readonly Parameter[] }>()

/** Parameters of `GET /records` for a view. */
export function recordsParameters(contract: Contract, view: View): readonly Parameter[] {
  const before = ofRecords.get(view)
  if (before?.contract === contract) return before.all
  const all = [
    ...filterParameters(contract, view),
    sortParameter(filterableFields(contract, view)),
    namesParameter('fields', visibleFields(contract, view), 'Return only these fields'),
    limitParameter,
    cursorParameter('cursor', 'Go on after the page that returned it'),
    maxStalenessParameter,
  ]
  ofRecords.set(view, { contract, all })
  return all
}

/** Parameters of `GET /aggregate` for a view. Totals that protect persons take and leave whole groups. */
export function aggregateParameters(contract: Contract, view: View, protection?: Protection): Parameter[] {
  const measures = protection?.measures ?? Object.keys(visibleMeasures(contract, view))
  const lengths = protection ? [] : visibleBuckets(contract, view)
  const by = [...(protection?.by ?? visibleDimensions(contract, view)), ...lengths]
  return [
    namesParameter('measures', measures, 'Measures to compute; all by default'),
    namesParameter('by', by, 'Group by these; money is grouped by its currency as well'),
    namesParameter('sort', [...measures, ...by], 'Order the groups by what they have, descending with a minus', true), // prettier-ignore
    ...(lengths.length > 0 ? [timeZoneParameter] : []),
    ...(protection ? valueParameters(contract, protection.by) : filterParameters(contract, view)),
    limitParameter,
    cursorParameter('cursor', 'Go on after the page that returned it'),
    maxStalenessParameter,
  ]
}

/** Parameters of `GET /changes` for a view. */
export const changesParameters = (contract: Contract, view: View): Parameter[] => [
  namesParameter('fields', visibleFields(contract, view), 'Return only these fields and the key'),
  cursorParameter('after', 'Go on after the page that returned it; from the beginning without'),
  limitParameter,
]

/** How a contract may be written. */
export const contractFormats = ['odcs', 'odcs-yaml', 'definition', 'jsonschema', 'markdown', 'tool'] as const

/** Parameters of `GET /contract`. */
export const contractParameters: readonly Parameter[] = [
  {
    name: 'format',
    description: `How the contract is written: ${contractFormats.join(', ')}`,
    schema: { type: 'string', enum: contractFormats, default: 'odcs' },
    read: (text) => {
      const format = contractFormats.find((name) => name === text)
      return format ? { value: format } : { expected: `${text} is none of ${contractFormats.join(', ')}` }
    },
  },
]
