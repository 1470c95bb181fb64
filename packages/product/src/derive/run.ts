/**
 * One bounded run of a derivation: read the inputs' feeds into the mirrors, in turns, then build the records that they touch.
 *
 * Every transaction begins with a guard that fails unless the run counter is still the one that was read, so that
 * overlapping runs cannot both commit. A crash between any two transactions leaves dirty keys and a watermark that
 * has not moved: the next run goes on. An input's watermark is adopted when its feed was read to the end and no
 * key is dirty any more.
 */
import { ProductError } from '../problems.ts'
import { isGuardFailure } from '../store/sql.ts'
import { createBudget, type RunBounds } from './budget.ts'
import { buildStep } from './building.ts'
import type { Deriving, InputRead } from './deriving.ts'
import { feedStep } from './feeding.ts'
import { forgetLeft } from './left-inputs.ts'
import { inputReports, keepReport, type RunReport } from './report.ts'

export type { FeedPage, ReadFeed } from './feeding.ts'
export type { RunReport } from './report.ts'

const usual: RunBounds = {
  pages: 20,
  pageRows: 500,
  builds: 20,
  buildKeys: 200,
  walkRows: 1_000,
  sweepRows: 2_000,
  statements: 800,
  ms: 10_000,
}

/**
 * Does one run. An input that cannot be read does not keep the others from going on; then the run fails as it did.
 *
 * @throws {ProductError} `run_conflict` when another run committed in between: nothing is lost. `input_unavailable`
 */
export async function runStep(deriving: Deriving): Promise<RunReport> {
  const { now } = deriving
  const bounds = { ...usual, ...deriving.bounds }
  const budget = createBudget(deriving.db, now, bounds)
  const within = { ...deriving, db: budget.db }
  try {
    await forgetLeft(within.db, within.derivation, bounds)
    const read = await readInputs(within, bounds, () => budget.isSpent(0.5))
    const built = await buildAll(within, bounds, () => budget.isSpent(1))
    const report: RunReport = {
      inputs: await inputReports(within, read),
      ...built,
      ...budget.spent(),
      done: built.done && [...read.values()].every(({ behind }) => !behind),
    }
    await keepReport(within, report)
    for (const { failure } of read.values()) if (failure) throw failure
    return report
  } catch (error) {
    if (isGuardFailure(error))
      throw new ProductError('run_conflict', 'Another run of this derivation committed first.')
    throw error
  }
}

/** A page of each in turn: one that is far behind keeps nobody waiting. */
async function readInputs(
  deriving: Deriving,
  bounds: RunBounds,
  isSpent: () => boolean,
): Promise<ReadonlyMap<string, InputRead>> {
  const entries = Object.entries(deriving.derivation.inputs)
  const read = new Map(
    entries.map(([key]): [string, InputRead] => [key, { changes: 0, refused: 0, pages: 0, behind: true }]),
  )
  for (let page = 0; page < bounds.pages; page++)
    for (const [key, input] of entries) {
      const before = read.get(key)
      if (!before?.behind || before.failure || (page > 0 && isSpent())) continue
      try {
        const { changes, refused = 0, behind } = await feedStep(deriving, key, input, bounds)
        read.set(key, {
          changes: before.changes + changes,
          refused: before.refused + refused,
          pages: page + 1,
          behind,
        })
      } catch (failure) {
        if (!(failure instanceof ProductError)) throw failure
        read.set(key, { ...before, failure })
      }
    }
  return read
}

type BuiltAll = Pick<RunReport, 'built' | 'removed' | 'refused' | 'done'>

async function buildAll(deriving: Deriving, bounds: RunBounds, isSpent: () => boolean): Promise<BuiltAll> {
  let sum: BuiltAll = { built: 0, removed: 0, refused: 0, done: false }
  for (let chunk = 0; chunk < bounds.builds && !(chunk > 0 && isSpent()); chunk++) {
    const { keys, removed, refused, done, waits } = await buildStep(deriving, bounds)
    sum = { built: sum.built + keys, removed: sum.removed + removed, refused: sum.refused + refused, done }
    if (done || waits) break
  }
  return sum
}
