/** `mesh export`: downloads a product's newest export, and believes nothing of it that its manifest does not say. */
import { createHash, verify, type JsonWebKey } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'
import { COMMANDS_CLIENT } from '../registration/clients.ts'
import { printable } from '../terminal.ts'
import { answerOf, buyToken, findProduct, request } from '../mesh/mesh-client.ts'
import { findTarget, keyFor, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh export`. */
export interface ExportFilesOptions {
  readonly url?: string
  /** Default: the newest. */
  readonly major?: string
  /** Folder that the files are put into. Default: the id of the product. */
  readonly out?: string
  /** `parquet` (default) or `ndjson`. */
  readonly format?: string
}

const listSchema = z.looseObject({ exports: z.array(z.looseObject({ id: z.string() })) })
const oneSchema = z.looseObject({ manifest: z.string(), changes_after: z.string() })
const keysSchema = z.looseObject({
  keys: z.array(
    z.looseObject({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  ),
})
const manifestSchema = z.looseObject({
  id: z.string(),
  product: z.string(),
  as_of: z.string().nullable(),
  rows: z.int(),
  files: z.array(
    z.looseObject({
      // It becomes the name of a file here.
      name: z.string().regex(/^[\w-]+(\.[\w-]+)*$/),
      format: z.string(),
      bytes: z.int(),
      sha256: z.string(),
    }),
  ),
})

/** Downloads the files of one format, the manifest and the cursor from which changes go on. */
export async function exportFiles(
  productId: string,
  options: ExportFilesOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const format = options.format ?? 'parquet'
  if (format !== 'parquet' && format !== 'ndjson')
    throw new MeshError('bad_argument', `"${printable(format)}" is no format: write parquet or ndjson.`)
  const target = findTarget(context, options.url)
  const product = await findProduct(target.url, productId, options.major)
  const { text: token } = await buyToken(
    target.url,
    product,
    keyFor(target, context, COMMANDS_CLIENT.id),
    'read',
  )
  const read = (path: string): Promise<Response> =>
    request(`${product.url}/exports${path}`, { headers: { authorization: `Bearer ${token}` } })
  const [newest] = (await answerOf(await read(''), listSchema)).exports
  if (!newest)
    throw new MeshError(
      'no_export',
      `${printable(productId)} has written no export yet.`,
      'Its Worker does so by its cron, at most ten minutes after its first record.',
    )
  const { manifest: signed, changes_after } = await answerOf(await read(`/${newest.id}`), oneSchema)
  const { keys } = await answerOf(await read('/jwks.json'), keysSchema)
  const manifest = verified(signed, keys)
  if (manifest.product !== productId || manifest.id !== newest.id)
    throw untrue(`it is of ${manifest.product} ${manifest.id}`)
  const folder = options.out ?? productId
  await mkdir(folder, { recursive: true })
  const files = manifest.files.filter((file) => file.format === format)
  for (const { name, sha256 } of files) {
    const bytes = new Uint8Array(await (await read(`/${manifest.id}/${name}`)).arrayBuffer())
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw untrue(`the content of ${name} is not the one that was signed`)
    await write(join(folder, name), bytes)
  }
  await write(join(folder, 'manifest.jws'), signed)
  await write(join(folder, 'changes_after'), changes_after)
  terminal.out(`${manifest.rows} records in ${files.length} files: ${printable(folder)}\n`)
  terminal.err(`complete up to: ${manifest.as_of ?? 'unknown'}\n`)
}

/** A file is there whole or not at all. */
async function write(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, content)
  await rename(`${path}.part`, path)
}

function verified(signed: string, keys: z.output<typeof keysSchema>['keys']) {
  const [header = '', content = '', signature = ''] = signed.split('.')
  const { kid, typ, alg } = headerSchema.parse(jsonOf(header))
  const key = keys.find((each) => each.kid === kid)
  if (!key || typ !== 'meshloop-export+jws' || alg !== 'EdDSA')
    throw untrue('its header names no key of the product')
  const jwk: JsonWebKey = { kty: key.kty, crv: key.crv, x: key.x }
  const isGood = verify(
    null,
    Buffer.from(`${header}.${content}`),
    { key: jwk, format: 'jwk' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isGood) throw untrue('its signature is not by the product’s key')
  return manifestSchema.parse(jsonOf(content))
}

const headerSchema = z.looseObject({ kid: z.string(), typ: z.string(), alg: z.string() })

const jsonOf = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

const untrue = (why: string): MeshError =>
  new MeshError(
    'export_untrue',
    `The export is not what its manifest says: ${printable(why)}.`,
    'Do not use it, and tell the product’s support.',
  )
