/** What reading costs: the bulk files that are there, and how much a request may cost. */
import type { Contract } from '../definition/contract.ts'
import { shown, type Change } from './change.ts'

/** Bulk files in R2. */
export function* compareExports(
  { exports: before }: Contract,
  { exports: after }: Contract,
): Generator<Change> {
  if (before && !after)
    yield {
      code: 'exports_removed',
      path: 'exports',
      what: 'it no longer offers bulk files',
      readers: 'breaks',
      remedy: 'Keep exports within this major, and leave them out of the next one.',
    }
  else if (!before) yield { code: 'exports_added', path: 'exports', what: 'it offers bulk files at /exports' }
  else
    yield {
      code: 'exports_changed',
      path: 'exports',
      what: `bulk files follow ${shown(after)}, was ${shown(before)}`,
      readers: 'notice',
    }
}

/** What a request may cost at most. */
export function* compareLimits({ limits: before }: Contract, { limits: after }: Contract): Generator<Change> {
  yield {
    code: 'limits_changed',
    path: 'limits',
    what: `a request may cost at most ${shown(after ?? 'what is usual')}, was ${shown(before ?? 'what is usual')}`,
    readers: 'notice',
  }
}
