/** What reading costs: the bulk files that are there, and how much a request may cost. */
import type { Contract, ExportRule } from '../definition/contract.ts'
import { durationMs } from '../definition/duration.ts'
import { shown, type Change } from './change.ts'

/** Bulk files in R2. Rarer ones, and files that are deleted sooner, break who relies on them, as a weaker promise does. */
export function* compareExports(
  { exports: before }: Contract,
  { exports: after, projects }: Contract,
): Generator<Change> {
  if (before && !after)
    yield projects
      ? {
          code: 'exports_moved',
          path: 'exports',
          what: 'bulk files are those of the newest major',
          readers: 'notice',
        }
      : {
          code: 'exports_removed',
          path: 'exports',
          what: 'it no longer offers bulk files',
          readers: 'breaks',
          remedy: 'Keep exports within this major, and leave them out of the next one.',
        }
  else if (!before || !after)
    yield { code: 'exports_added', path: 'exports', what: 'it offers bulk files at /exports' }
  else
    for (const [member, isWorse] of worse) {
      const [was, is] = [exportTimes(before)[member], exportTimes(after)[member]]
      if (was === is) continue
      const what = `${member} is ${after[member] ?? 'what is usual'}, was ${before[member] ?? 'what is usual'}`
      const path = `exports.${member}`
      if (member === 'hot' && is === Infinity)
        yield {
          code: 'exports_hot_removed',
          path,
          what: 'records that left D1 would be looked for there alone',
          readers: 'breaks',
          remedy:
            'Lengthen hot instead, as P36500D: what left stays in the files, and nothing leaves any more.',
        }
      else if (isWorse(was, is))
        yield {
          code: 'exports_worsened',
          path,
          what,
          readers: 'breaks',
          remedy: `Keep ${before[member] ?? 'what is usual'} in this major, and promise less with the next one.`,
        }
      else yield { code: 'exports_improved', path, what }
    }
}

const worse = [
  ['every', (was: number, is: number) => is > was],
  ['keep', (was: number, is: number) => is < was],
  // Sooner gone from the records that are read over HTTP.
  ['hot', (was: number, is: number) => is < was],
] as const

const exportTimes = ({ every = 'PT1H', keep = 'P7D', hot }: ExportRule) => ({
  every: durationMs(every) ?? NaN,
  keep: durationMs(keep) ?? NaN,
  hot: hot === undefined ? Infinity : (durationMs(hot) ?? NaN),
})

/** What a request may cost at most. */
export function* compareLimits({ limits: before }: Contract, { limits: after }: Contract): Generator<Change> {
  yield {
    code: 'limits_changed',
    path: 'limits',
    what: `a request may cost at most ${shown(after ?? 'what is usual')}, was ${shown(before ?? 'what is usual')}`,
    readers: 'notice',
  }
}
