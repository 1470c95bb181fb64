/** Requests that are sent again when the answer says when. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { patientRequest } from '../src/mesh/mesh-client.ts'

const servers: { close(): void }[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

/** Answers one after the other; the last again and again. */
async function answering(
  answers: readonly (readonly [status: number, retryAfter?: string])[],
): Promise<string> {
  const left = [...answers]
  const server = createServer((_, response) => {
    const [status, retryAfter] = (left.length > 1 ? left.shift() : left[0]) ?? [500]
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('{}')
  })
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest` // it listens at a port
}

test.each([
  ['busy twice', [[429, '2'], [503, '30'], [200]], 200, [2_000, 30_000]],
  ['busy without saying until when', [[503]], 'request_refused', []],
  ['busy for an hour', [[429, '3600']], 'request_refused', []],
  ['busy for ever', [[429, '1']], 'request_refused', [1_000, 1_000, 1_000, 1_000, 1_000]],
  ['refused', [[400, '1']], 'request_refused', []],
] as const)('%s', async (_, answers, result, waits) => {
  const url = await answering(answers)
  const waited: number[] = []
  const asked = patientRequest(url, { method: 'POST', body: '{}' }, async (ms) => void waited.push(ms))
  if (typeof result === 'number') expect((await asked).status).toBe(result)
  else await expect(asked).rejects.toMatchObject({ code: result })
  expect(waited).toEqual(waits)
})
