/** The reading ports as operations. */
import { wholeView } from '@meshloop/access/claims'
import { fieldOf, jsonSchemaOf, type Contract } from '@meshloop/contract'
import { mediaTypes } from '../http/formats/negotiate.ts'
import { aggregateParameters, changesParameters, recordsParameters } from '../http/port-parameters.ts'
import { maxStalenessParameter } from '../query/parameters.ts'
import { dataHeaders } from './headers.ts'
import { json, ref, type Json, type Operation, type OtherParameter } from './operation.ts'
import { readingCodes } from './refusals.ts'
import { sampleKey, sampleOf, sampleRecord } from './samples.ts'

/** The operations of the ports that the contract offers. */
export const readingOperations = (contract: Contract): readonly Operation[] =>
  [listRecords(contract), getRecord(contract), aggregate(contract), listChanges(contract)].filter(
    ({ path }) => (contract.ports ?? [path.split('/')[1]]).includes(path.split('/')[1] as never), // a port's name, or not
  )

/** What is said where records leave the database. */
const olderRecords = ({ exports: rule }: Contract): string =>
  rule?.hot === undefined
    ? ''
    : ` Records of months that ended longer than ${rule.hot} ago are in the bulk files alone; \`hot_from\` of GET /status says from when on all are here.`

const listRecords = (contract: Contract): Operation => ({
  method: 'get',
  path: '/records',
  id: 'listRecords',
  tag: 'Read',
  summary: 'Records, a page at a time',
  description: `The records that match, in pages: \`next_cursor\` and the header \`Link\` lead to the next one. As NDJSON or CSV all that match come in one answer, without pages.${olderRecords(contract)}`,
  scopes: ['read'],
  query: recordsParameters(contract, wholeView),
  others: [prefer],
  content: {
    ...json(ref('Page'), { records: [sampleRecord(contract)], next_cursor: null }),
    [mediaTypes.ndjson]: { schema: { type: 'string', description: 'A record as JSON a line' } },
    [mediaTypes.csv]: { schema: { type: 'string', description: 'RFC 4180, names in the first line' } },
  },
  headers: [...dataHeaders, 'Link', 'Preference-Applied'],
  isConditional: true,
  codes: [...readingCodes, 'cursor_invalid', 'query_too_costly', 'stale'],
})

const getRecord = (contract: Contract): Operation => ({
  method: 'get',
  path: `/records/${contract.key.map((name) => `{${name}}`).join('/')}`,
  id: 'getRecord',
  tag: 'Read',
  summary: 'One record by its key',
  description: `The record in its newest state. One that was deleted, or that the grant hides, is not found.${olderRecords(contract)}`,
  scopes: ['read'],
  query: [maxStalenessParameter],
  others: contract.key.map((name) => ({
    name,
    in: 'path' as const,
    required: true as const,
    description: fieldOf(contract, name).means,
    schema: jsonSchemaOf(fieldOf(contract, name)),
    example: sampleKey(contract)[name],
  })),
  content: json(ref('Record'), sampleRecord(contract)),
  headers: dataHeaders,
  isConditional: true,
  codes: [...readingCodes, 'record_not_found', 'stale'],
})

const aggregate = (contract: Contract): Operation => ({
  method: 'get',
  path: '/aggregate',
  id: 'aggregate',
  tag: 'Read',
  summary: 'Measures by dimensions',
  description: `The measures of the contract over the records that match, for each group, in pages: \`next_cursor\` and the header \`Link\` lead to the next one. Nothing else is computed.${olderRecords(contract)}`,
  scopes: ['read', 'aggregate'],
  query: aggregateParameters(contract, wholeView),
  content: {
    ...json(ref('Groups'), { groups: [sampleGroup(contract)], truncated: false, next_cursor: null }),
    [mediaTypes.ndjson]: { schema: { type: 'string', description: 'A group as JSON a line' } },
    [mediaTypes.csv]: { schema: { type: 'string', description: 'RFC 4180, names in the first line' } },
  },
  headers: [...dataHeaders, 'Link', 'Meshloop-Truncated', 'Meshloop-Least'],
  isConditional: true,
  codes: [...readingCodes, 'cursor_invalid', 'not_found', 'query_too_costly', 'stale'],
})

const listChanges = (contract: Contract): Operation => ({
  method: 'get',
  path: '/changes',
  id: 'listChanges',
  tag: 'Read',
  summary: 'Upserts and deletions in commit order',
  description: `Each record once, in its newest state. Go on with \`next_cursor\` as \`after\`, also when there is no more: what comes later follows it.${olderRecords(contract)}`,
  scopes: ['read'],
  query: changesParameters(contract, wholeView),
  content: json(ref('Changes'), {
    changes: [
      { op: 'upsert', record: sampleRecord(contract) },
      { op: 'delete', key: sampleKey(contract) },
    ],
    next_cursor: 'eyJ2IjoxfQ.c2lnbmF0dXJl',
    more: false,
    as_of: '2026-11-01T09:30:00.000Z',
  }),
  headers: dataHeaders,
  isConditional: true,
  codes: [
    ...readingCodes,
    'cursor_invalid',
    'rows_restricted',
    'columns_restricted',
    'key_hidden',
    'resync_required',
  ],
})

const sampleGroup = (contract: Contract): Json => {
  const { dimensions = [], measures = {} } = contract
  const [by] = dimensions
  const counted = Object.entries(measures).flatMap(([name, measure]) =>
    'count' in measure ? [[name, 42]] : [],
  )
  return {
    ...(by === undefined ? {} : { [by]: sampleOf(fieldOf(contract, by)) }),
    ...(Object.fromEntries(counted) as Json),
  }
}

const prefer: OtherParameter = {
  name: 'Prefer',
  in: 'header',
  description: 'count=exact counts all records that match, in the body as total (RFC 7240)',
  schema: { type: 'string', enum: ['count=exact'] },
}
