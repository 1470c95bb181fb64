/** A mesh that sends commands elsewhere gets nothing there: keys and tokens go where they were meant to go. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { buyToken } from '../src/mesh/mesh-client.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const listen = (answer: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(answer)
    servers.push(server)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
    })
  })

test.each([301, 307, 308])('a token endpoint that answers %i learns the key alone', async (status) => {
  const bodies: string[] = []
  const elsewhere = await listen((request, response) => {
    request.on('data', (part) => bodies.push(String(part)))
    request.on('end', () => response.end('{}'))
  })
  const mesh = await listen((_request, response) => {
    response.writeHead(status, { location: `${elsewhere}/oauth/token` }).end()
  })
  const product = { id: 'a.b', major: 1, url: `${mesh}/a/b/v1` }
  const bought = buyToken(mesh, product, `ml_local_a.b_${'x'.repeat(43)}`, 'read')
  await expect(bought).rejects.toMatchObject({ code: 'request_refused' })
  expect(bodies).toEqual([])
})
