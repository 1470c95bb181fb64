/** Which mesh a command talks to, and with whose keys. */
import { openKeyring, type Keyring } from '../keys/keyring.ts'
import { keysPath } from '../keys/keys-path.ts'
import { MeshError } from '../mesh-error.ts'
import { findRunning, type Running } from '../running.ts'
import type { Terminal } from '../terminal.ts'

/** What a command is given beside its arguments. */
export interface CommandContext {
  /** The checkout. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
}

/** The mesh that a command talks to. */
export interface Target {
  /** Its catalog; no slash at its end. */
  readonly url: string
  /** Set when this checkout's own mesh is meant. */
  readonly local: { readonly keys: Keyring; readonly running: Running } | undefined
}

/**
 * `--url`, else `MESH_URL`, else the mesh last started from this checkout.
 *
 * @throws {MeshError} `bad_argument` for what is no URL, `no_mesh_running`.
 */
export function findTarget({ root, env }: CommandContext, urlOption?: string): Target {
  const running = findRunning(root)
  const given = urlOption ?? env['MESH_URL']
  if (given === undefined && running === undefined)
    throw new MeshError(
      'no_mesh_running',
      'No mesh was started from this checkout.',
      'Start one with "npx pnpm start" in another terminal, or name one with --url or MESH_URL.',
    )
  const url = given === undefined ? (running?.url ?? '') : plainUrl(given)
  return {
    url,
    local:
      running !== undefined && running.url === url
        ? { keys: openKeyring(keysPath(running.stateFolder)), running }
        : undefined,
  }
}

/** MESH_KEY, else the key that this checkout's own mesh has for `client`. @throws {MeshError} `no_key` */
export function keyFor(target: Target, { env }: CommandContext, client: string): string {
  const key = env['MESH_KEY'] ?? target.local?.keys.find(client, 'CLIENT_KEY')
  if (key !== undefined) return key
  throw new MeshError(
    'no_key',
    target.local === undefined
      ? `There is no key for the mesh at ${target.url}.`
      : `The mesh at ${target.url} has no client ${client}.`,
    'Put a client key of that mesh into MESH_KEY (ml_<environment>_<client>_…).',
  )
}

function plainUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '')
  throw new MeshError(
    'bad_argument',
    `"${text}" is no address of a mesh.`,
    'Write it like http://127.0.0.1:8787',
  )
}
