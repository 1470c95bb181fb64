/** The chain of the audit log: whoever knows its head notices every change, whatever was done to it. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainHash, contentHash, followChain, genesis, type AuditLink } from '../src/audit.ts'

async function chained(contents: readonly string[]): Promise<readonly AuditLink[]> {
  const links: AuditLink[] = []
  for (const [at, content] of contents.entries())
    links.push({ seq: at + 1, content, hash: await chainHash(links.at(-1)?.hash ?? genesis.hash, content) })
  return links
}

const log = fc.array(fc.string({ maxLength: 4 }), { minLength: 2, maxLength: 12 })
const place = fc.nat({ max: 30 })

/** What somebody does to a log who does not reckon the hashes anew. */
const changes: Readonly<Record<string, (links: AuditLink[], at: number, to: number) => unknown>> = {
  'leaves an entry out': (links, at) => links.splice(at, 1),
  'puts one in twice': (links, at) => links.splice(at, 0, ...links.slice(at, at + 1)),
  'moves one': (links, at, to) => links.splice(to, 0, ...links.splice(at, 1)),
  'numbers one anew': (links, at) =>
    links.splice(at, 1, ...links.slice(at, at + 1).map((link) => ({ ...link, seq: link.seq + 1 }))),
  'changes what one says': (links, at) =>
    links.splice(at, 1, ...links.slice(at, at + 1).map((link) => ({ ...link, content: `${link.content}!` }))),
  'changes a hash': (links, at) =>
    links.splice(at, 1, ...links.slice(at, at + 1).map((link) => ({ ...link, hash: link.content }))),
}

describe('a chain', () => {
  it('is followed to its head, from the beginning or from any place in it', async () => {
    await fc.assert(
      fc.asyncProperty(log, place, async (contents, cut) => {
        const links = await chained(contents)
        const { head, wrongSeq } = await followChain(genesis, links.slice(0, cut))
        expect(wrongSeq).toBeNull()
        const last = links.at(-1)
        expect(await followChain(head, links.slice(cut))).toEqual({
          head: { seq: last?.seq, hash: last?.hash },
          wrongSeq: null,
        })
      }),
    )
  })

  it.each(Object.entries(changes))(
    'that somebody changes, who %s, has another head or does not hold',
    async (_name, change) => {
      await fc.assert(
        fc.asyncProperty(log, place, place, async (contents, at, to) => {
          const links = await chained(contents)
          const changed = [...links]
          change(changed, at % links.length, to % links.length)
          fc.pre(JSON.stringify(changed) !== JSON.stringify(links))
          const { head, wrongSeq } = await followChain(genesis, changed)
          expect(wrongSeq === null && head.hash === links.at(-1)?.hash).toBe(false)
        }),
      )
    },
  )

  it('of other contents has another head, also where all hashes are reckoned anew', async () => {
    await fc.assert(
      fc.asyncProperty(log, log, async (mine, others) => {
        fc.pre(JSON.stringify(mine) !== JSON.stringify(others))
        expect((await chained(others)).at(-1)?.hash).not.toBe((await chained(mine)).at(-1)?.hash)
      }),
    )
  })
})

it('what an entry says is in its hash: all of it, and nothing twice', async () => {
  const entry = { seq: 1, at: 't', what: 'w', by: 'b', about: { a: 1, b: { c: null } }, salt: 's' }
  const hash = await contentHash(entry)
  expect(await contentHash({ ...entry, about: { b: { c: null }, a: 1 } })).toBe(hash)
  const others = [
    { seq: 2 },
    { at: 'u' },
    { what: 'wb', by: '' },
    { by: 'c' },
    { about: { a: 1, b: { c: 0 } } },
    { about: {} },
    { salt: 't' },
  ]
  for (const change of others) expect(await contentHash({ ...entry, ...change })).not.toBe(hash)
})
