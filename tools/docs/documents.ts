/** The repository's Markdown, as far as a check needs it: fenced blocks, links, and the anchors that links may name. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block. `tag` is the second word of its info string: in "```sh run" it is `run`. */
export interface Block {
  readonly document: string
  readonly line: number
  readonly language: string
  readonly tag: string | undefined
  readonly text: string
}

/** One document; `path` is relative to the root, anchors are GitHub's. */
export interface Document {
  readonly path: string
  readonly blocks: readonly Block[]
  readonly links: readonly { readonly line: number; readonly target: string }[]
  readonly anchors: ReadonlySet<string>
}

const places = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'workers/**/README.md',
]

/** Every document that we publish, in the order of its path. */
export function documents(root: string): Document[] {
  const paths = globSync(places, { cwd: root, exclude: ['**/node_modules/**'] }).toSorted()
  return paths.map((path) => readDocument(path, readFileSync(join(root, path), 'utf8')))
}

/** The `sh` blocks with one tag, document by document, for the test that runs them. */
export function shellBlocks(root: string, tag: string): Block[] {
  const blocks = documents(root).flatMap((document) => document.blocks)
  return blocks.filter((block) => block.language === 'sh' && block.tag === tag)
}

/** The commands of a `sh` block: comments left out, lines that end in a backslash joined. */
export function commandsOf({ text }: Block): string[] {
  const lines = text.replace(/\\\n\s*/g, '').split('\n')
  return lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '')
}

function readDocument(path: string, markdown: string): Document {
  const blocks: Block[] = []
  const links: { line: number; target: string }[] = []
  const anchors = new Set<string>()
  let open: { fence: string; line: number; info: readonly string[]; lines: string[] } | undefined
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1
    const fence = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(text)
    if (open !== undefined) {
      if (fence?.[2] === '' && fence[1]?.startsWith(open.fence) === true) {
        const [language = '', tag] = open.info
        blocks.push({ document: path, line: open.line, language, tag, text: open.lines.join('\n') })
        open = undefined
      } else open.lines.push(text)
    } else if (fence !== null) {
      open = { fence: fence[1] ?? '', line, info: (fence[2] ?? '').split(/\s+/), lines: [] }
    } else {
      for (const target of targetsIn(text)) links.push({ line, target })
      for (const anchor of anchorsIn(text, anchors)) anchors.add(anchor)
    }
  }
  return { path, blocks, links, anchors }
}

function targetsIn(text: string): string[] {
  const prose = text.replace(/`[^`]*`/g, '')
  const patterns = [/\]\(<?([^)\s>]+)>?[^)]*\)/g, /^\s*\[[^\]]+\]:\s*(\S+)/g, /(?:src|href)="([^"]+)"/g]
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map((match) => match[1] ?? ''))
}

/** GitHub's rule: lower case, punctuation dropped, spaces to dashes, a number for a repeated heading. */
function anchorsIn(text: string, taken: ReadonlySet<string>): string[] {
  const named = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? '')
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1]
  if (heading === undefined) return named
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  const slug = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
  let anchor = slug
  for (let again = 1; taken.has(anchor); again += 1) anchor = `${slug}-${again}`
  return [...named, anchor]
}
