/** `mesh client …` and `mesh key …`: who may ask the mesh for something, and with which keys. */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { openAccessApi, type AccessOptions } from '../access/access-api.ts'
import { MeshError } from '../mesh-error.ts'
import type { CommandContext } from '../mesh/target.ts'
import { table } from '../table.ts'
import { printable, printableJson } from '../terminal.ts'

/** Options of `mesh client make`. */
export interface MakeClientOptions extends AccessOptions {
  readonly kind: string
  /** Domain that it belongs to. Default: the first part of its id. */
  readonly domain?: string
  /** Products that a source sends to, comma-separated. */
  readonly products?: string
}

/** Options of `mesh client show`. */
export interface ShowClientOptions extends AccessOptions {
  readonly json?: boolean
}

/** Options of `mesh key make`. */
export interface MakeKeyOptions extends AccessOptions {
  readonly until?: string
  /** File with the public Ed25519 JWK of a source. */
  readonly publicKey?: string
}

const clientSchema = z.looseObject({ id: z.string(), kind: z.string(), domain: z.string() })
const keySchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  created_at: z.string(),
  ends_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  last_used: z.string().nullable(),
})
const shownSchema = clientSchema.extend({ keys: z.array(keySchema) })
const madeKeySchema = z.looseObject({ id: z.string(), key: z.string().optional() })

/** Makes a consumer or a source. */
export async function makeClient(
  id: string,
  options: MakeClientOptions,
  context: CommandContext,
): Promise<void> {
  const { kind, domain = id.split('.')[0], products } = options
  const body = { id, kind, domain, ...(products === undefined ? {} : { products: products.split(',') }) }
  await openAccessApi(context, options).post('/clients', body, clientSchema)
  context.terminal.out(
    printable(`${kind} ${id} is there; its first key: npx pnpm mesh key make ${id}`) + '\n',
  )
}

/** Prints a client and its keys, never a key itself. */
export async function showClient(
  id: string,
  options: ShowClientOptions,
  context: CommandContext,
): Promise<void> {
  const api = openAccessApi(context, options)
  const client = await api.get(`/clients/${encodeURIComponent(id)}.json`, shownSchema)
  const { terminal } = context
  if (options.json) return terminal.out(`${printableJson(client)}\n`)
  terminal.err(printable(`${client.kind} ${client.id} of ${client.domain}`) + '\n')
  const rows = client.keys.map((key) => ({
    key: key.id,
    kind: key.kind,
    made: key.created_at,
    'last used': key.last_used,
    ends: key.ends_at,
    revoked: key.revoked_at,
  }))
  terminal.out(rows.length === 0 ? 'no key\n' : table(rows, terminal.width))
}

/** Makes a key and prints it, once; or registers the public key of a source that signs for itself. */
export async function makeKey(
  client: string,
  options: MakeKeyOptions,
  context: CommandContext,
): Promise<void> {
  const { until, publicKey } = options
  const body = {
    ...(until === undefined ? {} : { ends_at: endOf(until) }),
    ...(publicKey === undefined ? {} : { public_key: await publicJwk(publicKey) }),
  }
  const api = openAccessApi(context, options)
  const { id, key } = await api.post(`/clients/${encodeURIComponent(client)}/keys`, body, madeKeySchema)
  const { terminal } = context
  if (key === undefined) return terminal.out(printable(`key ${id} of ${client} is registered`) + '\n')
  terminal.err(printable(`key ${id} of ${client}; it is shown this once:`) + '\n')
  terminal.out(`${printable(key)}\n`)
}

/** Revokes a key: it buys nothing from now on, and within a minute no token that it bought is taken. */
export async function revokeKey(
  client: string,
  key: string,
  options: AccessOptions,
  context: CommandContext,
): Promise<void> {
  const path = `/clients/${encodeURIComponent(client)}/keys/${encodeURIComponent(key)}/revoke`
  await openAccessApi(context, options).post(path, {}, z.unknown())
  context.terminal.out(printable(`key ${key} of ${client} is revoked`) + '\n')
}

const jwkSchema = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })

/** Only the public half is sent, whatever the file holds. */
async function publicJwk(path: string) {
  try {
    const { kty, crv, x } = jwkSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    return { kty, crv, x }
  } catch (cause) {
    throw new MeshError('bad_argument', `${path} holds no Ed25519 key as JSON Web Key.`, undefined, { cause })
  }
}

function endOf(text: string): string {
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw new MeshError(
    'bad_argument',
    `"${text}" is no time.`,
    'Write a day, 2027-01-31, or an RFC 3339 time.',
  )
}
