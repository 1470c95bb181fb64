/** Cursors are sealed: whose they are and what for is part of them, and nobody reads or makes one. */
import { defineProduct, id, text, time } from '@meshloop/contract'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp } from '../src/testing/bench.ts'
import { makeTables } from './make-tables.ts'
import {
  boundTo,
  cursorKeys,
  openCursor,
  sealCursor,
  type Holder,
  type Position,
} from '../src/query/cursor.ts'

const me: Holder = { product: 'a.b', view: 'v1', consumer: 'a.reader' }
const keysOf = (byte: number) => cursorKeys(new Uint8Array(32).fill(byte))
const scalars = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constant(null),
)
const positions = fc.array(scalars, { maxLength: 5 }) // prettier-ignore
const mine = boundTo(me, 'q')
const bytesOf = (cursor: string) => Uint8Array.fromBase64(cursor, { alphabet: 'base64url' })
const refused = expect.objectContaining({ code: 'cursor_invalid' })

it('opens for its holder and query as it was sealed, and is always the same', async () => {
  const keys = await keysOf(1)
  await fc.assert(
    fc.asyncProperty(positions, async (at) => {
      const cursor = await sealCursor(keys, mine, at)
      expect(JSON.stringify(await openCursor(keys, mine, cursor))).toBe(JSON.stringify(at))
      expect(await sealCursor(keys, mine, at)).toBe(cursor)
    }),
  )
})

it.each<[string, Holder, string]>([
  ['another consumer', { ...me, consumer: 'a.reader2' }, 'q'],
  ['another view', { ...me, view: 'v2' }, 'q'],
  ['another product', { ...me, product: 'a.c' }, 'q'],
  ['another query', me, 'q2'],
  ['names that run into each other', { ...me, consumer: 'a.readerq' }, ''],
])('opens not for %s', async (_, holder, query) => {
  const keys = await keysOf(1)
  const cursor = await sealCursor(keys, mine, ['k', 1])
  await expect(openCursor(keys, boundTo(holder, query), cursor)).rejects.toThrow(refused)
})

it('opens not with the key of another database, nor when a byte of it was changed or lost', async () => {
  const keys = await keysOf(1)
  await fc.assert(
    fc.asyncProperty(positions, fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, place, flip) => {
      const cursor = await sealCursor(keys, mine, at)
      await expect(openCursor(await keysOf(2), mine, cursor)).rejects.toThrow(refused)
      const changed = bytesOf(cursor)
      changed[place % changed.length] = (changed[place % changed.length] ?? 0) ^ flip
      const made = changed.toBase64({ alphabet: 'base64url', omitPadding: true })
      await expect(openCursor(keys, mine, made)).rejects.toThrow(refused)
      await expect(openCursor(keys, mine, cursor.slice(0, -4))).rejects.toThrow(refused)
    }),
  )
})

it('tells by its length only how many blocks of 64 bytes there are', async () => {
  const keys = await keysOf(1)
  const length = async (at: Position) => (await sealCursor(keys, mine, at)).length
  expect(await length(['2026-01-01T00:00:00.000Z', 'k1'])).toBe(await length(['2026-01-01T00:00:00.000Z', 'k12345678']))
}) // prettier-ignore

it('holds a text as long as texts are: the page after it is read', async () => {
  const contract = defineProduct({
    id: 'a.long',
    version: '1.0.0',
    title: 'T',
    purpose: 'p',
    owner: { team: 't', support: 's@t.example' },
    freshness: 'PT5M',
    fields: { k: id('K'), at: time('T'), note: text('N') },
    key: ['k'],
    eventTime: 'at',
    indexes: ['note'],
  })
  const worker = serve({ contract })
  const bench = await setUp(worker, contract)
  await makeTables(bench.env.DB, worker.tables)
  const note = '界'.repeat(2_000)
  await bench.send(['k1', 'k2'].map((k) => ({ k, at: '2026-01-01T00:00:00.000Z', note })))
  const { next_cursor } = await bench.json<{ next_cursor: string }>('/records?sort=note&limit=1')
  const { records } = await bench.json<{ records: { k: string }[] }>(
    `/records?sort=note&limit=1&cursor=${next_cursor}`,
  )
  expect(records.map(({ k }) => k)).toEqual(['k2'])
})
