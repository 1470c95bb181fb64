/** The local mesh's keys: each is made when it is first asked for and kept in `<state>/keys.json`, outside git. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createClientKey, generatePrivateJwk, parsePrivateJwk } from '@meshloop/access/issue'
import * as z from 'zod'
import { takingTurns } from '../host/turns.ts'
import { MeshError } from '../mesh-error.ts'

/** The keys of one mesh. `owner` is the id of a Worker, source, publisher or consumer. */
export interface Keyring {
  /** The key of that name, as the value of a secret. The name says what kind of key it is: see docs/development.md. */
  of(owner: string, name: string): Promise<string>
  /** The key of that name if it was made before. */
  find(owner: string, name: string): string | undefined
  /** Whoever has a key. */
  owners(): readonly string[]
}

type Keys = Readonly<Record<string, Readonly<Record<string, string>>>>

const fileSchema = z.record(z.string(), z.record(z.string(), z.string()))

/**
 * Opens the keys in the file at `path`; without a file none are there yet.
 *
 * @throws {MeshError} `keys_unreadable` when the file holds something else: keys are never silently made anew.
 */
export function openKeyring(path: string): Keyring {
  let keys = read(path)
  const turns = takingTurns()
  const find = (owner: string, name: string): string | undefined => keys[owner]?.[name]
  return {
    find,
    owners: () => Object.keys(keys),
    of: (owner, name) =>
      turns.take(async () => {
        const known = find(owner, name)
        if (known !== undefined) return known
        const made = await make(owner, name)
        keys = { ...keys, [owner]: { ...keys[owner], [name]: made } }
        write(path, keys)
        return made
      }),
  }
}

/** The public half of a private key that is kept as JSON. */
export function publicHalf(privateJwk: string): { readonly kid: string; readonly x: string } {
  const { kid, x } = parsePrivateJwk(privateJwk, 'The key')
  return { kid, x }
}

/** What a key of that name looks like. Names that are not listed are 32 random bytes. */
async function make(owner: string, name: string): Promise<string> {
  switch (name) {
    case 'ISSUER_KEY':
    case 'DENIALS_KEY':
    case 'AUDIT_KEY':
      // By this name a catalog that is deployed refuses it.
      return JSON.stringify(await generatePrivateJwk(`local-${randomBytes(12).toString('base64url')}`))
    case 'SOURCE_KEY':
    case 'FLAGS_KEY':
    case 'FLAGS_KEY_NEXT':
      return JSON.stringify(await generatePrivateJwk())
    case 'CLIENT_KEY':
      return createClientKey('local', owner, randomBytes(32))
    case 'FLAGS_SECRET':
      return `local1.${randomBytes(32).toString('base64url')}`
    default:
      return randomBytes(32).toString('base64url')
  }
}

function read(path: string): Keys {
  if (!existsSync(path)) return {}
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new MeshError(
      'keys_unreadable',
      `${path} holds no keys that can be read.`,
      'Restore the file, or delete the state folder to begin anew.',
      { cause: error },
    )
  }
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
function write(path: string, keys: Keys): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.new`
  writeFileSync(draft, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600) // the mode above counts only for a file that was not there
  renameSync(draft, path)
}
