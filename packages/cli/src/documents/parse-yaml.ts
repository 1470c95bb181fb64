/** The YAML parser in a thread of its own, so that whoever waits can end it: one megabyte can keep it busy for minutes. */
import { parentPort, workerData } from 'node:worker_threads'
import { parseAllDocuments } from 'yaml'

/** Each alias repeats what its anchor holds; nine of ten in a row are a billion. */
const MAX_ALIASES = 50

/** What the thread tells: the value of the one document in the text, or why it is not read. */
export type Parsed = { readonly value: unknown } | { readonly refused: string }

parentPort?.postMessage(parsed(String(workerData)))

function parsed(text: string): Parsed {
  try {
    const documents = parseAllDocuments(text, { schema: 'core', version: '1.2', uniqueKeys: true, merge: false }) // prettier-ignore
    const [document, ...more] = Array.isArray(documents) ? documents : []
    if (!document) return { refused: 'it is empty' }
    if (more.length > 0) return { refused: 'it holds several documents' }
    // A tag that is not known is only a warning to the parser.
    const [problem] = [...document.errors, ...document.warnings]
    return problem
      ? { refused: reasonOf(problem) }
      : { value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown }
  } catch (error) {
    return { refused: reasonOf(error) }
  }
}

/** The parser tells its own overflow like a mistake of the text. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.includes('call stack') ? 'it is nested too deep' : (message.split('\n')[0] ?? message)
}
