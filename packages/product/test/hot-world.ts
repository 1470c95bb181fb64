/** A world of exports whose records leave D1 when their month ended 31 days ago. */
import { defineProduct } from '@meshloop/contract'
import type { StepBounds } from '../src/exports/exporting.ts'
import { exportsWorld, things } from './exports-world.ts'

/** An hour, in ms. */
export const HOUR_MS = 3_600_000
/** A day, in ms. */
export const DAY_MS = 24 * HOUR_MS

/** What contracts of this world have alike. */
export const frame = {
  id: 'a.things',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  eventTime: 'at',
  versionBy: 'rev',
  exports: { every: 'PT1H', keep: 'P1D', hot: 'P31D' },
  freshness: 'PT5M',
} as const

/** Things of which totals are kept. */
export const leaving = defineProduct({
  ...frame,
  fields: things.fields,
  key: ['k'],
  measures: { things: { means: 'T', count: true }, revs: { means: 'R', sum: 'rev' } },
  rollups: [{ by: ['at.month'], measures: ['revs'] }],
})

/** The world, with records that are so many months old. */
export async function hotWorld(bounds?: Partial<StepBounds>) {
  const world = await exportsWorld(leaving, bounds)
  return {
    ...world,
    thing(k: string, rev: number, monthsAgo: number, note: string | null = 'n') {
      const now = new Date(world.now())
      const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsAgo, 1)).toISOString()
      return { k, at, rev, note }
    },
  }
}
