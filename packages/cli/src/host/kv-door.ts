/**
 * Lets commands of this machine read the local KV namespaces, which only the mesh's own process can open.
 * Read-only, on loopback, for the holder of a key that is made at each start.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { KvNamespace } from './runtime.ts'
import { HOST } from './port.ts'

/** An open door. `GET <url>/<worker>/<binding>/<key>` answers the value's bytes. */
export interface KvDoor {
  readonly url: string
  /** Bearer key. */
  readonly key: string
  close(): Promise<void>
}

/** Opens a door to the namespaces that `namespace` finds. */
export async function openKvDoor(
  namespace: (worker: string, binding: string) => Promise<KvNamespace>,
): Promise<KvDoor> {
  const key = randomBytes(32).toString('base64url')
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || !isSame(request.headers.authorization, `Bearer ${key}`))
      end(response, 403)
    else
      read(namespace, request.url ?? '').then(
        (value) => end(response, value === undefined ? 404 : 200, value),
        () => end(response, 404),
      )
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0)
    })
  })
  return {
    url: `http://${HOST}:${port}`,
    key,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(
  namespace: (worker: string, binding: string) => Promise<KvNamespace>,
  path: string,
): Promise<Buffer | undefined> {
  const [worker = '', binding = '', key = ''] = path.split('/').slice(1).map(decodeURIComponent)
  const value = await (await namespace(worker, binding)).get(key, 'arrayBuffer')
  return value === null ? undefined : Buffer.from(value)
}

const end = (response: ServerResponse, status: number, body?: Buffer): void => {
  response.writeHead(status, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' })
  response.end(body)
}

function isSame(given: string | undefined, expected: string): boolean {
  const a = Buffer.from(given ?? '')
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
