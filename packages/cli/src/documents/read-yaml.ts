/** Reads YAML that somebody else wrote: one document of plain values, within limits. JSON is YAML too. */
import { readFileSync, statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'
import type { Parsed } from './parse-yaml.ts'

/** The largest official example of ODCS has a tenth of it. */
const MAX_BYTES = 2_000_000
/** The parser goes down as deep as the text does. No document that is read is nearly so deep. */
const MAX_INDENT = 200

/** The largest official example is read in a fifth of a second. */
const MAX_MS = 10_000
const MAX_MEGABYTES = 512

/**
 * The value of the one document in a file.
 *
 * @throws {MeshError} `file_unreadable` for what is no such file, `document_refused` for what is not read, with the reason.
 */
export async function readYaml(path: string): Promise<unknown> {
  const text = readText(path)
  const depth = deepestFlow(text)
  if (depth > MAX_INDENT) throw refused(path, `it is nested deeper than ${MAX_INDENT} levels`)
  const parsed = await parse(text)
  if ('refused' in parsed) throw refused(path, parsed.refused)
  return parsed.value
}

/** In a thread, which is ended when it takes too long: the parser compares each key with all others, among other things. */
async function parse(text: string): Promise<Parsed> {
  const thread = new Worker(new URL('./parse-yaml.ts', import.meta.url), {
    workerData: text,
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES },
  })
  const { promise, resolve } = Promise.withResolvers<Parsed>()
  const timer = setTimeout(
    () => resolve({ refused: `it takes longer than ${MAX_MS / 1000} seconds to read` }),
    MAX_MS,
  )
  thread.once('message', resolve)
  thread.once('error', (error) => resolve({ refused: `the parser gave up: ${String(error)}` }))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await thread.terminate()
  }
}

function readText(path: string): string {
  let bytes: number
  try {
    bytes = statSync(path).size
    if (bytes <= MAX_BYTES) return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const why = error instanceof TypeError ? 'it is no UTF-8 text' : whyOf(error)
    throw new MeshError('file_unreadable', `${path} cannot be read: ${why}.`, undefined, { cause: error })
  }
  throw refused(path, `it has ${bytes} bytes; at most ${MAX_BYTES} are read`)
}

/** Node's own words for it name the system call and the path again. */
const whyOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
    ? 'there is no such file'
    : String(error)

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

const refused = (path: string, why: string): MeshError =>
  new MeshError(
    'document_refused',
    `${path} is not read: ${printable(why).replace(/[.:]+$/, '')}.`,
    'It takes one Open Data Contract Standard document (v3.0 to v3.2) in YAML or JSON, at most 2 MB of plain values.',
  )
