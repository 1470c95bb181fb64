/** A server of another project that does the same work. */
import { createServer, type AddressInfo } from 'node:net'
import type { Load } from '../side-by-side.ts'

/** A peer that runs. */
export interface Peer {
  readonly name: string
  /** 50 orders of one status, newest first. */
  readonly page: Load
  /** One order by its key. */
  readonly one: Load
  end(): void | Promise<void>
}

const PATIENCE_MS = 60_000
const PAUSE_MS = 200

/** Waits until the server answers as it should. @throws when it does not within a minute, with what it answered last. */
export async function answering(
  { url, method, headers, body }: Load,
  isRight: (json: unknown) => boolean,
): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  let last = 'nothing'
  while (performance.now() < until) {
    try {
      const response = await fetch(url, {
        method: method ?? 'GET',
        headers: headers ?? {},
        body: body ?? null,
      })
      const json: unknown = await response.json()
      if (isRight(json)) return
      last = JSON.stringify(json).slice(0, 500)
    } catch (error) {
      last = String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  throw new Error(`${url} answered last: ${last}`)
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens at a port
  await new Promise((resolve) => server.close(resolve))
  return port
}
