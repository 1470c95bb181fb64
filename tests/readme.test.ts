/** The README, done by a stranger: its two commands, its own product, its command lines. Every other document's `sh run` blocks too. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { commandsOf, documents, shellBlocks } from '../tools/docs/documents.ts'
import { newStranger, root, type Started, type Stranger } from './stranger.ts'

let stranger: Stranger
let mesh: Started

beforeAll(async () => {
  stranger = newStranger()
  // The product that the README has its reader make: each block is named by the file that it is.
  for (const { tag, text } of documents(root).flatMap(({ path, blocks }) =>
    path === 'README.md' ? blocks : [],
  )) {
    if (tag === undefined || !tag.includes('/')) continue
    const file = join(stranger.folder, tag)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${text}\n`)
  }
  for (const block of shellBlocks(root, 'own'))
    for (const command of commandsOf(block)) stranger.type(command)
  const [start] = shellBlocks(root, 'start').flatMap(commandsOf)
  mesh = await stranger.start(start ?? 'the README does not say how to start')
}, 300_000)
afterAll(() => stranger.leave())

it('starts with one command, with the README’s own product in the catalog', async () => {
  expect(readdirSync(join(stranger.folder, 'migrations/growth/signups'))).toHaveLength(1)
  const list = await (await fetch(`${mesh.url}/products.json`)).json()
  expect(JSON.stringify(list)).toContain('growth.signups')
})

it('answers at every address that the README names', async () => {
  const [readme] = documents(root).filter(({ path }) => path === 'README.md')
  const addresses =
    readme?.links.flatMap(({ target }) => /^http:\/\/127\.0\.0\.1:8787(.*)$/.exec(target)?.[1] ?? []) ?? []
  const shown = ['/', '/shop/storefront/', '/platform/steward/status']
  for (const path of [...shown, ...addresses])
    expect((await fetch(`${mesh.url}${path}`)).status, path).toBe(200)
})

it('runs every command line of the documents', () => {
  const printed = shellBlocks(root, 'run').flatMap((block) =>
    commandsOf(block).map((command) => stranger.type(command)),
  )
  expect(printed.join('\n')).toContain('1 rows')
}, 120_000)

it('ends on Ctrl-C', async () => {
  await mesh.stop()
  await expect(fetch(mesh.url)).rejects.toThrow('fetch failed')
})
