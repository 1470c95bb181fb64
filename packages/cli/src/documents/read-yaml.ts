/** Reads YAML that somebody else wrote: one document of plain values, within limits. JSON is YAML too. */
import { readFileSync, statSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'

/** The largest official example of ODCS has a tenth of it. */
const MAX_BYTES = 2_000_000
/** Each alias repeats what its anchor holds; nine of ten in a row are a billion. */
const MAX_ALIASES = 50
/** The parser goes down as deep as the text does. No document that is read is nearly so deep. */
const MAX_INDENT = 200

/**
 * The value of the one document in a file.
 *
 * @throws {MeshError} `file_unreadable` for what is no such file, `document_refused` for what is not read, with the reason.
 */
export function readYaml(path: string): unknown {
  const text = readText(path)
  const depth = deepestFlow(text)
  if (depth > MAX_INDENT) throw refused(path, `it is nested deeper than ${MAX_INDENT} levels`)
  try {
    const documents = parseAllDocuments(text, { schema: 'core', version: '1.2', uniqueKeys: true, merge: false }) // prettier-ignore
    const [document, ...more] = Array.isArray(documents) ? documents : []
    if (!document) throw refused(path, 'it is empty')
    if (more.length > 0) throw refused(path, 'it holds several documents')
    // A tag that is not known is only a warning to the parser.
    const [problem] = [...document.errors, ...document.warnings]
    if (problem) throw refused(path, reasonOf(problem), problem)
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    if (error instanceof MeshError) throw error
    throw refused(path, reasonOf(error), error)
  }
}

/** The parser tells its own overflow like a mistake of the text. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.includes('call stack') ? 'it is nested too deep' : (message.split('\n')[0] ?? message)
}

function readText(path: string): string {
  let bytes: number
  try {
    bytes = statSync(path).size
    if (bytes <= MAX_BYTES) return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const why = error instanceof TypeError ? 'it is no UTF-8 text' : String(error)
    throw new MeshError('file_unreadable', `${path} cannot be read: ${why}.`, undefined, { cause: error })
  }
  throw refused(path, `it has ${bytes} bytes; at most ${MAX_BYTES} are read`)
}

/** Brackets that are open at once, and blanks before a line: what the parser's depth cannot exceed by much. */
function deepestFlow(text: string): number {
  let open = 0
  let deepest = 0
  for (const [sign] of text.matchAll(/[[{\]}]|(?<=^|\n)[ -]+(?=[^ -]|$)/g)) {
    if (sign === '[' || sign === '{') open++
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1)
    else deepest = Math.max(deepest, sign.length)
    deepest = Math.max(deepest, open)
  }
  return deepest
}

const refused = (path: string, why: string, cause?: unknown): MeshError =>
  new MeshError('document_refused', `${path} is not read: ${printable(why)}.`, undefined, { cause })
