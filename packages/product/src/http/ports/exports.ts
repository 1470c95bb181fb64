/** `GET /exports`: bulk files, what is said of them, and where the change feed goes on after them. */
import { majorOf } from '@meshloop/contract'
import type { Runtime } from '../../env.ts'
import { fileFormats } from '../../exports/file-formats.ts'
import { confirmStored, FILES, type ExportFile } from '../../exports/files.ts'
import { exportNotFound, listExports, readExport, type StoredExport } from '../../exports/stored-exports.ts'
import { ProductError } from '../../problems.ts'
import { followedBy } from '../../query/changes.ts'
import { readParameters } from '../../query/parameters.ts'
import { showsAll } from '../../query/visible.ts'
import { byteRange, type ByteRange } from '../byte-range.ts'
import { isKnown } from '../known-etag.ts'
import { jsonReply, type Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'
import { FEED } from './changes.ts'
import { cursorsOf } from './cursors.ts'

/** `GET /exports`: those that can be read, the newest first. */
export async function exportList(runtime: Runtime, shown: Shown, request: Request): Promise<Reply> {
  refuseParts(runtime, shown, request)
  const all = await listExports(runtime.reader.db)
  return jsonReply({ exports: all.map(summary) }, noStore)
}

/** `GET /exports/{id}`: what its manifest says, the manifest as it is signed, and the cursor of `/changes` after it. */
export async function oneExport(
  runtime: Runtime,
  shown: Shown,
  request: Request,
  { id = '' }: Readonly<Record<string, string>>,
): Promise<Reply> {
  refuseParts(runtime, shown, request)
  const { contract, reader } = runtime
  const found = await readExport(reader.db, id)
  const { incarnation, seq, files } = found.manifest
  const at = [incarnation, seq, majorOf(contract), followedBy(reader, shown.view)] as const
  return jsonReply(
    {
      ...summary(found),
      files,
      manifest: found.signed,
      changes_after: await cursorsOf(runtime, shown, FEED).seal(at),
    },
    noStore,
  )
}

/** `GET /exports/{id}/{file}`: a file, or a part of it. */
export async function exportFile(
  runtime: Runtime,
  shown: Shown,
  request: Request,
  { id = '', file: name = '' }: Readonly<Record<string, string>>,
): Promise<Reply> {
  refuseParts(runtime, shown, request)
  const file = await fileOf(runtime, id, name)
  const etag = `"${file.sha256}"`
  const caching = { etag, 'cache-control': 'private, no-cache', vary: 'authorization' }
  const headers: Record<string, string> = {
    ...caching,
    'content-type': fileFormats[file.format],
    'accept-ranges': 'bytes',
    'meshloop-version': runtime.contract.version,
  }
  if (isKnown(request, etag)) return { status: 304, headers: caching, body: null }
  const range = request.method === 'GET' ? byteRange(request.headers, file.bytes, etag) : undefined
  if (range === 'unsatisfiable')
    throw new ProductError('range_not_satisfiable', `The file has ${file.bytes} bytes.`, [], {
      headers: { 'content-range': `bytes */${file.bytes}` },
    })
  headers['content-length'] = String(range?.length ?? file.bytes)
  if (range)
    headers['content-range'] = `bytes ${range.offset}-${range.offset + range.length - 1}/${file.bytes}`
  const body = request.method === 'HEAD' ? null : await bodyOf(runtime, file, range)
  return { status: range ? 206 : 200, headers, body }
}

/** `GET /exports/jwks.json`: the keys that manifests are signed with (RFC 7517). For everybody. */
export async function exportKeys({ exportKey }: Runtime): Promise<Reply> {
  const { publicJwk } = await exportKey()
  return jsonReply(
    { keys: [publicJwk] },
    { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' },
  )
}

const noStore = { 'cache-control': 'no-store', vary: 'authorization' }

/** Files hold everything: whoever is shown less is shown none of them. None of the addresses has parameters. */
function refuseParts({ contract }: Runtime, { view }: Shown, request: Request): void {
  readParameters(new URL(request.url).searchParams, [])
  if (showsAll(contract, view)) return
  throw new ProductError(
    'exports_restricted',
    'This grant shows a part of the records, and the files hold all of them.',
  )
}

function summary({ id, ended_at, manifest }: StoredExport) {
  const { version, made_at, as_of, rows, bytes, files } = manifest
  return { id, version, made_at, as_of, ended_at, rows, bytes, parts: files.length / 2 }
}

/** What was read of an export: it never changes, and each of its files is asked for. One export a database. */
const remembered = new WeakMap<D1Database, StoredExport>()

async function fileOf({ env, reader }: Runtime, id: string, name: string): Promise<ExportFile> {
  const known = remembered.get(env.DB)
  const found = known?.id === id ? known : await readExport(reader.db, id)
  remembered.set(env.DB, found)
  const file = found.manifest.files.find((each) => each.name === name)
  if (file) return file
  throw exportNotFound(`${id} with a file ${name}`)
}

async function bodyOf(
  { env }: Runtime,
  file: ExportFile,
  range: ByteRange | undefined,
): Promise<ReadableStream> {
  const object = await env.EXPORTS?.get(`${FILES}${file.name}`, range ? { range } : {})
  if (!object) throw exportNotFound(`with a file ${file.name} any more`)
  // Of a part of a file its reader could not tell.
  return confirmStored(object, file).body
}
