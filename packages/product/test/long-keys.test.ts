/** Keys of texts: they stand in addresses, in cursors and in bound values. */
import { defineProduct, text, time } from '@meshloop/contract'
import { expect, it } from 'vitest'
import { MAX_KEY_BYTES } from '../src/limits.ts'
import { serve } from '../src/serve.ts'
import { setUp } from '../src/testing/bench.ts'
import { described } from './described.ts'
import { makeTables } from './make-tables.ts'

const pages = defineProduct({
  ...described,
  id: 'a.pages',
  fields: { url: text('Address', { max: 4_000 }), lang: text('Language'), at: time('T') },
  key: ['url', 'lang'],
  eventTime: 'at',
})
const at = '2026-01-01T00:00:00.000Z'
const AROUND = '["","de"]'.length
const longest = 'k'.repeat(MAX_KEY_BYTES - AROUND)

it('may be so long that a record is still found by it, and followed; longer ones are set aside', async () => {
  const worker = serve({ contract: pages })
  const bench = await setUp(worker, pages)
  await makeTables(bench.env.DB, worker.tables)
  const page = (url: string) => ({ url, lang: 'de', at })
  await bench.send([page(longest), page(`a${longest.slice(1)}`), page('é'.repeat(longest.length / 2))])
  const { records, next_cursor } = await bench.json<{ records: { url: string }[]; next_cursor: string }>('/records?limit=1')
  expect(records[0]?.url).toHaveLength(longest.length)
  expect((await bench.json<{ records: object[] }>(`/records?limit=5&cursor=${next_cursor}`)).records).toHaveLength(2)
  expect(await bench.json(`/records/${longest}/de`)).toMatchObject({ url: longest })

  await bench.send([page(`${longest}k`), page(`${longest.slice(1)}é`), { url: `${longest}k`, lang: 'de', at, _deleted: true }])
  const asSource = { headers: { authorization: `Bearer ${await bench.token('ingest')}` } }
  const { entries } = await bench.json<{ entries: { errors: object[] }[] }>('/ingest/quarantine', asSource)
  expect(entries.map(({ errors }) => errors)).toEqual(
    Array.from({ length: 3 }, () => [{ code: 'too_large', field: 'url', detail: 'a key has at most 2048 bytes as a JSON array' }]),
  )
}) // prettier-ignore
