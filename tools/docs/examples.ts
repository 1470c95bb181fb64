/**
 * Examples that do not compile. Each `ts` block is a module of its own, checked with the strictness of the repository against
 * the packages as they are, so that a reader may copy any block alone.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Block, Document } from './documents.ts'

/** One complaint for each error of the compiler, at the line of the document where it is. */
export function exampleComplaints(documents: readonly Document[], root: string): string[] {
  const blocks = documents
    .flatMap((each) => each.blocks)
    .filter(({ language }) => /^(ts|tsx|typescript)$/.test(language))
  if (blocks.length === 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'meshloop-docs-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const files = new Map(blocks.map((block, index) => [writeModule(folder, root, block, index), block]))
    const options = { paths: pathsOf(root), types: ['@cloudflare/workers-types'] }
    const tsconfig = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: options,
      include: ['blocks'],
      exclude: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    return compile(folder, root).map((error) => inDocument(error, files))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Writes one block where it finds the dependencies of the package or Worker whose README it stands in. A block that is
 * a file of the reader's, "```ts workers/growth/signups/index.ts", stands at its path, where its neighbours find it.
 */
function writeModule(folder: string, root: string, block: Block, index: number): string {
  const home = dirname(block.document)
  const place = join('blocks', home)
  mkdirSync(join(folder, place), { recursive: true })
  const installed = join(root, home, 'node_modules')
  const link = join(folder, place, 'node_modules')
  if (home !== '.' && existsSync(installed) && !existsSync(link)) symlinkSync(installed, link)
  const file = join(place, block.tag ?? `block-${index}.${block.language === 'tsx' ? 'tsx' : 'ts'}`)
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), `${block.text}\nexport {}\n`)
  return file
}

/** What every package and Worker exports, by the name under which a reader imports it. */
function pathsOf(root: string): Record<string, string[]> {
  const manifests = globSync(['packages/*/package.json', 'workers/*/*/package.json'], { cwd: root })
  const entries = manifests.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
    return Object.entries(manifest.exports ?? {}).map(([subpath, file]): [string, string[]] => [
      manifest.name + subpath.slice(1),
      [join(root, dirname(path), file)],
    ])
  })
  return Object.fromEntries(entries)
}

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
}

interface CompilerError {
  readonly file: string
  readonly line: number
  readonly message: string
}

function compile(folder: string, root: string): CompilerError[] {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { stdout } = spawnSync(tsc, ['-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  return stdout.split('\n').flatMap((text) => {
    const [, file = '', line = '', message = ''] = /^(.+?)\((\d+),\d+\): (error .*)$/.exec(text) ?? []
    if (message !== '') return [{ file, line: Number(line), message }]
    return text.startsWith('error') ? [{ file: '', line: 0, message: text }] : []
  })
}

function inDocument({ file, line, message }: CompilerError, files: ReadonlyMap<string, Block>): string {
  const block = files.get(file)
  return block === undefined
    ? `${file}:${line}: ${message}`
    : `${block.document}:${block.line + line}: ${message}`
}
