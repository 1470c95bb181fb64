/** What a batch costs does not grow with the records that are there. */
import { defineProduct, id, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { meterOf } from '../src/store/meter.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const contract = defineProduct({
  id: 'a.people',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  retention: 'P365D',
  fields: {
    person_id: id('Person'),
    at: time('When'),
    city: text('City', { class: 'internal' }),
    mail: text('Mail', { class: 'personal' }),
    faith: text('Faith', { class: 'sensitive' }),
  },
  key: ['person_id'],
  eventTime: 'at',
})
const person = (n: number) => ({
  person_id: `p${n}`,
  at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  city: 'Linz',
  mail: `${n}@x.example`,
  faith: 'none',
})

it('also where each class has a sequence of its own', async () => {
  await makeTables(db, tablesOf(contract))
  const metered = meterOf(db)
  const ingest = {
    db: metered.db,
    contract,
    judge: judgeFor(contract),
    sources: { one: { over: 'http' as const } },
    expected: ['one'],
    now: () => Date.UTC(2027, 0),
    newIncarnation: () => 'one',
  }
  const readOf = async (first: number, count: number) => {
    const before = metered.cost().rowsRead
    await accept(
      ingest,
      'one',
      Array.from({ length: count }, (_, n) => person(first + n)),
      [],
    )
    return metered.cost().rowsRead - before
  }
  await readOf(0, 10)
  const few = await readOf(10, 100)
  for (let first = 1_000; first < 21_000; first += 5_000) await readOf(first, 5_000)
  const many = await readOf(30_000, 100)
  expect(many).toBeLessThan(few * 1.5 + 50)
}, 60_000)
