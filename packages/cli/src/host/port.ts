/** Which port the mesh listens on: known before it starts, since the Workers are told their own addresses. */
import { createServer } from 'node:net'
import { MeshError } from '../mesh-error.ts'

/** The mesh is for this machine alone. */
export const HOST = '127.0.0.1'

/**
 * `wanted` if it is free; a free one for 0.
 *
 * @throws {MeshError} `port_taken`, naming one that is free.
 */
export async function findPort(wanted: number): Promise<number> {
  const port = await tryPort(wanted)
  if (port !== undefined) return port
  const free = (await tryPort(wanted + 1)) ?? (await tryPort(0)) ?? 0
  throw new MeshError(
    'port_taken',
    `Port ${wanted} is taken by another program.`,
    `Stop it, or choose another port: mesh dev --port ${free}`,
  )
}

/** The port that could be listened on, none when it is taken. */
const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    )
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
