/** `mesh flag`: what an app would read about a customer, verified in the same way. */
import {
  createFlagReader,
  FlagsError,
  parseFlagPins,
  type FlagKv,
  type FlagReading,
} from '@meshloop/flags/read'
import { findWorkers, type WorkerConfig } from '../host/workers.ts'
import { environmentOf } from '../keys/environment.ts'
import { MeshError } from '../mesh-error.ts'
import type { Running } from '../running.ts'
import { table } from '../table.ts'
import { printable } from '../terminal.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh flag`. */
export interface FlagOptions {
  readonly url?: string
  /** Prints the reading as JSON. */
  readonly json?: boolean
}

/** Reading may wait for another process here, unlike in an app that has the namespace at hand. */
const TIMEOUT_MS = 5_000

/** Prints the state of the customer's flag, its age, what it says and why. */
export async function flag(customerId: string, options: FlagOptions, context: CommandContext): Promise<void> {
  const { terminal, root } = context
  const target = findTarget(context, options.url)
  if (target.local === undefined)
    throw new MeshError(
      'no_key',
      `Flags of the mesh at ${target.url} cannot be read from here: their keys and their namespace belong to its apps.`,
      'The command reads flags of a mesh that was started from this checkout.',
    )
  const { keys, running } = target.local
  const reader = findReader(findWorkers(root))
  const env = await environmentOf(reader, target.url, keys)
  const pins = parseFlagPins(String(env['FLAGS_PINS']))
  const aud = pins[0]?.aud ?? ''
  const flags = createFlagReader({
    kv: doorTo(running, reader.id),
    aud,
    pins,
    secrets: [String(env['FLAGS_SECRET'])],
    getTimeoutMs: TIMEOUT_MS,
  })
  const reading = await flags.read(customerId).catch((error: unknown) => {
    if (!(error instanceof FlagsError)) throw error
    throw new MeshError('bad_argument', `${error.message}.`)
  })
  if (options.json) terminal.out(`${JSON.stringify({ customer_id: customerId, aud, ...reading })}\n`)
  else terminal.out(describeReading(customerId, reading, terminal.width))
}

/** The app that reads flags: it pins their keys and holds their secret, but does not sign. */
function findReader(workers: readonly WorkerConfig[]): WorkerConfig {
  const reader = workers.find(({ vars, secrets }) => 'FLAGS_PINS' in vars && secrets.includes('FLAGS_SECRET'))
  if (reader !== undefined) return reader
  throw new MeshError(
    'no_such_worker',
    'No Worker of this checkout reads flags.',
    'A reader has the var FLAGS_PINS and the secret FLAGS_SECRET in its wrangler.toml.',
  )
}

const doorTo = ({ kvDoor }: Running, worker: string): FlagKv => ({
  async get(key) {
    const path = [worker, 'FLAGS', key].map(encodeURIComponent).join('/')
    const response = await fetch(`${kvDoor.url}/${path}`, {
      headers: { authorization: `Bearer ${kvDoor.key}` },
    })
    if (response.status === 404) return null
    if (!response.ok) throw new Error(`The local KV answered ${response.status}.`)
    return response.arrayBuffer()
  },
})

function describeReading(customerId: string, reading: FlagReading, width: number | undefined): string {
  const { state, evidence } = reading
  const { ageMs, watermark } = evidence
  const entry = state === 'known' || state === 'stale' ? reading.entry : null
  const facts: readonly (readonly [string, string])[] = [
    ['state', 'cause' in reading ? `${state} (${reading.cause})` : state],
    ['means', meanings[state]],
    ...(ageMs === undefined ? [] : [['age of the flags', `${Math.round(ageMs / 1000)} s`] as const]),
    ...(watermark === undefined || watermark === null
      ? []
      : [['data complete up to', new Date(watermark).toISOString()] as const]),
    ...Object.entries(entry ?? {}).map(([name, value]) => [name, text(value)] as const),
  ]
  return `${printable(customerId)}\n${table(
    facts.map(([fact, value]) => ({ fact, value })),
    width,
  )
    .split('\n')
    .slice(1) // without the heads of the columns
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n')}`
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const meanings: Readonly<Record<FlagReading['state'], string>> = {
  known: 'a signed, fresh risk context',
  unknown: 'proved that there is no entry: nothing is known, which is not "no risk"',
  stale: 'verified, but older than promised or with its gate closed: use the static policy',
  untrusted: 'somebody changed what the product signed: ignore it, raise an alarm, use the static policy',
  unavailable: 'there is no flag to be had: use the static policy',
}
