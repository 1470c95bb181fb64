/** Links that lead nowhere. What is on other people's servers is not asked: a check must not depend on them. */
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Document } from './documents.ts'

/** One complaint for each relative link whose file or anchor is not there. */
export function linkComplaints(documents: readonly Document[], root: string): string[] {
  const anchorsOf = new Map(documents.map(({ path, anchors }) => [path, anchors]))
  return documents.flatMap(({ path, links }) =>
    links.flatMap(({ line, target }) => {
      const why = complaintAbout(path, target, anchorsOf, root)
      return why === undefined ? [] : [`${path}:${line}: ${target} ${why}`]
    }),
  )
}

function complaintAbout(
  path: string,
  target: string,
  anchorsOf: ReadonlyMap<string, ReadonlySet<string>>,
  root: string,
): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [file = '', anchor] = target.split('#')
  const to = file === '' ? path : normalize(file.startsWith('/') ? file.slice(1) : join(dirname(path), file))
  if (to.startsWith('..')) return 'leaves the repository.'
  if (!existsSync(join(root, to))) return `does not exist.`
  if (anchor === undefined || !to.endsWith('.md')) return undefined
  return anchorsOf.get(to)?.has(decodeURIComponent(anchor)) === true
    ? undefined
    : `names no heading of ${to}.`
}
