/**
 * The simulated shop of `mesh dev`: its history before the mesh is ready, its traffic after.
 *
 * The simulator and the steward are Workers like any other: what happens here is that their crons are run as often as it
 * takes instead of once a minute.
 */
import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'
import type { Mesh } from '../host/mesh.ts'
import { MeshError } from '../mesh-error.ts'
import type { Progress } from '../progress.ts'

/** What of the shop is wanted. */
export interface ShopOptions {
  /** Sixty days of history, loaded once. */
  readonly seed: boolean
  /** Customers go on ordering. */
  readonly live: boolean
}

/** Id of the Worker that plays the shop's customers. */
const SIMULATOR = 'shop.simulator'
/** Says over its queues up to when it is complete; products wait for it. */
const STOREFRONT = 'shop.storefront'
const STEWARD = 'platform.steward'

/** Days that customers live in one: else a demo would show an order every few minutes. */
const PACE = '10'
/** Runs of the simulator that bring nothing before we give up. */
const MAX_IDLE_RUNS = 3
/** Ticks of the steward after which it may go on by its own clock. */
const MAX_TICKS = 8
/** Queues deliver within a second, and KV takes one write a second of a key. */
const BETWEEN_TICKS_MS = 1_100

const simulatorStatus = z.object({
  done_share: z.number(),
  behind_ms: z.number().nullable(),
  rows_sent: z.number(),
  products: z.array(z.object({ product: z.string(), problem: z.string().nullable() })),
})
const stewardStatus = z.object({ settled: z.boolean() })

/** The simulator's vars, instead of those of its toml. */
export const shopVars = ({
  seed,
  live,
}: ShopOptions): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
  [SIMULATOR]: { LIVE: live ? 'on' : 'off', HISTORY_DAYS: seed ? '60' : '0', PACE },
})

/**
 * Loads the history through the products' ingest, has everything derived and the flags published. Does nothing in a mesh
 * without a simulator; ends early when `stop` is aborted.
 *
 * @throws {MeshError} `seed_failed` when the simulator cannot go on.
 */
export async function openShop(
  mesh: Mesh,
  { seed, live }: ShopOptions,
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  const has = (id: string): boolean => mesh.workers().some((worker) => worker.id === id)
  if (!(seed || live) || !has(SIMULATOR)) return
  await loadHistory(mesh, progress, stop)
  if (!has(STEWARD)) return
  if (has(STOREFRONT)) await mesh.scheduled(STOREFRONT)
  await settle(mesh, progress, stop)
}

async function loadHistory(mesh: Mesh, progress: Progress, stop: AbortSignal): Promise<void> {
  let sent = -1
  for (let idle = 0; idle < MAX_IDLE_RUNS && !stop.aborted;) {
    await mesh.scheduled(SIMULATOR)
    const status = await read(`${mesh.url}/shop/simulator/status`, simulatorStatus)
    progress.show(status.done_share, 1, `${status.rows_sent.toLocaleString('en')} events`)
    const behind = status.behind_ms ?? Number.POSITIVE_INFINITY
    if (status.done_share >= 1 && behind < 120_000) return
    idle = status.rows_sent === sent ? idle + 1 : 0
    sent = status.rows_sent
    if (idle === MAX_IDLE_RUNS) throw stuck(status.products)
  }
}

const stuck = (products: readonly { product: string; problem: string | null }[]): MeshError =>
  new MeshError(
    'seed_failed',
    `The shop's history cannot be loaded: ${products.map(({ product, problem }) => `${product}: ${problem ?? 'ok'}`).join('; ')}`,
    'Start without it (--no-seed --no-live), or delete the state folder to begin anew.',
  )

async function settle(mesh: Mesh, progress: Progress, stop: AbortSignal): Promise<void> {
  for (let tick = 0; tick < MAX_TICKS && !stop.aborted; tick++) {
    progress.show(tick, MAX_TICKS, 'deriving products, publishing flags')
    await mesh.scheduled(STEWARD)
    if ((await read(`${mesh.url}/platform/steward/status`, stewardStatus)).settled) return
    await setTimeout(BETWEEN_TICKS_MS)
  }
}

async function read<T>(url: string, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(url)
  return schema.parse(await response.json())
}
