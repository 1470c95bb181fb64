/**
 * How often a random test runs: 100 times in `npx pnpm test`, 2,000 with `MESH_RUNS=long`, as `.ci/run` does it.
 *
 * Each vitest.config.ts spreads this into `test`. A test leaves `numRuns` out; where one run is expensive it takes a fraction,
 * `numRuns: (fc.readConfigureGlobal().numRuns ?? 100) / 10`, so that the long run is long for it too. fast-check
 * prints the seed of a failure.
 */
import { join } from 'node:path'

const isLong = process.env['MESH_RUNS'] === 'long'

/** The settings of a vitest project that has random tests. */
export const randomRuns = {
  provide: { randomRuns: isLong ? 2000 : 100 },
  setupFiles: [join(import.meta.dirname, 'random-runs-setup.ts')],
  // vitest's own default of 5 s is right for a short run.
  ...(isLong ? { testTimeout: 600_000, hookTimeout: 600_000 } : {}),
}

declare module 'vitest' {
  /** What tools/random-runs.ts hands to the tests. */
  interface ProvidedContext {
    readonly randomRuns: number
  }
}
