/** How often bulk files are written, and how long a replaced one is kept. */
import type { ContractProblem } from '../definition/contract-error.ts'
import type { Contract } from '../definition/contract.ts'
import { durationMs } from '../definition/duration.ts'

/** The Worker's schedule looks every five minutes. */
const LEAST_EVERY_MS = 10 * 60_000
/** Whoever begins to read must come to an end before the files are deleted. */
const LEAST_KEEP_MS = 3_600_000
/** What was erased is in the files of a replaced export until they are deleted: at most one month (GDPR, article 12). */
const MOST_KEEP_MS = 30 * 86_400_000

/** Problems of `exports`. */
export function* checkExports({ exports: rule, projects, tombstones }: Contract): Generator<ContractProblem> {
  if (!rule) return
  const { every, keep, hot } = rule
  if (projects)
    yield {
      path: 'exports',
      problem: 'are of the newest major alone: an older one that is read from its records leaves them out',
    }
  if (every !== undefined && !((durationMs(every) ?? 0) >= LEAST_EVERY_MS))
    yield { path: 'exports.every', problem: 'is a duration of PT10M or more, such as PT1H' }
  const kept = keep === undefined ? LEAST_KEEP_MS : (durationMs(keep) ?? 0)
  if (!(kept >= LEAST_KEEP_MS && kept <= MOST_KEEP_MS))
    yield {
      path: 'exports.keep',
      problem: 'is a duration from PT1H to P30D, such as P7D: what is erased is in replaced files so long',
    }
  if (hot !== undefined)
    yield { path: 'exports.hot', problem: 'is not served yet: leave it out, all records stay in D1' }
  if (tombstones !== undefined && (durationMs(every ?? 'PT1H') ?? 0) * 2 > (durationMs(tombstones) ?? 0))
    yield {
      path: 'tombstones',
      problem: 'is at least twice exports.every: who begins with an export must be able to go on from it',
    }
}
