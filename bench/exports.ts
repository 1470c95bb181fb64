/** How fast bulk files are written and read: `pnpm exec node bench/exports.ts`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { inWorld, type World } from './world/open-world.ts'
import { median, millisecondsOf, requestsPerSecond, run, type Figure, type Part } from './side-by-side.ts'

const ROWS = 100_000
const ROUNDS = 5

interface Listed {
  readonly exports: readonly { readonly id: string; readonly rows: number }[]
}
interface One {
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
}

/** Milliseconds of an export of everything, the memory that it took, and files per second beside a bare Worker's. */
async function measureExports(world: World): Promise<readonly Figure[]> {
  const headers = { authorization: `Bearer ${await world.token('read')}` }
  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${world.product}${path}`, { headers })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json() as never // the shapes above
  }
  const times: number[] = []
  const peaks: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await forget(world)
    const before = resident('reset')
    times.push(await millisecondsOf(world.scheduled))
    peaks.push((resident('peak') - before) / 1024)
    const { exports } = await read<Listed>('/exports')
    if (exports.length !== 1 || exports[0]?.rows !== ROWS) throw new Error('the export is not whole')
  }
  const { exports } = await read<Listed>('/exports')
  const { files } = await read<One>(`/exports/${exports[0]?.id}`)
  const file = files.find(({ name }) => name.endsWith('.parquet'))
  if (!file) throw new Error('there is no file')
  const served = await requestsPerSecond(
    { url: `${world.product}/exports/${exports[0]?.id}/${file.name}`, headers },
    { url: `${world.bare}/files/${file.name}` },
  )
  return [
    { what: `an export of ${ROWS} records of 12 fields`, ours: median(times), unit: 'ms', target: { atMost: 2_000 } },
    { what: 'memory above that of the Worker at rest', ours: median(peaks), unit: 'MiB', target: { atMost: 100 } },
    { what: `a Parquet file of ${Math.round(file.bytes / 1024)} KiB from R2`, ...served, unit: 'files/s', target: { atLeast: 0.8 } },
  ] // prettier-ignore
}

/** As if no export had been made. */
const forget = async ({ db }: World): Promise<void> =>
  void (await db.batch([db.prepare('DELETE FROM _exports'), db.prepare('DELETE FROM _partitions')]))

/** KiB that the runtime has in memory: now, from where its peak is counted anew, or at the peak since. */
function resident(which: 'reset' | 'peak'): number {
  const pid = readdirSync('/proc').find((each) => /^\d+$/.test(each) && isRuntime(each))
  if (pid === undefined) throw new Error('the runtime is not found in /proc')
  if (which === 'reset') writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])
}

function isRuntime(pid: string): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return status.includes(`PPid:\t${process.pid}\n`) && status.startsWith('Name:\tworkerd')
  } catch {
    return false // it has ended meanwhile
  }
}

/** Exports, as a part of the whole. */
export const exporting: Part = { title: 'Exports', measure: async () => inWorld(ROWS, measureExports) }

if (import.meta.main) await run([exporting])
