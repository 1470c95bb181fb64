/** What DuckDB makes of a file with every kind of field. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
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
import { openPart, rowOf, type Rows } from '@meshloop/product/parquet'
import { afterAll, expect, test } from 'vitest'

const contract = defineProduct({
  id: 'a.kinds',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    i: id('I'),
    t: time('T'),
    words: text('W', { nullable: true }),
    choice: oneOf(['a', 'b'], 'C', { nullable: true }),
    whole: int('N', { nullable: true }),
    cents: money('M', { unit: 'words', nullable: true }),
    real: number('R', { nullable: true }),
    yes: bool('B', { nullable: true }),
    day: date('D', { nullable: true }),
    later: time('T', { nullable: true }),
    many: list(int('N'), 'L', { nullable: true }),
    pair: struct({ x: int('X'), y: text('Y') }, 'S', { nullable: true }),
  },
  key: ['i'],
  eventTime: 't',
  freshness: 'PT5M',
})
const MOST = Number.MAX_SAFE_INTEGER
const rows: Rows = [
  ['1', '2026-11-01T09:30:00.123Z', 'äß🎁\n"', 'a', MOST, -MOST, 0.1, 1, '2026-02-28', '1969-12-31T23:59:59.999Z', '[1,2]', '{"x":1,"y":"ö"}'],
  ['2', '2026-11-01T09:30:00.124Z', null, null, null, null, null, null, null, null, null, null],
  ['3', '9999-12-31T23:59:59.999Z', '', 'b', 0, 2 ** 31, -1e300, 0, '0001-01-01', '0001-01-01T00:00:00.000Z', '[]', '{"x":-1,"y":""}'],
] // prettier-ignore

const folder = mkdtempSync(join(tmpdir(), 'mesh-duckdb-'))
afterAll(() => rmSync(folder, { recursive: true }))

const query = async (sql: string) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()
}
const files = (all: Rows): { parquet: string; ndjson: string } => {
  const part = openPart(contract)
  part.add(all)
  const { parquet, ndjson } = part.close()
  const named = { parquet: join(folder, 'kinds.parquet'), ndjson: join(folder, 'kinds.ndjson') }
  writeFileSync(named.parquet, parquet)
  writeFileSync(named.ndjson, ndjson)
  return named
}

test('types', async () => {
  const { parquet } = files(rows)
  const described = await query(`DESCRIBE SELECT * FROM '${parquet}'`)
  expect(Object.fromEntries(described.map((row) => [row['column_name'], row['column_type']]))).toEqual({
    i: 'VARCHAR',
    t: 'TIMESTAMP WITH TIME ZONE',
    words: 'VARCHAR',
    choice: 'VARCHAR',
    whole: 'BIGINT',
    cents: 'BIGINT',
    real: 'DOUBLE',
    yes: 'BOOLEAN',
    day: 'DATE',
    later: 'TIMESTAMP WITH TIME ZONE',
    many: 'VARCHAR',
    pair: 'VARCHAR',
  })
})

test('values, and what is not there', async () => {
  const { parquet } = files(rows)
  const read = await query(
    `SELECT i, epoch_ms(t) AS t, words, choice, whole, cents, real, yes, day::VARCHAR AS day, epoch_ms(later) AS later, many, pair FROM '${parquet}' ORDER BY i`,
  )
  const ms = (value: unknown) => (value === null ? null : String(Date.parse(String(value))))
  const whole = (value: unknown) => (value === null ? null : String(value))
  const expected = rows.map(([i, t, words, choice, int64, cents, real, yes, day, later, many, pair]) => ({
    i, t: ms(t), words, choice, whole: whole(int64), cents: whole(cents), real, yes: yes === null ? null : yes === 1,
    day, later: ms(later), many, pair,
  })) // prettier-ignore
  expect(read).toEqual(expected)
})

test('what is skipped by statistics is what does not match', async () => {
  const many = Array.from({ length: 60_000 }, (_, n) => [
    `k${String(n).padStart(6, '0')}`, new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(), 'w', 'a', n, n, n, 1, '2026-01-01', null, null, null,
  ]) // prettier-ignore
  const { parquet } = files(many)
  const [found] = await query(
    `SELECT count(*) AS n, sum(whole) AS s FROM '${parquet}' WHERE t >= '2026-01-01T10:00:00Z' AND i < 'k040000'`,
  )
  expect(found).toEqual({ n: '4000', s: String(((36_000 + 39_999) * 4_000) / 2) })
  const groups = await query(`SELECT count(DISTINCT row_group_id) AS n FROM parquet_metadata('${parquet}')`)
  expect(groups).toEqual([{ n: '1' }])
})

test('lines say the same as the columns', async () => {
  const { parquet, ndjson } = files(rows)
  const [same] = await query(
    `SELECT count(*) AS n FROM '${parquet}' p JOIN read_ndjson('${ndjson}', columns = {i: 'VARCHAR', words: 'VARCHAR', whole: 'BIGINT', yes: 'BOOLEAN', pair: 'JSON'}) l
     ON p.i = l.i AND p.words IS NOT DISTINCT FROM l.words AND p.whole IS NOT DISTINCT FROM l.whole AND p.yes IS NOT DISTINCT FROM l.yes AND p.pair IS NOT DISTINCT FROM l.pair::VARCHAR`,
  )
  expect(same).toEqual({ n: '3' })
})

test('a month that is written anew out of its lines is what it was', async () => {
  const lines = readFileSync(files(rows).ndjson, 'utf8').split('\n').slice(0, -1)
  const again = lines.map((line) => rowOf(contract, JSON.parse(line) as Record<string, unknown>))
  expect(again).toEqual(rows)
  const { parquet } = files(again)
  const [found] = await query(
    `SELECT count(*) AS n, sum(whole)::VARCHAR AS s, max(many) AS m FROM '${parquet}'`,
  )
  expect(found).toEqual({ n: '3', s: String(MOST), m: '[]' })
})
