/** `GET /usage`: who reads which fields of a major, and what that costs, for who decides what may change. No record and no query is in it. */
import { majorOf } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import type { ExtraRoute } from '../http/extra-route.ts'
import { sql, statement } from '../store/sql.ts'
import { dayOf } from './counter.ts'

/** The document of `GET /usage`. Days are YYYY-MM-DD in UTC. */
export interface Usage {
  /** The first day that is counted. */
  readonly since: string
  readonly consumers: readonly ConsumerUsage[]
}

/** One consumer of this major. */
export interface ConsumerUsage {
  readonly consumer: string
  readonly requests: number
  readonly last_day: string
  /** Rows that D1 read for it since `since`, and those of its busiest day. */
  readonly rows_read: number
  readonly rows_read_busiest_day: number
  /** In the order of the contract. A field that it has no more is at the end. */
  readonly fields: readonly string[]
}

const DAYS = 30
const DAY_MS = 86_400_000

/** The route. */
export const usageRoute: ExtraRoute = {
  method: 'GET',
  path: '/usage',
  scope: 'check',
  handle: async (runtime) =>
    Response.json(await readUsage(runtime), { headers: { 'cache-control': 'no-store' } }),
}

/** What is written, and what this isolate has counted since; other isolates are at most five minutes behind. */
async function readUsage({ env, contract, usage, now }: Runtime): Promise<Usage> {
  await usage.flush()
  const since = dayOf(now() - (DAYS - 1) * DAY_MS)
  const { results } = await statement(
    env.DB,
    sql`SELECT consumer, field, sum(requests) AS requests, max(day) AS last_day FROM _usage
        WHERE day >= ${since} AND major = ${majorOf(contract)} GROUP BY consumer, field ORDER BY consumer, field`,
  ).all<{ consumer: string; field: string; requests: number; last_day: string }>()
  const costs = await readCosts(env.DB, since, majorOf(contract))
  const order = Object.keys(contract.fields)
  const placeOf = (field: string): number => (order.includes(field) ? order.indexOf(field) : order.length)
  return {
    since,
    consumers: results
      .filter(({ field }) => field === '')
      .map(({ consumer, requests, last_day }) => ({
        consumer,
        requests,
        last_day,
        rows_read: costs.get(consumer)?.rows_read ?? 0,
        rows_read_busiest_day: costs.get(consumer)?.busiest ?? 0,
        fields: results
          .filter((row) => row.consumer === consumer && row.field !== '')
          .map(({ field }) => field)
          .toSorted((a, b) => placeOf(a) - placeOf(b)),
      })),
  }
}

async function readCosts(db: D1Database, since: string, major: number) {
  const { results } = await statement(
    db,
    sql`SELECT consumer, sum(rows_read) AS rows_read, max(rows_read) AS busiest
        FROM (SELECT consumer, substr(hour, 1, 10) AS day, sum(rows_read) AS rows_read FROM _cost
              WHERE hour >= ${since} AND major = ${major} GROUP BY consumer, day) GROUP BY consumer`,
  ).all<{ consumer: string; rows_read: number; busiest: number }>()
  return new Map(results.map((row) => [row.consumer, row]))
}
