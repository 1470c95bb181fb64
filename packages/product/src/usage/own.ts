/** `GET /usage/own`: what a consumer has read of a major, and what is left of its limits. Of others it says nothing. */
import { majorOf } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import type { Admission } from '../quota/admission.ts'
import type { LimitStanding } from '../quota/limit-headers.ts'
import { sql, statement } from '../store/sql.ts'
import { hourOf } from './costs.ts'

/** The document. Hours are UTC, `2026-11-22T09`. */
export interface OwnUsage {
  readonly consumer: string
  /** What it is limited by, and what is left: `requests` a minute, `rows` a day where the grant has a quota. */
  readonly limits: readonly {
    readonly name: LimitStanding['name']
    readonly quota: number
    readonly window_seconds: number
    readonly left: number
    readonly seconds_left: number
  }[]
  /** Hours of the last two days in which it read, the newest first. */
  readonly hours: readonly {
    readonly hour: string
    readonly requests: number
    /** Rows that were read in D1. Null for a grant that hides something: it would tell of that. */
    readonly rows_read: number | null
  }[]
}

const HOURS = 48
const HOUR_MS = 3_600_000

/** The document of one consumer. `isFlat`: something is hidden from it. Other isolates are at most five minutes behind. */
export async function ownUsage(
  { env, contract, usage, now }: Runtime,
  {
    consumer,
    isFlat,
    admission,
  }: { readonly consumer: string; readonly isFlat: boolean; readonly admission: Admission },
): Promise<OwnUsage> {
  await usage.flush()
  await admission.look()
  const hours = Array.from({ length: HOURS }, (_, ago) => hourOf(now() - ago * HOUR_MS))
  const { results } = await statement(
    env.DB,
    sql`SELECT hour, requests, rows_read FROM _cost
        WHERE hour IN (SELECT value FROM json_each(${JSON.stringify(hours)})) AND major = ${majorOf(contract)} AND consumer = ${consumer}
        ORDER BY hour DESC`,
  ).all<{ hour: string; requests: number; rows_read: number }>()
  return {
    consumer,
    limits: admission.limits().map(({ name, quota, windowSeconds, left, secondsLeft }) => ({
      name,
      quota,
      window_seconds: windowSeconds,
      left: Math.max(0, left),
      seconds_left: Math.ceil(secondsLeft),
    })),
    hours: results.map(({ hour, requests, rows_read }) => ({
      hour,
      requests,
      rows_read: isFlat ? null : rows_read,
    })),
  }
}
