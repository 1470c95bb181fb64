/** The steward remembers where the catalog's audit log stood: what is done to the log afterwards is an incident. */
import { chainHash, contentHash, genesis, type AuditLink } from '@meshloop/access/audit'
import { signCheckpoint } from '@meshloop/access/checkpoint'
import { generatePrivateJwk, jwksDocument } from '@meshloop/access/issue'
import { beforeEach, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import { createAuditReader } from '../audit-reader.ts'
import type { World } from '../env.ts'
import { giveBack, takeLease } from '../lease.ts'
import type { StewardStatus } from '../status.ts'
import { tick } from '../tick.ts'
import { watchAudit } from '../watch-audit.ts'
import { bindings, createSmallMesh, type SmallMesh } from './small-mesh.ts'

const issuer = bindings.ISSUER
const key = await generatePrivateJwk('a1')
const thief = await generatePrivateJwk('a1')

/** What the catalog shows; null: nothing. */
interface Log {
  readonly links: readonly AuditLink[]
  readonly checkpoints: readonly { seq: number; signed: string }[]
}
let log: Log | null
let asked: string[]
let mesh: SmallMesh

/** A log whose hashes are all right; entries from `from` on say `word`. */
async function linked(n: number, word = 'honest', from = 1): Promise<readonly AuditLink[]> {
  const links: AuditLink[] = []
  let before = genesis.hash
  for (let seq = 1; seq <= n; seq++) {
    const about = { word: seq < from ? 'honest' : word }
    const content = await contentHash({ seq, at: '', what: 'key.made', by: 'operator', about, salt: '' })
    before = await chainHash(before, content)
    links.push({ seq, content, hash: before })
  }
  return links
}
const signedAt = async (links: readonly AuditLink[], seq: number, by = key) => ({
  seq,
  signed: await signCheckpoint(by, { iss: issuer, iat: 1, seq, hash: links[seq - 1]?.hash ?? '' }),
})
const logged = async (links: readonly AuditLink[], ...at: readonly number[]): Promise<Log> => ({
  links,
  checkpoints: await Promise.all(at.map((seq) => signedAt(links, seq))),
})

async function internet(url: string): Promise<Response> {
  const { pathname, searchParams } = new URL(url)
  asked.push(pathname)
  const rest = <T extends { seq: number }>(items: readonly T[], most: number) =>
    items.filter(({ seq }) => seq > Number(searchParams.get('after'))).slice(0, most)
  if (pathname === '/.well-known/jwks.json') return Response.json(jwksDocument([], undefined, [key]))
  if (log === null) return new Response('', { status: 503 })
  return pathname === '/audit/chain.json'
    ? Response.json({ links: rest(log.links, 10) })
    : Response.json({ checkpoints: rest(log.checkpoints, 10) })
}

beforeEach(async () => {
  mesh = await createSmallMesh()
  log = null
  asked = []
})

const world = (): World => ({ ...mesh.world(), audit: createAuditReader(issuer, internet, mesh.now) })

/** A look so many minutes later, and what the steward then says. */
async function after(minutes: number): Promise<Pick<StewardStatus, 'audit' | 'incidents'>> {
  mesh.minutesPass(minutes)
  const { db, now } = world()
  const lease = await takeLease(db, now())
  if (!lease) throw new Error('another tick has the lease')
  await watchAudit(world(), lease)
  await lease.write([giveBack(db)])
  return status()
}

async function status(): Promise<Pick<StewardStatus, 'audit' | 'incidents'>> {
  const path = 'https://mesh.test/platform/steward/status'
  return (await createApp(mesh.now).request(path, {}, bindings)).json()
}
const details = ({ incidents }: Pick<StewardStatus, 'incidents'>) =>
  incidents.map(({ rule, detail }) => `${rule}: ${detail}`)

it('remembers the newest head that the catalog signed, page after page, each five minutes', async () => {
  const links = await linked(25)
  log = await logged(links, 4, 23)
  const first = await after(0)
  expect(first.audit).toMatchObject({ seq: 23, hash: links[22]?.hash })
  expect(first.incidents).toEqual([])
  asked.length = 0
  await after(4)
  expect(asked).toEqual([])
  log = await logged(await linked(30), 4, 23, 30)
  expect((await after(1)).audit).toMatchObject({ seq: 30 })
  log = await logged(await linked(33), 4, 23, 30)
  expect(await after(5)).toMatchObject({ audit: { seq: 30 }, incidents: [] })
})

it('is a part of each tick', async () => {
  log = await logged(await linked(3), 3)
  expect(await tick(world())).toMatchObject({ outcome: 'done' })
  expect(await status()).toMatchObject({ audit: { seq: 3 }, incidents: [] })
  log = await logged(await linked(3, 'forged'), 3)
  mesh.minutesPass(5)
  await tick(world())
  expect(details(await status())).toEqual([expect.stringMatching(/entry 3 is another one/)])
})

it('remembers nothing of a log that has no checkpoint', async () => {
  log = { links: await linked(3), checkpoints: [] }
  expect(await after(0)).toEqual(expect.objectContaining({ audit: null, incidents: [] }))
})

it.each<[string, () => Promise<Log>, RegExp]>([
  ['is cut off', async () => logged(await linked(8), 4, 8), /ends before entry 10/],
  [
    'is cut off and grown again',
    async () => logged(await linked(20, 'other', 9), 4, 20),
    /entry 10 is another one/,
  ],
  [
    'is rewritten whole, and signed anew',
    async () => logged(await linked(20, 'forged'), 20),
    /entry 10 is another one/,
  ],
  ['is forked', async () => logged(await linked(12, 'forged', 7), 12), /entry 10 is another one/],
  [
    'goes on in a way that does not follow',
    async () => {
      const links = await linked(14)
      return logged(
        links.map((link) => (link.seq === 12 ? { ...link, content: 'x' } : link)),
        10,
        14,
      )
    },
    /entry 12 does not follow/,
  ],
  [
    'leaves an entry out after it',
    async () => ({
      ...(await logged(await linked(14), 14)),
      links: (await linked(14)).filter(({ seq }) => seq !== 12),
    }),
    /entry 12 does not follow/,
  ],
  [
    'is another one than the one that is signed',
    async () => ({
      links: await linked(14),
      checkpoints: (await logged(await linked(14, 'other', 12), 14)).checkpoints,
    }),
    /at entry 14 it is another log/,
  ],
  [
    'ends before what is signed',
    async () => ({ links: await linked(12), checkpoints: (await logged(await linked(14), 14)).checkpoints }),
    /at entry 14 it is another log/,
  ],
  [
    'is signed by somebody else',
    async () => ({ links: await linked(14), checkpoints: [await signedAt(await linked(14), 14, thief)] }),
    /entry 14 is not signed by the catalog/,
  ],
])(
  'a log that %s is an incident, until the head that was remembered is in its place again',
  async (_name, change, detail) => {
    const honest = await logged(await linked(10), 4, 10)
    log = honest
    const before = await after(0)
    log = await change()
    const during = await after(5)
    expect(details(during)).toEqual([expect.stringMatching(detail)])
    expect(during.audit).toEqual(before.audit)
    // Neither time nor a catalog that is away closes it.
    expect(details(await after(1))).toEqual([expect.stringMatching(detail)])
    log = null
    expect(details(await after(5))).toEqual([expect.stringMatching(detail)])
    log = honest
    expect(await after(5)).toMatchObject({ audit: before.audit, incidents: [] })
  },
)

it('a catalog that shows no log for half an hour hides it', async () => {
  log = await logged(await linked(3), 3)
  await after(0)
  log = null
  expect((await after(30)).incidents).toEqual([])
  expect(details(await after(1))).toEqual([expect.stringContaining('nobody could read it since')])
  log = await logged(await linked(3), 3)
  expect((await after(1)).incidents).toEqual([])
})
