/**
 * Type-checks everything: what runs in workerd and what runs in Node have different globals, so each has its own
 * configuration, and one command must not leave one of them out.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const tsc = join(root, 'node_modules/.bin/tsc')

for (const project of ['tsconfig.json', 'tsconfig.node.json']) {
  const { status } = spawnSync(tsc, ['-p', project], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
