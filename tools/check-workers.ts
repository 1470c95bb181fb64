/**
 * Every Worker can be deployed, from its own folder, as itself. A folder without its own wrangler.toml builds the catalog
 * instead and says nothing, a missing compatibility flag shows only in production, and a bundle grows unseen: one careless
 * import weighs more than the rest of the Worker. What is for a developer's machine alone must not be in it at all.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { conclude } from './conclude.ts'
import { complaintsAbout } from './workers/complaints.ts'
import { developmentComplaints } from './workers/development.ts'
import { dryRun } from './workers/dry-run.ts'
import { workerFolders, type WorkerFolder } from './workers/folders.ts'

/** Cloudflare takes 3 MB; we keep far below it, since start-up time grows with the size. */
const budgetKiB = 200
/** Builds at a time: one a core of a small CI machine. */
const atATime = 2

const root = join(import.meta.dirname, '..')
const workers = workerFolders(root)
const complaints = workers.flatMap((worker) => complaintsAbout(worker, root))
const rows = new Map<string, string>()

// Without a toml there is nothing of its own to build, and the complaint says so already.
const waiting = workers.filter(({ configFolder }) => existsSync(join(configFolder, 'wrangler.toml')))
await Promise.all(Array.from({ length: atATime }, build))
for (const [, row] of [...rows].toSorted(([a], [b]) => a.localeCompare(b))) console.log(row)
conclude(`${workers.length} Workers deploy from their own folders under their own names`, complaints)

async function build(): Promise<void> {
  for (let worker = waiting.shift(); worker !== undefined; worker = waiting.shift()) {
    try {
      await buildOne(worker)
    } catch (error) {
      complaints.push(`${worker.name}: wrangler deploy --dry-run failed: ${reasonOf(error)}`)
    }
  }
}

async function buildOne(worker: WorkerFolder): Promise<void> {
  const { name, text, bytes, gzipBytes } = await dryRun(worker)
  complaints.push(...developmentComplaints(worker.name, text))
  const kib = (size: number) => `${(size / 1024).toFixed(0).padStart(6)} KiB`
  const share = `${((gzipBytes / 1024 / budgetKiB) * 100).toFixed(0).padStart(4)} % of the budget`
  rows.set(worker.name, `${worker.name.padEnd(26)}${kib(bytes)}  gzip ${kib(gzipBytes)} ${share}`)
  if (name !== worker.name) {
    complaints.push(
      `${worker.folder} deploys ${name} instead of ${worker.name}: it has no wrangler.toml of its own.`,
    )
  }
  if (gzipBytes > budgetKiB * 1024) {
    complaints.push(
      `${worker.name} is over ${budgetKiB} KiB gzip: see what came in with \`wrangler deploy --dry-run --metafile\`.`,
    )
  }
}

/** wrangler's error lines, without its colours, its banner and the path of its log. */
function reasonOf(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
  const lines = stripVTControlCharacters(stderr + stdout).split('\n')
  const reason = lines.filter((line) => line.trim() !== '' && !/Logs were written|wrangler 4|───/.test(line))
  return reason.join('\n    ') || String(error)
}
