/** A checkout under git whose products have changed since their first commit. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeSmallMesh, type SmallMesh } from './small-mesh.ts'

/** Sources of one product by the names of its files; `before` is committed, `after` is what lies in the folder now. */
export interface Change {
  readonly before: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, string>>
}

/** Products of domain `tests`, each in a folder of its own: Node keeps what it imported. The commit is tagged `first`. */
export function makeChangedCheckout(changes: Readonly<Record<string, Change>>): SmallMesh {
  const small = makeSmallMesh()
  const write = (name: string, files: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(files)) small.write(`workers/tests/${name}/${file}`, text)
  }
  for (const [name, { before }] of Object.entries(changes))
    write(name, {
      'wrangler.toml': `name = "tests-${name}"\nmain = "index.ts"\n`,
      'index.ts': 'export default {}',
      'package.json': '{ "type": "module" }',
      ...before,
    })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: small.root })
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('-c', 'user.name=t', '-c', 'user.email=t@shop.example', 'commit', '--quiet', '-m', 'first')
  git('tag', 'first')
  for (const [name, { after }] of Object.entries(changes)) {
    write(name, after)
    linkContract(join(small.root, 'workers/tests', name))
  }
  return small
}

/** Makes `@meshloop/contract` importable from a folder outside of this repository. */
export function linkContract(folder: string): void {
  const path = join(folder, 'node_modules/@meshloop/contract')
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(fileURLToPath(new URL('../../contract', import.meta.url)), path)
}

/** Source of a contract.ts with one contract; `fields` are its fields beside key and time. */
export const contractSource = (
  name: string,
  version: string,
  fields: string,
  { more = '', as = 'contract' }: { more?: string; as?: string } = {},
): string => `import { defineProduct, id, int, oneOf, text, time } from '@meshloop/contract'

export const ${as} = defineProduct({
  id: 'tests.${name}',
  version: '${version}',
  title: 'Test',
  purpose: 'For a test.',
  owner: { team: 'Tests', support: 'tests@shop.example' },
  fields: {
    event_id: id('Number'),
    happened_at: time('When'),
${fields}
  },
  key: ['event_id'],
  eventTime: 'happened_at',
  freshness: 'PT5M',
  ${more}
})
`
