/**
 * Who may import whom. The layers keep contracts free of any runtime, the flag reader free of dependencies, and one
 * team's Worker free of another's code: a Worker knows of another Worker only its contract.
 *
 * A folder imports another one by its package name and never by a path, so that `exports` of its package.json says what
 * is public.
 */
import { join, relative, resolve } from 'node:path'
import type { Rule } from './rule.ts'

/** What each package may import; an entry with a slash is that one entry point only. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  flags: [],
  access: ['contract'],
  client: ['contract'],
  product: ['contract', 'access', 'client', 'flags/sign'],
  cli: ['contract', 'access', 'client', 'flags', 'product'],
}
const forWorkers = ['contract', 'access', 'client', 'flags', 'product']
const root = join(import.meta.dirname, '../..')

/** Checks static imports, re-exports, type imports and `import('literal')`. */
export const layers: Rule = {
  create(context) {
    const check = (node: ImportLike) => {
      const specifier = node.source !== null && 'value' in node.source ? node.source.value : undefined
      if (typeof specifier !== 'string') return
      const why = specifier.startsWith('.')
        ? complaintAboutPath(context.filename, specifier)
        : complaintAboutPackage(ownerOf(context.filename), specifier, context.filename.includes('/test/'))
      if (why !== undefined) context.report({ node, message: why })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    }
  },
}

type Visitors = ReturnType<Rule['create']>
type Visited<Kind extends keyof Visitors> = Parameters<NonNullable<Visitors[Kind]>>[0]
type ImportLike =
  | Visited<'ImportDeclaration'>
  | Visited<'ExportNamedDeclaration'>
  | Visited<'ExportAllDeclaration'>
  | Visited<'ImportExpression'>
  | Visited<'TSImportType'>

function complaintAboutPath(file: string, specifier: string): string | undefined {
  const from = ownerOf(file)
  const to = ownerOf(resolve(file, '..', specifier))
  // tools is no package: it makes the vitest.config.ts of each folder, and hands the documents' commands to tests/.
  const mayUseTools = from === 'tests' || file.endsWith('vitest.config.ts')
  if (from === to || (to === 'tools' && mayUseTools)) return undefined
  return `${from} reaches into ${to} by a path: import it by its package name, and only what its package.json exports.`
}

function complaintAboutPackage(from: string, specifier: string, isTest: boolean): string | undefined {
  const ours = /^@meshloop\/([^/]+)(\/.*)?$/.exec(specifier)
  if (ours === null) return undefined
  const [, name = '', subpath = ''] = ours
  const [kind, packageName = ''] = from.split('/')
  if (kind === 'packages') {
    const may = allowed[packageName]
    if (may === undefined)
      return `packages/${packageName} has no layer yet: give it one in tools/lint/layers.ts.`
    // A test may look at its package's work from the other side: what product signs, flags/read reads.
    const mayAll = isTest && may.some((entry) => entry.split('/')[0] === name)
    return packageName === name || permits(may, name, subpath) || mayAll
      ? undefined
      : `packages/${packageName} may import ${may.join(', ') || 'no package of ours'}, not ${specifier}.`
  }
  if (kind !== 'workers' || permits(forWorkers, name, subpath)) return undefined
  if (!name.includes('-')) return `A Worker may import ${forWorkers.join(', ')}, not ${specifier}.`
  return subpath === '' ? undefined : `Of another Worker only its contract may be imported, not ${specifier}.`
}

function permits(may: readonly string[], name: string, subpath: string): boolean {
  return may.includes(name) || may.includes(name + subpath)
}

/** `packages/contract`, `workers/purchase/orders`, or the first folder below the root. */
function ownerOf(path: string): string {
  const parts = relative(root, path).split('/')
  const depth = parts[0] === 'workers' ? 3 : parts[0] === 'packages' ? 2 : 1
  return parts.slice(0, depth).join('/')
}
