import { defineConfig } from 'vitest/config'
import { sharedSettings } from '../../tools/vitest-settings.ts'

export default defineConfig({
  test: { name: 'packages/cli', root: import.meta.dirname, include: ['**/*.test.ts'], ...sharedSettings },
})
