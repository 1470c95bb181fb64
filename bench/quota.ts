/**
 * What the limits cost a request: `pnpm exec node bench/quota.ts`.
 *
 * All that is counted in the isolate: the consumer's minute, its rows of the day, the cost of the hour, and the two headers. Beside
 * it stands the same request with headers of constants. The database is asked once a minute at most, and is left out here.
 */
import { join } from 'node:path'
import { build } from 'esbuild'
import { median, run, type Figure, type Part } from './side-by-side.ts'

const CONSUMERS = 100
const REQUESTS = 200_000
const ROUNDS = 7

/** What is measured of the product: a Worker's code, made for this process. */
interface Limits {
  readonly createUsageCounter: (db: object, now: () => number) => Usage
  readonly createAdmissions: (options: {
    readonly db: object
    readonly usage: Usage
    readonly now: () => number
    readonly requests: number
  }) => (asking: object) => Admission
}
interface Usage {
  readonly spend: (spent: object) => void
  readonly flush: () => Promise<void>
}
interface Admission {
  readonly refuseMany: () => Promise<void>
  readonly refuseUsedUp: () => Promise<void>
  readonly charge: (cost: object) => void
  readonly headers: () => { readonly policy: string; readonly standing: string }
}

/** Microseconds a request, without and with a quota of rows. */
async function measureQuota(): Promise<readonly Figure[]> {
  const limits = await loadLimits()
  const none = await microseconds(async (headers) => {
    headers.set('ratelimit-policy', '"requests";q=1200;w=60')
    headers.set('ratelimit', '"requests";r=1199;t=60')
  })
  const without = await microseconds(asking(limits, undefined))
  const within = await microseconds(asking(limits, 1_000_000_000))
  return [
    { what: 'two constant headers', ours: none, unit: 'µs a request' },
    { what: 'requests counted and told', ours: without, unit: 'µs a request', target: { atMost: 5 } },
    { what: 'rows of a quota too', ours: within, unit: 'µs a request', target: { atMost: 10 } },
  ]
}

/** One request: let in, charged and told. */
function asking({ createAdmissions, createUsageCounter }: Limits, rows_per_day: number | undefined) {
  const now = () => Date.now()
  const usage = createUsageCounter(noRows, now)
  const admit = createAdmissions({ db: noRows, usage, now, requests: 1_000_000_000 })
  const cost = { rowsRead: 52, rowsWritten: 0 }
  return async (headers: Headers, n: number): Promise<void> => {
    const consumer = `team.consumer${n % CONSUMERS}`
    const claims = { sub: consumer, ...(rows_per_day === undefined ? {} : { rows_per_day }) }
    const admission = admit({ contract: { version: '1.0.0' }, claims, isFlat: false })
    await admission.refuseMany()
    await admission.refuseUsedUp()
    admission.charge(cost)
    usage.spend({ major: 1, consumer, cost })
    const { policy, standing } = admission.headers()
    headers.set('ratelimit-policy', policy)
    headers.set('ratelimit', standing)
  }
}

/** A database that has nothing: what it takes to ask one is not measured. */
const noRows = {
  prepare: () => ({ bind: () => ({ first: async () => ({ requests: 0, rows_read: 0 }) }) }),
  batch: async () => [],
}

async function microseconds(request: (headers: Headers, n: number) => Promise<void>): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now()
    for (let n = 0; n < REQUESTS; n++) await request(new Headers(), n)
    rounds.push(((performance.now() - begin) * 1_000) / REQUESTS)
  }
  return median(rounds)
}

async function loadLimits(): Promise<Limits> {
  const source = join(import.meta.dirname, '..', 'packages/product/src')
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './quota/admission.ts'; export * from './usage/counter.ts'`,
      resolveDir: source,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  })
  const text = outputFiles[0]?.text ?? ''
  return (await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as Limits // what was bundled above
}

/** Limits, as a part of the whole. */
export const limits: Part = { title: 'Limits', measure: measureQuota }

if (import.meta.main) await run([limits])
