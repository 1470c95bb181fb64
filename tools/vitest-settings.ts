/**
 * The settings that all vitest projects share; each vitest.config.ts spreads them into `test`.
 *
 * A random test runs 100 times in `npx pnpm test`, 500 times with `MESH_RUNS=long`, as `.ci/run` does it. A test leaves
 * `numRuns` out; where one run is expensive it takes a share (`dearRuns` in packages/product/src/testing/runs.ts), rounded:
 * fast-check never ends with half a run. It prints the seed of a failure.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const isLong = process.env['MESH_RUNS'] === 'long'

/** See above; `provide` is what tests read with `inject`. */
export const sharedSettings = {
  provide: { randomRuns: isLong ? 500 : 100 },
  setupFiles: [join(import.meta.dirname, 'vitest-setup.ts')],
  // vitest leaves a core idle; half of what our tests do is to wait for another process.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // A short run takes a second where nothing else goes on; two cores that are shared are no reason to fail.
  testTimeout: isLong ? 600_000 : 60_000,
  hookTimeout: isLong ? 600_000 : 60_000,
}

declare module 'vitest' {
  /** What tools/vitest-settings.ts hands to the tests. */
  interface ProvidedContext {
    readonly randomRuns: number
  }
}
