import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'packages/cli', root: import.meta.dirname, include: ['**/*.test.ts'] },
})
