import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bool,
  date,
  defineProduct,
  id,
  int,
  list,
  money,
  number,
  oneOf,
  struct,
  text,
  time,
} from '@meshloop/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inBatches } from '../src/ingest/batches.ts'
import { openSourceFile } from '../src/ingest/source-file.ts'

const everyKind = defineProduct({
  id: 'tests.kinds',
  version: '1.0.0',
  title: 'Kinds',
  purpose: 'One field of each kind',
  owner: { team: 'Tests', support: 'tests@shop.example' },
  fields: {
    key: id('Key'),
    at: time('When'),
    words: text('Text', { nullable: true }),
    state: oneOf(['on', 'off'], 'State', { nullable: true }),
    pieces: int('Pieces', { nullable: true }),
    ratio: number('Ratio', { nullable: true }),
    cents: money('Cents', { nullable: true, unit: 'words' }),
    sure: bool('Sure', { nullable: true }),
    day: date('Day', { nullable: true }),
    tags: list(text('Tag'), 'Tags', { nullable: true }),
    place: struct({ city: text('City') }, 'Place', { nullable: true }),
  },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-files-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const rowsOf = async (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content)
  const rows = []
  for await (const { line, json } of openSourceFile(join(folder, name), everyKind).rows)
    rows.push({ line, row: JSON.parse(json) })
  return rows
}

describe('CSV', () => {
  test.each([
    ['key', '007', '007'],
    ['at', '2026-01-31T09:30:00Z', '2026-01-31T09:30:00Z'],
    ['words', 'true', 'true'],
    ['words', '12', '12'],
    ['words', '"a, ""b""\nc"', 'a, "b"\nc'],
    ['words', ' =1+1 ', ' =1+1 '],
    ['words', '""', null],
    ['state', 'on', 'on'],
    ['pieces', '12', 12],
    ['pieces', '-3', -3],
    ['pieces', 'twelve', 'twelve'],
    ['pieces', '1e3', '1e3'],
    ['pieces', '""', null],
    ['ratio', '0.25', 0.25],
    ['cents', '4990', 4990],
    ['cents', '49.90', 49.9],
    ['sure', 'true', true],
    ['sure', 'false', false],
    ['sure', 'yes', 'yes'],
    ['day', '2026-01-31', '2026-01-31'],
    ['tags', '"[""a"",""b""]"', ['a', 'b']],
    ['tags', '[a', '[a'],
    ['place', '"{""city"":""Ulm""}"', { city: 'Ulm' }],
  ])('%s: %s becomes %j', async (field, cell, value) => {
    const line = 1 + cell.split('\n').length
    expect(await rowsOf('cells.csv', `${field}\n${cell}\n`)).toEqual([{ line, row: { [field]: value } }])
  })

  test('a mark of the byte order, blanks around names, ends of lines from elsewhere, empty lines', async () => {
    expect(await rowsOf('from-elsewhere.csv', '\ufeffkey, pieces \r\na,1\r\n\r\nb,\r\n')).toEqual([
      { line: 2, row: { key: 'a', pieces: 1 } },
      { line: 4, row: { key: 'b', pieces: null } },
    ])
  })

  test.each([
    ['a column that the contract does not know', 'key,colour\na,red\n', /colour/],
    ['a column twice', 'key,key\na,b\n', /twice: key/],
    ['too few cells', 'key,pieces\na,1\nb\n', /line 3/],
    ['an open quote', 'key\n"a\n', /Quote/],
  ])('refuses %s', async (_what, content, message) => {
    await expect(rowsOf('wrong.csv', content)).rejects.toMatchObject({
      code: 'file_unreadable',
      message: expect.stringMatching(message),
    })
  })
})

describe('NDJSON', () => {
  test('a line separator within a text ends no row; empty lines do not count as rows but as lines', async () => {
    const content = '{"words":"a\u2028b"}\n\n  {"pieces":1}\r\n{"pieces":2}'
    expect(await rowsOf('rows.ndjson', content)).toEqual([
      { line: 1, row: { words: 'a\u2028b' } },
      { line: 3, row: { pieces: 1 } },
      { line: 4, row: { pieces: 2 } },
    ])
  })

  test('texts longer than a read, with characters of several bytes at every place', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => ({
      words: `${'ü€😀'.repeat(20)}${'x'.repeat(i % 7)}`,
    }))
    const read = await rowsOf('long.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))
    expect(read.map(({ row }) => row)).toEqual(rows)
  })

  test.each([
    ['what is not JSON, by its line', '{"pieces":1}\n{"pieces":', /Line 2 /],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
    ['what ends within a character', Buffer.from([0x22, 0xc3]), /UTF-8/],
  ])('refuses %s', async (_what, content, message) => {
    await expect(rowsOf('wrong.ndjson', content)).rejects.toMatchObject({
      code: 'file_unreadable',
      message: expect.stringMatching(message),
    })
  })
})

test.each([
  ['no-such.csv', 'file_unreadable'],
  ['rows.xlsx', 'bad_argument'],
])('a file that cannot be sent: %s', (name, code) => {
  expect(() => openSourceFile(join(folder, name), everyKind)).toThrow(expect.objectContaining({ code }))
})

test('batches hold every row once, in order, within their bounds unless a row alone is greater', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 })
  const bounds = fc.record({ rows: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 1, max: 60 }) })
  await fc.assert(
    fc.asyncProperty(sizes, bounds, async (rowSizes, limits) => {
      const rows = rowSizes.map((size, index) => ({ line: index + 1, json: 'ü'.repeat(size) }))
      const batches = []
      for await (const batch of inBatches(fromArray(rows), limits)) batches.push(batch)
      expect(batches.flatMap(({ lines }) => lines)).toEqual(rows.map(({ line }) => line))
      expect(batches.flatMap(({ body }) => body.split('\n'))).toEqual(rows.map(({ json }) => json))
      for (const { body, lines } of batches) {
        expect(lines.length).toBeLessThanOrEqual(limits.rows)
        expect(lines.length === 1 || Buffer.byteLength(body) < limits.bytes).toBe(true)
      }
    }),
  )
})

async function* fromArray<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
