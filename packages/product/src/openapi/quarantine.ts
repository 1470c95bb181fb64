/** What was set aside, as operations: looked at, taken up again, given up. */
import { quarantineParameters } from '../http/quarantine-parameters.ts'
import { json, ref, type Json, type Operation } from './operation.ts'

/** The operation. */
export const listQuarantine: Operation = {
  method: 'get',
  path: '/ingest/quarantine',
  id: 'listQuarantine',
  tag: 'Send',
  summary: 'What was not accepted, with the reasons',
  description:
    'Newest first. A source sees its own rows, and with `source=?` why batches of the queue were set aside; who checks sees why rows were refused, not what was in them.',
  scopes: ['ingest', 'check'],
  query: quarantineParameters,
  content: json(ref('Quarantine'), { entries: [], total: 0 }),
  codes: ['parameter_invalid', 'cursor_invalid'],
}

const idList: Json = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 64 }, minItems: 1, maxItems: 1000 } // prettier-ignore
const idsBody: Json = {
  type: 'object',
  properties: { ids: idList },
  required: ['ids'],
  additionalProperties: false,
}
const quarantineCodes = ['source_unknown', 'body_malformed', 'body_too_large', 'encoding'] as const
const count: Json = { type: 'integer', minimum: 0 }

const takingBody: Json = {
  oneOf: [
    idsBody,
    {
      type: 'object',
      properties: {
        all: { const: true },
        cursor: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          description: 'The `next_cursor` of the call before: what stays keeps nobody from what is behind it',
        },
      },
      required: ['all'],
      additionalProperties: false,
    },
  ],
}
const nextCursor: Json = { type: 'string', description: 'There are more behind, that were not looked at' }
const takingCodes = [...quarantineCodes, 'cursor_invalid', 'database_full'] as const

/** The operation. */
export const replayLetters: Operation = {
  method: 'post',
  path: '/ingest/quarantine/letters',
  id: 'replayLetters',
  tag: 'Send',
  summary: 'Take batches of the queue up again',
  description:
    'Those that were set aside, whoever sent them: dead letters, and those whose signature did not hold. At most 20 a call, the oldest first, each verified, numbered and judged as when it came; the watermark moves on when none is missing any more. What was too long to be kept whole stays.',
  scopes: ['ingest'],
  requestBody: { required: true, content: json(takingBody, { all: true }) },
  content: json(
    {
      type: 'object',
      properties: {
        batches: { ...count, description: 'That are in now' },
        refused: { ...count, description: 'That stay, with the reasons of today' },
        accepted: count,
        repeated: count,
        quarantined: count,
        left: { ...count, description: 'Batches that are set aside now' },
        next_cursor: nextCursor,
      },
      required: ['batches', 'refused', 'accepted', 'repeated', 'quarantined', 'left'],
    },
    { batches: 1, refused: 0, accepted: 2, repeated: 0, quarantined: 0, left: 0 },
  ),
  codes: takingCodes,
}

/** The operation. */
export const replayQuarantine: Operation = {
  method: 'post',
  path: '/ingest/quarantine/replay',
  id: 'replayQuarantine',
  tag: 'Send',
  summary: 'Judge quarantined rows once more',
  description:
    'By the contract of today, at most 1,000 rows a call, the oldest first. What fits is taken in and leaves the quarantine; `left` says how many are there still. What was too long to be kept whole stays.',
  scopes: ['ingest'],
  requestBody: {
    required: true,
    content: json(takingBody, { all: true }),
  },
  content: json(
    {
      type: 'object',
      properties: {
        accepted: count,
        repeated: count,
        quarantined: count,
        left: count,
        next_cursor: nextCursor,
      },
      required: ['accepted', 'repeated', 'quarantined', 'left'],
    },
    { accepted: 2, repeated: 0, quarantined: 1, left: 1 },
  ),
  codes: takingCodes,
}

/** The operation. */
export const discardQuarantine: Operation = {
  method: 'post',
  path: '/ingest/quarantine/discard',
  id: 'discardQuarantine',
  tag: 'Send',
  summary: 'Give quarantined rows up',
  description: 'For rows that will never fit. They are gone for good.',
  scopes: ['ingest'],
  requestBody: { required: true, content: json(idsBody, { ids: ['Zx1Q'] }) },
  content: json(
    { type: 'object', properties: { discarded: count, left: count }, required: ['discarded', 'left'] },
    { discarded: 1, left: 0 },
  ),
  codes: quarantineCodes,
}
