/** How a command shows that it speaks for a source: with a client key, or with the private key that the source signs with. */
import { readFile } from 'node:fs/promises'
import { parsePrivateJwk, type PrivateJwk } from '@meshloop/access/issue'
import { MeshError } from '../mesh-error.ts'
import { sourceClient } from '../registration/clients.ts'
import { printable } from '../terminal.ts'
import { keyFor, type CommandContext, type Target } from './target.ts'

/** A source that signs for itself; nobody else holds its key. */
export interface Signer {
  readonly clientId: string
  readonly privateKey: PrivateJwk
}

/** Which source a command speaks for. */
export interface SourceOptions {
  /** Its name among the product's sources, or the whole id of its client. Default `file`. */
  readonly as?: string
  /** File with the private key that it signs with. */
  readonly keyFile?: string
}

/**
 * The credential of a source of `product`: the key in `keyFile`, else MESH_KEY, else the one that this checkout's own mesh has.
 *
 * @throws {MeshError} `unknown_source`, `no_key`, `bad_argument` for a file that holds no private key.
 */
export async function sourceCredential(
  target: Target,
  context: CommandContext,
  product: string,
  { as: source = 'file', keyFile }: SourceOptions,
): Promise<string | Signer> {
  const clientId = source.includes('.') ? source : sourceClient(product, source)
  if (keyFile !== undefined) return { clientId, privateKey: await privateKeyIn(keyFile) }
  const { local } = target
  if (context.env['MESH_KEY'] === undefined && local && local.keys.find(clientId, 'CLIENT_KEY') === undefined)
    throw unknownSource(product, source, local.keys.owners())
  return keyFor(target, context, clientId)
}

async function privateKeyIn(path: string): Promise<PrivateJwk> {
  try {
    return parsePrivateJwk(await readFile(path, 'utf8'), path)
  } catch (cause) {
    throw new MeshError(
      'bad_argument',
      `${printable(path)} holds no Ed25519 private key.`,
      'Make one with "npx pnpm --silent mesh key pair > <file>", and have its public half registered: mesh key make <source> --public-key <file>',
      { cause },
    )
  }
}

function unknownSource(product: string, source: string, owners: readonly string[]): MeshError {
  const known = owners
    .filter((owner) => owner.startsWith(`${product}.`))
    .map((owner) => owner.slice(product.length + 1))
  const list = `List it in the var SOURCES of the product's wrangler.toml: {"${printable(source)}":{"over":"http"}}`
  return new MeshError(
    'unknown_source',
    `This machine has no key of a source ${printable(source)} that sends to ${product} over HTTP.`,
    known.length === 0
      ? list
      : `Its sources are ${known.join(', ')}: choose one with --as. An app that sends with its own key is named by its id: --as shop.simulator`,
  )
}
