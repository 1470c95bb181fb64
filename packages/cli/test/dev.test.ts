import { afterAll, beforeAll, expect, test } from 'vitest'
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../src/program.ts'
import { findRunning } from '../src/running.ts'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'
import { terminalMemory } from './terminal-memory.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let small: SmallMesh

beforeAll(() => {
  small = makeSmallMesh()
})
afterAll(() => small.remove())

test.each(['SIGINT', 'SIGTERM'] as const)(
  'says when it is ready in one line, and ends in order on %s',
  async (signal) => {
    const mesh = spawn(process.execPath, [main, 'dev', '--json', '--port', '0'], {
      cwd: join(small.root, 'workers'), // the checkout is found from within
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    mesh.stdout.on('data', (data) => (out += data))
    mesh.stderr.on('data', (data) => (err += data))
    await once(mesh.stdout, 'data')
    const { url } = JSON.parse(out)
    expect(out).toBe(`{"ready":true,"url":"${url}"}\n`)
    expect(err).toContain(`The mesh is ready: 4 Workers at ${url}`)
    expect(await (await fetch(`${url}/platform/steward/`)).text()).toBe('steward')
    expect(findRunning(small.root)).toMatchObject({ url, pid: mesh.pid })
    expect(statSync(join(small.root, '.meshloop/running.json')).mode & 0o777).toBe(0o600)

    mesh.kill(signal)
    const [code] = await once(mesh, 'exit')
    expect(code).toBe(0)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    expect(findRunning(small.root)).toBeUndefined()
    expect(existsSync(join(small.root, '.meshloop/process.json'))).toBe(false)
  },
  30_000,
)

test.each([
  ['a port that is none', ['dev', '--port', '99999'], 1, /"99999" is no port/],
  ['an unknown option', ['dev', '--prot', '1'], 2, /--port/],
  ['an unknown command', ['quer'], 2, /Did you mean query/],
  ['nothing that runs', ['query', 'purchase.orders'], 1, /npx pnpm start/],
  ['no address', ['query', 'purchase.orders', '--url', 'mesh'], 1, /no address of a mesh/],
  [
    'nobody there',
    ['query', 'purchase.orders', '--url', 'http://127.0.0.1:9'],
    1,
    /Nobody answers at http:\/\/127.0.0.1:9/,
  ],
])('%s: a message without a stack', async (_what, args, code, message) => {
  const terminal = terminalMemory()
  const context = { root: small.root, env: {}, terminal, stop: new AbortController().signal }
  expect(await run(args, context)).toBe(code)
  expect(terminal.written.err).toMatch(message)
  expect(terminal.written.err).not.toMatch(/\n\s+at /)
})
