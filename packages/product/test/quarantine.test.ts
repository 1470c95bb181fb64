/** What is quarantined is bounded: a source that sends nothing but faults does not fill the product's database. */
import { defineProduct, id, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { listQuarantine, quarantine } from '../src/ingest/quarantine.ts'
import { MAX_QUARANTINED } from '../src/limits.ts'
import { statement } from '../src/store/sql.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const contract = defineProduct({
  id: 'a.things',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: { thing_id: id('Thing'), at: time('When') },
  key: ['thing_id'],
  eventTime: 'at',
})

beforeEach(() => makeTables(db, tablesOf(contract)))

const reject = async (source: string, row: unknown, now: number): Promise<void> => {
  const statements = await quarantine(source, [{ index: 0, row, errors: [] }], now)
  await db.batch(statements.map((each) => statement(db, each)))
}
const countOf = (source: string) =>
  db.prepare('SELECT count(*) AS n FROM _quarantine WHERE source = ?1').bind(source).first<number>('n')

it('keeps the newest rows of each source', async () => {
  await db
    .prepare(
      `INSERT INTO _quarantine (id, source, received_at, errors, row)
       WITH RECURSIVE days (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM days WHERE n < ?1)
       SELECT 'old' || n, 'noisy', date('1990-01-01', n || ' days'), '[]', '{}' FROM days`,
    )
    .bind(MAX_QUARANTINED)
    .run()
  await reject('quiet', { thing_id: 'q' }, Date.UTC(1980, 0, 1))
  expect(await countOf('noisy')).toBe(MAX_QUARANTINED)
  await reject('noisy', { thing_id: 'n' }, Date.UTC(2026, 0, 1))
  expect([await countOf('noisy'), await countOf('quiet')]).toEqual([MAX_QUARANTINED, 1])
  const [newest] = await listQuarantine(db, { source: 'noisy' }, 1)
  expect(newest).toMatchObject({ source: 'noisy', row: { thing_id: 'n' } })
  expect(await db.prepare("SELECT 1 FROM _quarantine WHERE id = 'old1'").first()).toBeNull()
})
