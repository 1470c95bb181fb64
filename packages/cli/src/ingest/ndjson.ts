/** NDJSON: one JSON value a line, empty lines left out. */
import type { Readable } from 'node:stream'
import { MeshError } from '../mesh-error.ts'
import type { FileRow } from './file-row.ts'

/** Rows of a stream of bytes; `path` is for messages. Reading throws `file_unreadable` at a line that is not JSON. */
export async function* readNdjson(stream: Readable, path: string): AsyncGenerator<FileRow> {
  let line = 0
  for await (const text of linesOf(stream, path)) {
    line++
    if (text.trim() === '') continue
    yield { line, json: checked(text, path, line) }
  }
}

/** Lines end with a line feed only: readline would also end one at U+2028, which JSON allows within a text. */
async function* linesOf(stream: Readable, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch (error) {
      throw new MeshError('file_unreadable', `${path} is not UTF-8.`, 'Save it as UTF-8.', { cause: error })
    }
  }
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decode(chunk as Uint8Array)).split('\n') // a stream without an encoding yields bytes
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest + decode()
}

/** A line that is not JSON would make the product refuse the whole batch, without knowing the file's line. */
function checked(text: string, path: string, line: number): string {
  try {
    JSON.parse(text)
    return text.trim()
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw new MeshError(
      'file_unreadable',
      `Line ${line} of ${path} is not JSON: ${why}`,
      'Mend the line and run the same command again.',
      { cause: error },
    )
  }
}
