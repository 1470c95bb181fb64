/**
 * Other servers of the same kind on the same 100,000 orders, in the same run: `pnpm exec node bench/peers.ts`.
 *
 * They come from npm, into a temporary folder; one that cannot be installed or started here is left out, with the reason. They
 * check no token; the product checks one with each request.
 */
import { installPeers } from './peers/install.ts'
import type { Peer } from './peers/peer.ts'
import { startPostgraphile } from './peers/postgraphile.ts'
import { startSoul } from './peers/soul.ts'
import { requestsPerSecond, run, type Figure, type Part } from './side-by-side.ts'
import { orderOf } from './world/orders.ts'
import { inWorld, type World } from './world/open-world.ts'

const ROWS = 100_000
const turns = { seconds: 2, rounds: 3, connections: 16 }

/** Requests per second beside each peer. The product reads its database anew for each answer (`no-cache`), as they do, and then as it is meant to be. */
async function measurePeers(world: World): Promise<readonly Figure[]> {
  const authorization = `Bearer ${await world.token('read')}`
  const headers = { authorization, 'cache-control': 'no-cache' }
  const page = { url: `${world.product}/records?status=paid&sort=-placed_at&limit=50`, headers }
  const one = { url: `${world.product}/records/${String(orderOf(42)['order_id'])}`, headers }
  const figures: Figure[] = []
  for (const start of [startPostgraphile, startSoul]) {
    const peer = await started(start)
    if (!peer) continue
    try {
      figures.push({ what: `page of 50, beside ${peer.name}`, ...(await requestsPerSecond(page, peer.page, turns)), unit: 'requests/s' }) // prettier-ignore
      figures.push({ what: `the same again, beside ${peer.name}`, ...(await requestsPerSecond({ ...page, headers: { authorization } }, peer.page, turns)), unit: 'requests/s' }) // prettier-ignore
      figures.push({ what: `one record, beside ${peer.name}`, ...(await requestsPerSecond(one, peer.one, turns)), unit: 'requests/s' }) // prettier-ignore
    } finally {
      await peer.end()
    }
  }
  return figures
}

async function started(start: (folder: string, rows: number) => Promise<Peer>): Promise<Peer | undefined> {
  try {
    return await start(installPeers(), ROWS)
  } catch (error) {
    console.error(`left out: ${start.name}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** Peers, as a part of the whole. */
export const beside: Part = { title: 'Peers', measure: async () => inWorld(ROWS, measurePeers) }

if (import.meta.main) await run([beside])
