/** `mesh audit verify` against catalogs that lie in every way that one can think of. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainHash, contentHash, genesis, type AuditEntry, type AuditLink } from '@meshloop/access/audit'
import { signCheckpoint } from '@meshloop/access/checkpoint'
import { generatePrivateJwk, jwksDocument, type PrivateJwk } from '@meshloop/access/issue'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../src/program.ts'
import { terminalMemory } from './terminal-memory.ts'

type Logged = AuditEntry & AuditLink
interface Log {
  readonly rows: readonly Logged[]
  readonly checkpoints: readonly { seq: number; signed: string }[]
  readonly steward: { seq: number; hash: string } | null
  /** An entry whose content nobody is shown. */
  readonly hidden?: number
}

const operatorKey = 'operator-key'
let key: PrivateJwk
let root: string
let server: Server
let url: string
/** What the catalog shows. */
let log: Log

/** A log whose every hash is right. `word` tells one log from another. */
async function logged(n: number, word = 'honest'): Promise<readonly Logged[]> {
  const rows: Logged[] = []
  let before = genesis.hash
  for (let seq = 1; seq <= n; seq++) {
    const entry = {
      seq,
      at: `2026-11-22T12:00:${String(seq).padStart(2, '0')}.000Z`,
      what: 'key.made',
      by: 'operator',
      about: { word },
      salt: `s${seq}`,
    }
    const content = await contentHash(entry)
    before = await chainHash(before, content)
    rows.push({ ...entry, content, hash: before })
  }
  return rows
}

async function signedAt(rows: readonly Logged[], seq: number, by = key) {
  const hash = rows[seq - 1]?.hash ?? ''
  return { seq, signed: await signCheckpoint(by, { iss: url, iat: 1_790_000_000 + seq, seq, hash }) }
}

/** The honest log of 12 entries, with checkpoints at 4 and 10. */
async function honest(steward: Log['steward'] = null): Promise<Log> {
  const rows = await logged(12)
  return { rows, steward, checkpoints: [await signedAt(rows, 4), await signedAt(rows, 10)] }
}

beforeAll(async () => {
  key = await generatePrivateJwk('a1')
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const after = Number(searchParams.get('after'))
    const page = <T extends { seq: number }>(items: readonly T[]) => {
      const rest = items.filter(({ seq }) => seq > after)
      return { some: rest.slice(0, 5), next: rest.length > 5 ? rest[4]?.seq : null }
    }
    const answer = (): object | undefined => {
      switch (pathname) {
        case '/audit/chain.json': {
          // By place, not by seq: what a catalog shows in a wrong order comes in a wrong order.
          const { some, next } = page(log.rows.map((row, at) => ({ ...row, seq: at + 1 })))
          return { links: some.map(({ seq }) => log.rows[seq - 1]), next }
        }
        case '/audit.json':
          if (request.headers.authorization !== `Bearer ${operatorKey}`) return undefined
          return (({ some, next }) => ({ entries: some, next }))(
            page(log.rows.filter(({ seq }) => seq !== log.hidden)),
          )
        case '/audit/checkpoints.json':
          return (({ some, next }) => ({ checkpoints: some, next }))(page(log.checkpoints))
        case '/.well-known/jwks.json':
          return jwksDocument([], undefined, [key])
        case '/platform/steward/status':
          return { audit: log.steward }
        default:
          return undefined
      }
    }
    const body = answer()
    response
      .writeHead(body ? 200 : 403, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mesh-audit-'))
  return () => rmSync(root, { recursive: true })
})

const verify = async (
  args: readonly string[] = [],
  env: Record<string, string> = { MESH_OPERATOR_KEY: operatorKey },
) => {
  const terminal = terminalMemory()
  const stop = new AbortController().signal
  const code = await run(['audit', 'verify', '--url', url, ...args], { root, env, terminal, stop })
  return { code, ...terminal.written }
}
const replaced = (rows: readonly Logged[], seq: number, more: Partial<Logged>): readonly Logged[] =>
  rows.map((row) => (row.seq === seq ? { ...row, ...more } : row))

describe('an honest log', () => {
  test('holds together; the first time it is said to be unanchored, and then it is not', async () => {
    log = await honest()
    const first = await verify()
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/12 entries, 2026-11-22T12:00:01.000Z to 2026-11-22T12:00:12.000Z/)
    expect(first.out).toMatch(/contents {2}12 of 12/)
    expect(first.out).toMatch(/2 checkpoints, up to entry 10/)
    expect(first.out).toContain('UNANCHORED')
    const more = await logged(14)
    log = { ...log, rows: more }
    const second = await verify()
    expect(second.out).toMatch(/this machine remembers up to 12/)
    expect(second.out).not.toContain('UNANCHORED')
    expect(second.out).toContain('It cannot prove that everything was written')
  })

  test('without a right to read it: the chain alone', async () => {
    log = await honest()
    for (const env of [{}, { MESH_KEY: 'somebody' }] as Record<string, string>[])
      expect(await verify([], env)).toMatchObject({ code: 0, out: expect.stringContaining('not read') })
  })

  test('that is empty', async () => {
    log = { rows: [], checkpoints: [], steward: null }
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('0 entries') })
  })

  test('with checkpoints by a key that is not published any more says so', async () => {
    const rows = await logged(3)
    log = { rows, steward: null, checkpoints: [await signedAt(rows, 2, await generatePrivateJwk('gone'))] }
    expect((await verify()).out).toMatch(/1 by keys that are not published any more/)
  })
})

