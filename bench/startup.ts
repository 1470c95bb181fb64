/** How long a product's Worker needs before its first request, and how large it is: `pnpm exec node bench/startup.ts`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { median, run, type Figure, type Part } from './side-by-side.ts'

const ROUNDS = 5
const products = ['purchase/orders', 'risk/fraud'] as const

/** Active milliseconds of the start and KiB after gzip, as `wrangler check startup` has them. */
function measureStartup(): readonly Figure[] {
  return products.flatMap((product) => {
    const starts = Array.from({ length: ROUNDS }, () => startOf(product))
    return [
      { what: `start of ${product}`, ours: median(starts.map(({ activeMs }) => activeMs)), unit: 'ms', target: { atMost: 60 } }, // prettier-ignore
      { what: `bundle of ${product}`, ours: starts[0]?.gzipKiB ?? NaN, unit: 'KiB gzip', target: { atMost: 200 } }, // prettier-ignore
    ]
  })
}

function startOf(product: string): { readonly activeMs: number; readonly gzipKiB: number } {
  const folder = mkdtempSync(join(tmpdir(), 'meshloop-startup-'))
  const { stdout, stderr } = spawnSync(
    'wrangler',
    ['check', 'startup', '--outfile', join(folder, 'startup.cpuprofile')],
    {
      cwd: join(import.meta.dirname, '..', 'workers', product),
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
      encoding: 'utf8',
    },
  )
  rmSync(folder, { recursive: true })
  const text = stripVTControlCharacters(stdout)
  const [, activeMs] = /Active: ([\d.]+) ms/.exec(text) ?? []
  const [, gzipKiB] = /gzip: ([\d.]+) KiB/.exec(text) ?? []
  if (activeMs === undefined || gzipKiB === undefined) throw new Error(`${product}: ${text}${stderr}`)
  return { activeMs: Number(activeMs), gzipKiB: Number(gzipKiB) }
}

/** Start-up, as a part of the whole. */
export const startup: Part = { title: 'Start-up', measure: async () => measureStartup() }

if (import.meta.main) await run([startup])
