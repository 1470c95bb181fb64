/** A product's contracts as they were at a revision of git. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import type { Contract } from '@meshloop/contract'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'
import { contractsIn } from '../checkout/contracts.ts'

const run = promisify(execFile)
const MAX_BYTES = 32_000_000

/**
 * The contracts at `revision`, none if the product was not there. Its contract.ts may import its neighbours, so the
 * folder's files are written to the ignored state folder, run there with the packages of today, and removed.
 *
 * @throws {MeshError} `unknown_revision`, `contract_unreadable`.
 */
export async function contractsAt(
  revision: string,
  worker: WorkerConfig,
  root: string,
): Promise<{ readonly contracts: readonly Contract[]; readonly commit: string }> {
  const commit = await commitOf(revision, root)
  const folder = relative(root, worker.folder).split(sep).join('/')
  const files = await filesAt(commit, folder, root)
  const state = join(root, '.meshloop')
  mkdirSync(state, { recursive: true })
  const copy = mkdtempSync(join(state, 'diff-'))
  try {
    await Promise.all(files.map(async (file) => write(join(copy, file.path), await blob(file.object, root))))
    const packages = join(worker.folder, 'node_modules')
    if (existsSync(packages)) symlinkSync(packages, join(copy, 'node_modules'))
    return { contracts: await contractsIn(copy, worker), commit }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** No shell sees the name, and git takes it for no option. */
async function commitOf(revision: string, root: string): Promise<string> {
  try {
    const { stdout } = await run(
      'git',
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
      { cwd: root },
    )
    return stdout.trim()
  } catch (error) {
    throw new MeshError(
      'unknown_revision',
      `git knows no revision ${printable(revision)} here.`,
      'Name a branch, a tag or a commit, e.g. --against main; in CI fetch it first.',
      { cause: error },
    )
  }
}

interface File {
  /** Below the product's folder. */
  readonly path: string
  readonly object: string
}

/** What a contract may import of its folder: TypeScript and JSON, in plain files. */
async function filesAt(commit: string, folder: string, root: string): Promise<readonly File[]> {
  const { stdout } = await run('git', ['ls-tree', '-r', '-z', commit, '--', `${folder}/`], {
    cwd: root,
    maxBuffer: MAX_BYTES,
  })
  return stdout.split('\0').flatMap((line) => {
    const [, object, path] = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/.exec(line) ?? []
    const below = path?.slice(folder.length + 1)
    if (object === undefined || below === undefined || !/(?<!\.test)\.(ts|json)$/.test(below)) return []
    // git itself checks out no such path, but lists it.
    return below.split('/').includes('..') ? [] : [{ path: below, object }]
  })
}

async function blob(object: string, root: string): Promise<Buffer> {
  const { stdout } = await run('git', ['cat-file', 'blob', object], {
    cwd: root,
    encoding: 'buffer',
    maxBuffer: MAX_BYTES,
  })
  return stdout
}

function write(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
