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

/** Records leave by whole months of event time. */
const LEAST_HOT_MS = 31 * 86_400_000

/** Problems of `exports`. */
export function* checkExports(contract: Contract): Generator<ContractProblem> {
  const { exports: rule, projects, tombstones } = contract
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
  if (hot !== undefined) yield* checkHot(contract, hot)
  if (tombstones !== undefined && (durationMs(every ?? 'PT1H') ?? 0) * 2 > (durationMs(tombstones) ?? 0))
    yield {
      path: 'tombstones',
      problem: 'is at least twice exports.every: who begins with an export must be able to go on from it',
    }
}

function* checkHot(
  { exports: rule, inputs, flags, access }: Contract,
  hot: string,
): Generator<ContractProblem> {
  const least = Math.max(LEAST_HOT_MS, durationMs(rule?.every ?? 'PT1H') ?? 0)
  if (!((durationMs(hot) ?? 0) >= least))
    yield {
      path: 'exports.hot',
      problem: 'is a duration of P31D or more, such as P365D, and not shorter than exports.every',
    }
  const others = [
    [inputs, 'is of products that sources send to: the records of a derived one follow its inputs'],
    [flags, 'goes with no flags: they are made of the records in D1, and a subject would be missed'],
    [
      access?.groups,
      'goes with no protected totals: when a month leaves, they would change by fewer persons than a group has',
    ],
  ] as const
  for (const [member, problem] of others) if (member) yield { path: 'exports.hot', problem }
}
