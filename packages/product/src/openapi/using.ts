/** What is told of use, as operations: to a consumer its own, to who answers for the product everybody's. */
import { json, type Json, type Operation } from './operation.ts'

const count: Json = { type: 'integer', minimum: 0 }
const object = (properties: Readonly<Record<string, Json>>): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})
const listOf = (properties: Readonly<Record<string, Json>>): Json => ({
  type: 'array',
  items: object(properties),
})

/** Both operations. */
export const usageOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/usage/own',
    id: 'ownUsage',
    tag: 'Read',
    summary: 'What you have read, and what is left of your limits',
    description:
      'Requests and rows of the last two days by the hour (UTC), and what is left of the minute and of the day. `rows_read` is null for a grant that hides something.',
    scopes: ['read', 'aggregate'],
    content: json(
      object({
        consumer: { type: 'string' },
        limits: listOf({
          name: { type: 'string', enum: ['requests', 'rows'] },
          quota: count,
          window_seconds: count,
          left: count,
          seconds_left: count,
        }),
        hours: listOf({
          hour: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}$' },
          requests: count,
          rows_read: { type: ['integer', 'null'], minimum: 0 },
        }),
      }),
    ),
    headers: ['RateLimit-Policy', 'RateLimit'],
    codes: ['view_unfit', 'rate_limited'],
  },
  {
    method: 'get',
    path: '/usage',
    id: 'usage',
    tag: 'Operate',
    summary: 'Who reads which fields of this major',
    description:
      'Who reads which fields of this major, and what it costs. Needs a token with the scope check.',
    scopes: ['check'],
    content: json(
      object({
        since: { type: 'string', format: 'date' },
        consumers: listOf({
          consumer: { type: 'string' },
          requests: count,
          last_day: { type: 'string', format: 'date' },
          fields: { type: 'array', items: { type: 'string' } },
          rows_read: count,
          rows_read_busiest_day: count,
        }),
      }),
    ),
  },
]