describe('a log that is not what it was', () => {
  /** Rewritten from there on, all hashes made anew. */
  const rewritten = async (from: number, n = 12) => {
    const [mine, theirs] = [await logged(n), await logged(n, 'forged')]
    const rows = mine.slice(0, from - 1)
    for (const entry of theirs.slice(from - 1)) {
      const hash = await chainHash(rows.at(-1)?.hash ?? genesis.hash, entry.content)
      rows.push({ ...entry, hash })
    }
    return rows
  }

  test.each<[string, (log: Log) => Promise<Partial<Log>> | Partial<Log>, number]>([
    ['an entry says something else', ({ rows }) => ({ rows: replaced(rows, 5, { by: 'somebody' }) }), 5],
    [
      'an entry says something else, with a hash that fits',
      async ({ rows }) => {
        const entry = { ...(rows[4] as Logged), by: 'somebody' }
        return { rows: replaced(rows, 5, { by: 'somebody', content: await contentHash(entry) }) }
      },
      5,
    ],
    [
      'two entries are swapped',
      ({ rows }) => ({ rows: [...rows.slice(0, 5), rows[6] as Logged, rows[5] as Logged, ...rows.slice(7)] }),
      6,
    ],
    ['an entry is left out', ({ rows }) => ({ rows: rows.filter(({ seq }) => seq !== 7) }), 7],
    [
      'an entry is left out and the rest numbered anew',
      ({ rows }) => ({
        rows: rows.filter(({ seq }) => seq !== 7).map((row, at) => ({ ...row, seq: at + 1 })),
      }),
      7,
    ],
    [
      'an entry is put in',
      ({ rows }) => ({ rows: [...rows.slice(0, 3), rows[3] as Logged, ...rows.slice(3)] }),
      5,
    ],
    [
      'its end is cut off, checkpoints and all that was signed after it stay',
      ({ rows }) => ({ rows: rows.slice(0, 8) }),
      9,
    ],
    ['it is rewritten after a checkpoint that stays', async () => ({ rows: await rewritten(6) }), 5],
    [
      'a checkpoint is signed by nobody',
      async ({ rows, checkpoints }) => ({
        checkpoints: [...checkpoints, await signedAt(rows, 11, { ...(await generatePrivateJwk('a1')) })],
      }),
      11,
    ],
  ])('%s', async (_name, change, seq) => {
    const before = await honest()
    log = { ...before, ...(await change(before)) }
    const { code, out, err } = await verify()
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(new RegExp(`not what it was: entry ${seq}:`))
  })

  test.each<[string, (rows: readonly Logged[]) => Promise<readonly Logged[]>, RegExp]>([
    ['is rewritten whole', () => logged(12, 'forged'), /entry 1: at 12 the log is another one than/],
    [
      'is rewritten whole, and longer',
      () => logged(20, 'forged'),
      /entry 1: at 12 the log is another one than/,
    ],
    ['is forked', () => rewritten(9), /entry 1: at 12 the log is another one than/],
    [
      'is cut off',
      async (rows) => rows.slice(0, 9),
      /entry 10: the log ends before it, but .* knows it up to 12/,
    ],
  ])(
    '%s and all checkpoints are signed anew: found by whoever remembers, else it is said to be unanchored',
    async (_name, change, message) => {
      const before = await honest()
      const rows = await change(before.rows)
      const lie = { ...before, rows, checkpoints: [await signedAt(rows, 5)] }
      log = lie
      expect((await verify()).out).toContain('UNANCHORED')
      rmSync(join(root, '.meshloop'), { recursive: true })

      log = before
      await verify() // this machine remembers the head
      log = lie
      expect(await verify()).toMatchObject({ code: 1, err: expect.stringMatching(message) })
      const kept = join(root, 'anchor.ndjson')
      writeFileSync(
        kept,
        readFileSync(join(root, '.meshloop', `audit-heads-${new URL(url).host.replace(':', '-')}.ndjson`)),
      )
      rmSync(join(root, '.meshloop'), { recursive: true })

      expect(await verify(['--anchor', kept])).toMatchObject({ code: 1, err: expect.stringContaining(kept) })
      const last = before.rows[11]
      log = { ...lie, steward: { seq: 12, hash: last?.hash ?? '' } }
      expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('the steward') })
    },
  )

  test('what an entry says is judged by who may read it, and the operator misses what is not shown', async () => {
    const before = await honest()
    log = { ...before, rows: replaced(before.rows, 3, { about: { word: 'other' } }) }
    expect(await verify()).toMatchObject({
      code: 1,
      err: expect.stringContaining('entry 3: it says something else'),
    })
    expect(await verify([], {})).toMatchObject({ code: 0 })
    log = { ...before, hidden: 4 }
    expect(await verify()).toMatchObject({
      code: 1,
      err: expect.stringContaining('entry 4: the catalog does not show'),
    })
    expect(await verify([], { MESH_KEY: operatorKey })).toMatchObject({
      code: 0,
      out: expect.stringContaining('11 of 12'),
    })
  })
})

test.each([
  ['a file that is not there', 'nothing.ndjson', undefined],
  ['a file of something else', 'other.ndjson', 'hello\n'],
])('%s is no anchor', async (_name, name, text) => {
  log = await honest()
  const path = join(root, name)
  if (text !== undefined) writeFileSync(path, text)
  expect(await verify(['--anchor', path])).toMatchObject({ code: 1, out: '' })
})
