/** The whole mesh in this process, with a small shop that has lived for sixty days; the clock's part is played by the tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMesh, type Mesh } from '@meshloop/cli/host'
import { root } from './stranger.ts'

/** A mesh under test. */
export interface WholeMesh {
  /** The running one; another after a restart. */
  readonly mesh: () => Mesh
  /** What a minute does: the shop's traffic, then the steward's tick. */
  minute(): Promise<void>
  /** Calls the mesh and reads JSON. @throws when the status is not that of success */
  json<T>(path: string, body?: object): Promise<T>
  /** Starts again on the same state: no isolate remembers anything. */
  restart(): Promise<void>
  end(): Promise<void>
}

/** Ticks after which whatever the tests wait for should long have come: readers remember a head for five real seconds. */
const MAX_MINUTES = 300
const vars = { 'shop.simulator': { LIVE: 'on', HISTORY_DAYS: '60', CUSTOMERS: '60', PACE: '1' } }

/** Starts it and lets it come to rest. */
export async function openWholeMesh(): Promise<WholeMesh> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'meshloop-whole-'))
  const start = (): Promise<Mesh> => startMesh({ root, stateFolder, vars })
  let mesh = await start()
  const whole: WholeMesh = {
    mesh: () => mesh,
    async minute() {
      for (const worker of ['shop.simulator', 'shop.storefront', 'platform.steward'])
        await mesh.scheduled(worker)
    },
    async json(path, body) {
      const response = await fetch(`${mesh.url}${path}`, {
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return response.json() as never // each test names what it looks at
    },
    async restart() {
      await mesh.stop()
      mesh = await start()
    },
    async end() {
      await mesh.stop()
      rmSync(stateFolder, { recursive: true })
    },
  }
  await until(
    whole,
    async () => (await whole.json<{ done_share: number }>('/shop/simulator/status')).done_share === 1,
  )
  await until(whole, async () => (await whole.json<{ settled: boolean }>('/platform/steward/status')).settled)
  return whole
}

/** Lets minutes pass until it is so. @throws when it does not come */
export async function until(whole: WholeMesh, isSo: () => Promise<boolean>): Promise<void> {
  for (let minute = 0; minute < MAX_MINUTES; minute++) {
    await whole.minute()
    if (await isSo()) return
  }
  throw new Error(`not so after ${MAX_MINUTES} minutes of the mesh: ${isSo.toString()}`)
}
