/** How fast all records leave: `pnpm exec node bench/streams.ts`. */
import { inWorld, type World } from './world/open-world.ts'
import { median, millisecondsOf, run, type Figure, type Part } from './side-by-side.ts'

const ROWS = 100_000
const ROUNDS = 5

/** Rows per second of NDJSON and of CSV, read to the last byte. */
async function measureStreams(world: World): Promise<readonly Figure[]> {
  const authorization = `Bearer ${await world.token('read')}`
  const rate = async (accept: string): Promise<number> => {
    const rates: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      let lines = 0
      const ms = await millisecondsOf(async () => {
        const response = await fetch(`${world.product}/records`, { headers: { authorization, accept } })
        if (!response.ok || response.body === null) throw new Error(`${accept}: ${response.status}`)
        for await (const bytes of response.body as AsyncIterable<Uint8Array>) lines += countLines(bytes)
      })
      if (lines < ROWS) throw new Error(`${accept}: ${lines} lines of ${ROWS}`)
      rates.push((ROWS / ms) * 1000)
    }
    return median(rates)
  }
  return [
    { what: 'NDJSON of all records from D1', ours: await rate('application/x-ndjson'), unit: 'rows/s', target: { atLeast: 200_000 } }, // prettier-ignore
    { what: 'CSV of all records from D1', ours: await rate('text/csv'), unit: 'rows/s' },
  ]
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}

/** Streams, as a part of the whole. */
export const streams: Part = { title: 'Streams', measure: async () => inWorld(ROWS, measureStreams) }

if (import.meta.main) await run([streams])
