/** Freshness is a promise that can be kept and checked. */
import { durationMs } from '../../definition/duration.ts'
import type { Policy } from '../policy.ts'
import { STEWARD_INTERVAL_MS } from './steward-interval.ts'

const LONGEST = 'P366D'

/** For products that others may read. */
export const freshnessMeansSomething: Policy = {
  id: 'freshness-means-something',
  severity: 'error',
  reason:
    'The steward looks once a minute: it cannot prove less. And a promise of more than a year, or longer than records are kept, promises nothing.',
  remedy: `Promise between PT1M and ${LONGEST}, and no longer than the retention.`,
  *check({ freshness, retention, visibility }) {
    if (visibility === 'internal') return
    const ms = durationMs(freshness) ?? 0
    if (ms < STEWARD_INTERVAL_MS) yield { path: 'freshness', problem: `${freshness} is less than PT1M` }
    if (ms > (durationMs(LONGEST) ?? 0))
      yield { path: 'freshness', problem: `${freshness} is more than ${LONGEST}` }
    if (retention !== undefined && ms > (durationMs(retention) ?? Infinity))
      yield { path: 'freshness', problem: `${freshness} is longer than records are kept, ${retention}` }
  },
}
