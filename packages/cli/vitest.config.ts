import { defineConfig } from 'vitest/config'
import { randomRuns } from '../../tools/random-runs.ts'

export default defineConfig({
  test: { name: 'packages/cli', root: import.meta.dirname, include: ['**/*.test.ts'], ...randomRuns },
})
