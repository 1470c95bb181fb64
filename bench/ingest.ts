/**
 * How fast rows come in: over HTTP, as a source sends them, into a table with three indexes beside its key and times. The
 * memory of the runtime is looked at before and after: it must not grow with what was sent.
 *
 *     npx pnpm exec node bench/ingest.ts
 */
import { execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import { median, millisecondsOf, run, type Figure, type Part } from './side-by-side.ts'
import { inWorld, openWorld, type World } from './world/open-world.ts'
import { orderNow, orders } from './world/orders.ts'

const BATCH_ROWS = 10_000
const RUNTIME_ROWS = 20_000
const SUSTAINED_ROWS = 500_000
const CONNECTIONS = 2

/** The figures of ingest. */
async function ingestFigures(): Promise<readonly Figure[]> {
  const world = await openWorld(0)
  try {
    const token = await world.token('ingest')
    const send = sender(world, token)
    const rates: number[] = []
    for (let round = 0; round < 7; round++) {
      const body = linesOf(round * BATCH_ROWS, BATCH_ROWS)
      rates.push(BATCH_ROWS / ((await millisecondsOf(() => send(body))) / 1000))
    }
    const before = residentMegabytes()
    const first = rates.length * BATCH_ROWS
    const ms = await millisecondsOf(() => sendAll(send, first, SUSTAINED_ROWS))
    const after = residentMegabytes()
    const packed = gzipSync(linesOf(700_000, BATCH_ROWS))
    const packedMs = await millisecondsOf(() => send(packed, 'gzip'))
    const bombMs = await millisecondsOf(() => explode(world, token))
    const afterBomb = residentMegabytes()
    return [
      ...(await inRuntime()),
      { what: `one batch of ${BATCH_ROWS} rows`, ours: median(rates.slice(2)), unit: 'rows/s' }, // prettier-ignore
      { what: `${SUSTAINED_ROWS} rows, ${CONNECTIONS} at a time`, ours: SUSTAINED_ROWS / (ms / 1000), unit: 'rows/s', target: { atLeast: 20_000 } }, // prettier-ignore
      { what: 'one batch, gzip', ours: BATCH_ROWS / (packedMs / 1000), unit: 'rows/s' },
      { what: '1 MB that is 1 GB unpacked, refused', ours: bombMs, unit: 'ms' },
      { what: 'memory of workerd, after : before that', ours: afterBomb, other: after, unit: 'MB', target: { atMost: 1.3 } }, // prettier-ignore
      { what: 'memory of workerd, after : before', ours: after, other: before, unit: 'MB', target: { atMost: 1.3 } }, // prettier-ignore
    ]
  } finally {
    await world.end()
  }
}

type Send = (body: string | Uint8Array<ArrayBuffer>, encoding?: string) => Promise<void>

const sender =
  ({ product }: World, token: string): Send =>
  async (body, encoding) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    }
    const answer = await fetch(`${product}/ingest`, { method: 'POST', headers, body })
    const text = await answer.text()
    if (!text.startsWith(`{"accepted":${BATCH_ROWS},`))
      throw new Error(`${answer.status} ${text.slice(0, 500)}`)
  }

async function sendAll(send: Send, first: number, rows: number): Promise<void> {
  const starts = Array.from({ length: rows / BATCH_ROWS }, (_, i) => first + i * BATCH_ROWS)
  const work = Array.from({ length: CONNECTIONS }, async () => {
    for (let start = starts.pop(); start !== undefined; start = starts.pop())
      await send(linesOf(start, BATCH_ROWS))
  })
  await Promise.all(work)
}

const linesOf = (first: number, rows: number): string =>
  Array.from({ length: rows }, (_, i) => JSON.stringify(orderNow(first + i))).join('\n')

/** Rows a second in the runtime alone: judged and written, or judged; and written by hand into the same table. */
async function inRuntime(): Promise<readonly Figure[]> {
  return inWorld(
    0,
    async ({ product }) => {
      const ask = async (query: string): Promise<void> => {
        const answer = await (await fetch(new URL(query, product))).text()
        if (answer !== String(RUNTIME_ROWS)) throw new Error(answer.slice(0, 500))
      }
      const rates: Record<string, number[]> = {}
      let first = 0
      const take = async (query: string): Promise<void> => {
        const ms = await millisecondsOf(() => ask(query))
        const rate = RUNTIME_ROWS / (ms / 1000)
        rates[query] = [...(rates[query] ?? []), rate]
      }
      for (let round = 0; round < 9; round++) {
        // Rows of their own for each way of writing: the same again would be repeats.
        for (const queries of [['?judge', '?'], ['?plain']]) {
          await ask(`?first=${first}&rows=${RUNTIME_ROWS}`)
          first += RUNTIME_ROWS
          for (const query of queries) await take(query)
        }
      }
      const rateOf = (query: string): number => median((rates[query] ?? []).slice(2))
      return [
        { what: `${RUNTIME_ROWS} rows in the runtime, judged alone`, ours: rateOf('?judge'), unit: 'rows/s' },
        { what: `${RUNTIME_ROWS} rows in the runtime, without HTTP`, ours: rateOf('?'), unit: 'rows/s', target: { atLeast: 40_000 } }, // prettier-ignore
        { what: 'the same, beside SQL by hand', ours: rateOf('?'), other: rateOf('?plain'), unit: 'rows/s' },
      ]
    },
    { contract: orders, file: 'taking' },
  )
}

/** A gzip body of a megabyte that is a gigabyte unpacked: it must be refused before it is. */
async function explode({ product }: World, token: string): Promise<void> {
  const member = gzipSync('\n'.repeat(10_000_000))
  const body = Buffer.concat(Array.from({ length: 100 }, () => member))
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-ndjson',
    'content-encoding': 'gzip',
  }
  const answer = await fetch(`${product}/ingest`, { method: 'POST', headers, body })
  if (answer.status !== 413) throw new Error(`${answer.status} ${await answer.text()}`)
  await answer.body?.cancel()
}

/** Of the workerd that this process started. */
function residentMegabytes(): number {
  const all = execFileSync('ps', ['-e', '-o', 'ppid=,rss=,comm='], { encoding: 'utf8' })
  const own = all.split('\n').map((line) => line.trim().split(/\s+/))
  const found = own.find(([parent, , name]) => parent === String(process.pid) && name === 'workerd')
  return Number(found?.[1] ?? 0) / 1024
}

/** Ingest, as a part of the whole. */
export const ingesting: Part = { title: 'Ingest', measure: ingestFigures }

if (import.meta.main) await run([ingesting])
