/** What a Worker finds in `env` locally: its vars with the mesh's own addresses and public keys, and its secrets. */
import { AccessError, parseSources, type Sources } from '@meshloop/access/batch'
import * as z from 'zod'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { publicHalf, type Keyring } from './keyring.ts'

/** First part of the names of flag sets here: flags of another environment mean nothing. */
const ENVIRONMENT = 'local'

/** Vars and secrets of `worker` in the mesh at `origin` (no slash at its end). @throws {MeshError} `worker_invalid` */
export async function environmentOf(
  worker: WorkerConfig,
  origin: string,
  keys: Keyring,
): Promise<Readonly<Record<string, unknown>>> {
  const env: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(worker.vars))
    env[name] = await localVar(worker, name, value, origin, keys)
  for (const name of worker.secrets) env[name] = await secretOf(worker, name, keys)
  return env
}

/** The sources that may send to `worker`, by name; none for a Worker without SOURCES. @throws {MeshError} `worker_invalid` */
export function sourcesOf(worker: WorkerConfig): Sources {
  const value = worker.vars['SOURCES']
  if (value === undefined) return {}
  try {
    return parseSources(typeof value === 'string' ? value : JSON.stringify(value))
  } catch (error) {
    throw badVar(worker, 'SOURCES', error instanceof AccessError ? error.message : String(error))
  }
}

const readsSchema = z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+\/v[1-9]\d*$/))

/** The products that an app reads: its var READS, e.g. `["purchase.orders/v1"]`. @throws {MeshError} `worker_invalid` */
export function readsOf(
  worker: WorkerConfig,
): readonly { readonly product: string; readonly major: number }[] {
  const value = worker.vars['READS']
  if (value === undefined) return []
  const reads = readsSchema.safeParse(typeof value === 'string' ? jsonOf(value) : value)
  if (!reads.success) throw badVar(worker, 'READS', z.prettifyError(reads.error))
  return reads.data.map((text) => {
    const [product = '', major] = text.split('/v')
    return { product, major: Number(major) }
  })
}

/** The address of `worker` itself: its BASE_URL at the mesh's origin. @throws {MeshError} `worker_invalid` without one. */
export function baseUrlOf(worker: WorkerConfig, origin: string): string {
  const declared = worker.vars['BASE_URL']
  if (typeof declared !== 'string' || !URL.canParse(declared))
    throw badVar(
      worker,
      'BASE_URL',
      'it must be the product\'s own URL, e.g. "https://mesh.example/purchase/orders/v1"',
    )
  return atOrigin(declared, origin)
}

async function localVar(
  worker: WorkerConfig,
  name: string,
  value: unknown,
  origin: string,
  keys: Keyring,
): Promise<unknown> {
  switch (name) {
    case 'ISSUER':
      return origin
    case 'BASE_URL':
      return baseUrlOf(worker, origin)
    case 'ENVIRONMENT':
      return ENVIRONMENT
    case 'SOURCES':
      return JSON.stringify(await withSourceKeys(sourcesOf(worker), keys))
    case 'FLAGS_PINS':
      return JSON.stringify(await localPins(worker, keys))
    default:
      return value
  }
}

/** A source that signs its batches is known by the public half of the key that it has here. */
async function withSourceKeys(sources: Sources, keys: Keyring): Promise<Sources> {
  const local: Record<string, Sources[string]> = {}
  for (const [name, source] of Object.entries(sources))
    local[name] =
      source.over === 'queue' ? { ...source, keys: [publicHalf(await keys.of(name, 'SOURCE_KEY'))] } : source
  return local
}

/** A reader trusts the key in use and the next one, as it must for a rotation. */
async function localPins(worker: WorkerConfig, keys: Keyring): Promise<readonly unknown[]> {
  const pins: unknown[] = []
  for (const { aud, product } of setsPinned(worker))
    for (const name of ['FLAGS_KEY', 'FLAGS_KEY_NEXT'])
      pins.push({ ...publicHalf(await keys.of(product, name)), aud, from: 0, until: Date.UTC(9999, 0) })
  return pins
}

/**
 * A source's key belongs to the name under which products know it, the reader secret of a flag set to the product
 * that publishes it; every other secret is the Worker's own.
 */
function secretOf(worker: WorkerConfig, name: string, keys: Keyring): Promise<string> {
  if (name === 'SOURCE_KEY') return keys.of(sourceName(worker), name)
  if (name !== 'FLAGS_SECRET' || worker.secrets.includes('FLAGS_KEY')) return keys.of(worker.id, name)
  const [pinned] = setsPinned(worker)
  if (pinned === undefined)
    throw badVar(worker, 'FLAGS_PINS', 'it names no flag set that FLAGS_SECRET could open')
  return keys.of(pinned.product, name)
}

/** Under which name products list this Worker in their SOURCES: its var SOURCE, else the last part of its id. */
const sourceName = (worker: WorkerConfig): string => {
  const declared = worker.vars['SOURCE']
  return typeof declared === 'string' ? declared : worker.id.slice(worker.domain.length + 1)
}

/** The products whose flags `worker` opens, being a client of the mesh: it pins their keys and has their secret. @throws {MeshError} `worker_invalid` */
export const flagsReadOf = (
  worker: WorkerConfig,
): readonly { readonly product: string; readonly major: number }[] =>
  ['CLIENT_KEY', 'FLAGS_SECRET'].every((name) => worker.secrets.includes(name))
    ? setsPinned(worker).map(({ aud, product }) => ({
        product,
        major: Number(aud.split('/v')[1]?.split('/')[0]),
      }))
    : []

const pinsSchema = z.array(z.looseObject({ aud: z.string().regex(/^[^/]+\/[^/]+\/v\d+\/[^/]+$/) }))

/** The flag sets that a reader pins, each once, and who signs them: `<environment>/<product>/v<major>/<set>`. */
function setsPinned(worker: WorkerConfig): readonly { readonly aud: string; readonly product: string }[] {
  const value = worker.vars['FLAGS_PINS']
  if (value === undefined) return []
  const pins = pinsSchema.safeParse(typeof value === 'string' ? jsonOf(value) : value)
  if (!pins.success) throw badVar(worker, 'FLAGS_PINS', z.prettifyError(pins.error))
  const sets = new Set(pins.data.map(({ aud }) => aud.replace(/^[^/]+/, ENVIRONMENT)))
  return [...sets].map((aud) => ({ aud, product: aud.split('/')[1] ?? '' }))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const atOrigin = (url: string, origin: string): string => origin + new URL(url).pathname.replace(/\/$/, '')

const badVar = (worker: WorkerConfig, name: string, why: string): MeshError =>
  new MeshError(
    'worker_invalid',
    `${worker.configPath} cannot be used: its var ${name}: ${why}`,
    'Mend the file and start again.',
  )
