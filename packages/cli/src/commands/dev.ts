/** `mesh dev`: the whole mesh on this machine, until it is stopped. */
import { join, resolve } from 'node:path'
import { openShop, shopVars } from '../dev/shop.ts'
import { openKvDoor } from '../host/kv-door.ts'
import { startMesh, type Mesh } from '../host/mesh.ts'
import { keepingSignals } from '../host/signals.ts'
import { MeshError } from '../mesh-error.ts'
import { startProgress } from '../progress.ts'
import { forgetRunning, noteRunning } from '../running.ts'
import type { CommandContext } from '../mesh/target.ts'

/** Options of `mesh dev`. */
export interface DevOptions {
  readonly port: string
  readonly state?: string
  /** False: the simulated shop stands still. */
  readonly live: boolean
  /** False: no history is loaded. */
  readonly seed: boolean
  readonly json?: boolean
}

/** Starts the mesh, says when it is ready, and returns when `stop` was aborted and everything has ended. */
export async function dev(
  options: DevOptions,
  { root, terminal }: CommandContext,
  stop: AbortSignal,
): Promise<void> {
  const stateFolder = resolve(options.state ?? join(root, '.meshloop'))
  const mesh = await keepingSignals(() =>
    startMesh({
      root,
      stateFolder,
      port: readPort(options.port),
      crons: true,
      watch: true,
      vars: shopVars(options),
      log: (level, text) => terminal.err(`[${level}] ${text}\n`),
    }),
  )
  const ends: (() => unknown)[] = [() => mesh.stop()]
  try {
    const door = await openKvDoor((worker, binding) => mesh.kv(worker, binding))
    ends.push(() => door.close())
    noteRunning(root, {
      url: mesh.url,
      pid: process.pid,
      stateFolder,
      kvDoor: { url: door.url, key: door.key },
    })
    ends.push(() => forgetRunning(root, process.pid))
    const progress = startProgress(terminal, 'Loading history')
    await openShop(mesh, options, progress, stop)
    progress.end()
    if (!stop.aborted) {
      terminal[options.json ? 'err' : 'out'](readyText(mesh))
      if (options.json) terminal.out(`${JSON.stringify({ ready: true, url: mesh.url })}\n`)
      await aborted(stop)
    }
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new MeshError(
    'bad_argument',
    `"${text}" is no port.`,
    'A port is a number up to 65535; 0 takes a free one.',
  )
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function readyText(mesh: Mesh): string {
  const workers = mesh.workers()
  const has = (id: string): boolean => workers.some((worker) => worker.id === id)
  const look = [
    ['The catalog', `${mesh.url}/`],
    ...(has('shop.storefront') ? [['The shop', `${mesh.url}/shop/storefront/`]] : []),
  ]
  const attempts = [
    ...(has('purchase.orders') ? ['npx pnpm mesh query purchase.orders status=paid'] : []),
    ...(has('shop.storefront') ? ['npx pnpm mesh flag cust_000048'] : []),
  ]
  const lines = [
    `The mesh is ready: ${workers.length} Workers at ${mesh.url}`,
    '',
    ...look.map(([what, url]) => `  ${what?.padEnd(12)} ${url}`),
    ...attempts.map((line, index) => `  ${(index === 0 ? 'Try' : '').padEnd(12)} ${line}`),
    '',
    'Ctrl-C ends it; what it knows stays for the next start.',
  ]
  return `${lines.join('\n')}\n`
}
