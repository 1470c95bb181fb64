/** A product that takes rows in, for the tests of how it does. */
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { makeTables } from './make-tables.ts'

/** Its contract. */
export const things = defineProduct({
  id: 'a.things',
  version: '1.0.0',
  title: 'Things',
  purpose: 'Tests',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    thing_id: id('Thing'),
    at: time('When'),
    size: int('Size', { nullable: true }),
    note: text('Note', { max: 1_000_000, nullable: true }),
  },
  key: ['thing_id'],
  eventTime: 'at',
  freshness: 'PT5M',
})

/** A thing, as it is sent. */
export const thing = (n: number, more: object = {}) => ({
  thing_id: `t${n}`,
  at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  size: n,
  note: null,
  ...more,
})

/** NDJSON of things from `first` on. */
export const lines = (first: number, count: number): string =>
  Array.from({ length: count }, (_, i) => JSON.stringify(thing(first + i))).join('\n')

/** The product with an empty database. */
export async function openThings(): Promise<Bench> {
  const worker = serve({ contract: things }) // each has sources with keys of its own
  const bench = await setUp(worker, things)
  await makeTables(bench.env.DB, worker.tables)
  return bench
}

/** Calls it as a source; a body that is text is NDJSON. */
export const asSource =
  (bench: Bench) =>
  async (
    path: string,
    body: string | object | Uint8Array<ArrayBuffer> | ReadableStream,
    headers: Readonly<Record<string, string>> = {},
    source = 'over-http',
  ): Promise<Response> => {
    const isJson =
      typeof body === 'object' && !(body instanceof Uint8Array) && !(body instanceof ReadableStream)
    return bench.call(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await bench.token('ingest', { source })}`,
        'content-type': isJson ? 'application/json' : 'application/x-ndjson',
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : body,
    })
  }
