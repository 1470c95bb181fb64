/** All records that match as one NDJSON or CSV body, read from the database as fast as the consumer takes it. */
import type { Page } from '../../query/records.ts'
import { readStream, type StreamQuery } from '../../query/stream.ts'
import { visibleFields } from '../../query/visible.ts'
import { momentHeaders, refuseStale } from '../answer.ts'
import { csvHeader, csvLine } from '../formats/csv.ts'
import { contentTypes, type Format } from '../formats/negotiate.ts'
import type { Serving } from '../reading.ts'
import type { Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'
import { utf8 } from '../../store/bytes.ts'

/** What is streamed, and how. */
export interface RecordStream {
  readonly query: StreamQuery
  readonly format: Exclude<Format, 'json'>
  /** Oldest watermark that the consumer accepts, as an age in ms. */
  readonly maxStalenessMs: number | undefined
  /** False for HEAD: then nothing is read that nobody would take. */
  readonly hasBody: boolean
}

/**
 * The answer. Its watermark is that of its first record: what follows is at least as new. A body that cannot be finished
 * breaks off, so that nobody takes a part for the whole.
 *
 * @throws {ProductError} `stale`
 */
export async function streamRecords(
  serving: Serving,
  { view }: Shown,
  { query, format, maxStalenessMs, hasBody }: RecordStream,
): Promise<Reply> {
  const names = query.fields ?? visibleFields(serving.contract, view)
  const pages = readStream(serving.reader, view, query)
  const first = (await pages.next()).value
  if (!first) throw new Error('a stream has at least one page')
  refuseStale(serving, first.standing, maxStalenessMs)
  const body = hasBody ? bodyOf(first, pages, format === 'csv' ? csvOf(names) : ndjson) : undefined
  if (body) serving.lasting(body.ended)
  return {
    headers: {
      'content-type': contentTypes[format],
      'cache-control': 'private, no-store',
      vary: 'authorization, accept',
      ...momentHeaders(serving, first.standing),
    },
    body: body?.readable ?? null,
  }
}

/** How pages become text. */
interface Writing {
  readonly head: string
  readonly textOf: (page: Page) => string
}

const ndjson: Writing = {
  head: '',
  textOf: ({ records }) => (records.length === 0 ? '' : `${records.join('\n')}\n`),
}

const csvOf = (names: readonly string[]): Writing => ({
  head: csvHeader(names),
  textOf: ({ records }) =>
    records.map((record) => csvLine(names, JSON.parse(record) as Record<string, unknown>)).join(''), // made by json_object
})

/** The bytes of the pages; `ended` is settled when the last one was taken, the consumer went away, or reading failed. */
function bodyOf(first: Page, rest: AsyncGenerator<Page, void>, { head, textOf }: Writing) {
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>()
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(utf8(head + textOf(first)))
    },
    async pull(controller) {
      try {
        const { value, done } = await rest.next()
        if (!done) return controller.enqueue(utf8(textOf(value)))
        controller.close()
      } catch (error) {
        // oxlint-disable-next-line no-console -- a Worker's log is its console
        console.error(error) // the consumer sees a body that breaks off
        controller.error(error)
      }
      end(undefined)
    },
    async cancel() {
      await rest.return()
      end(undefined)
    },
  })
  return { readable, ended }
}
