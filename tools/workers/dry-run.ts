/** What `wrangler deploy` would upload for one Worker, without an account or a network. */
import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { WorkerFolder } from './folders.ts'

/** Sizes in bytes, source maps left out. `name` is the Worker that wrangler would deploy, `text` all its modules. */
export interface Upload {
  readonly name: string
  readonly text: string
  readonly bytes: number
  readonly gzipBytes: number
}

const run = promisify(execFile)
const wrangler = join(import.meta.dirname, '../../node_modules/.bin/wrangler')

/**
 * Builds in a temporary folder, started where the team starts it; rejects with wrangler's own words when it refuses.
 * `entry` is built in the place of the toml's `main`.
 */
export async function dryRun({ configFolder }: WorkerFolder, entry?: string): Promise<Upload> {
  const out = mkdtempSync(join(tmpdir(), 'meshloop-upload-'))
  try {
    await run(wrangler, ['deploy', ...(entry === undefined ? [] : [entry]), '--dry-run', '--outdir', out], {
      cwd: configFolder,
      env: { ...process.env, CI: 'true', NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false' },
    })
    const modules = globSync('**/*.{js,mjs,wasm,html,txt,bin}', { cwd: out }).map((file) =>
      readFileSync(join(out, file)),
    )
    const upload = Buffer.concat(modules)
    return {
      name: nameIn(out),
      text: upload.toString('utf8'),
      bytes: upload.length,
      gzipBytes: gzipSync(upload).length,
    }
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** wrangler prints the name nowhere but in the README.md that it lays beside the build. */
function nameIn(out: string): string {
  const readme = readFileSync(join(out, 'README.md'), 'utf8')
  const name = /worker "([^"]+)"/.exec(readme)?.[1]
  if (name === undefined) throw new Error(`wrangler's README.md does not name the Worker any more: ${readme}`)
  return name
}
