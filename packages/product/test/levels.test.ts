/** Sequences of classes: which there are, how a database gets them, who follows them, and what it costs. */
import { viewOf, wholeView, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, list, struct, text, time, type Contract } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readChanges } from '../src/query/changes.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { readPage } from '../src/query/records.ts'
import { ownRecords, projectedRecords } from '../src/query/stored.ts'
import { levelsOf } from '../src/table/levels.ts'
import { migration, readSchema } from '../src/table/schema.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const frame = {
  id: 'a.things',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  key: ['k'],
  eventTime: 'at',
} as const
const contract = defineProduct({
  ...frame,
  fields: {
    k: id('K', { class: 'public' }),
    at: time('T', { class: 'public' }),
    units: int('U'),
    home: struct({ city: text('City', { class: 'personal' }) }, 'Home'),
    secret: text('S', { class: 'sensitive' }),
    rev: int('V', { class: 'sensitive' }),
  },
  versionBy: 'rev',
  indexes: ['units'],
})
/** The same before it had anything to hide. */
const before = defineProduct({
  ...frame,
  fields: { k: contract.fields.k, at: contract.fields.at, rev: int('V', { class: 'public' }) },
  versionBy: 'rev',
})
const send = (rows: readonly object[], of: Contract = contract) =>
  accept({ db, contract: of, judge: judgeFor(of), sources: {}, expected: [], now: () => Date.UTC(2027, 0), newIncarnation: () => 'one' }, 's', rows, []) // prettier-ignore
const row = (n: number, more: object = {}) => ({
  k: `k${String(n).padStart(4, '0')}`,
  at: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
  units: n,
  home: { city: 'Ulm' },
  secret: 's',
  rev: 1,
  ...more,
})
const viewUpTo = (...columns: string[]): Promise<View> => viewOf({ columns, rows: [] })
const follow = async (view: View, of: Contract = contract) => {
  const page = await readChanges({ db, contract: of, expected: [] }, view, { limit: 100 })
  return page.changes.map((text_) => (JSON.parse(text_) as { record: { k: string } }).record.k)
}
const schema = () => readSchema(async (text_) => (await db.prepare(text_).all()).results)
const migrate = async (of: Contract) => {
  const statements = migration(tablesOf(of), await schema())
  if (statements.length > 0) await db.batch(statements.map((each) => db.prepare(each)))
}

beforeEach(() => makeTables(db, tablesOf(contract)))

describe('levels', () => {
  it('are the classes from that of the key to the one before the highest; a whole is classed as its parts', () => {
    expect(levelsOf(contract)).toEqual([
      { class: 'public', column: '_seq_public', fields: ['at'] },
      { class: 'internal', column: '_seq_internal', fields: ['at', 'units'] },
      { class: 'personal', column: '_seq_personal', fields: ['at', 'units', 'home'] },
    ])
    const personal = { ...contract, key: ['home'] } as const
    expect(levelsOf(personal).map(({ column }) => column)).toEqual(['_seq_personal'])
    expect(levelsOf({ ...contract, fields: { k: contract.fields.k, at: contract.fields.at } })).toEqual([])
  })

  it('are left out where the table has no column for them, and the view is not followed', async () => {
    const more = Object.fromEntries(Array.from({ length: 93 }, (_, n) => [`n${n}`, list(id('N'), 'N')]))
    const wide = { ...contract, versionBy: 'at', fields: { k: contract.fields.k, at: contract.fields.at, ...more } }
    expect(levelsOf(wide)).toEqual([])
    await makeTables(db, tablesOf(wide))
    await expect(follow(await viewUpTo('k', 'at'), wide)).rejects.toMatchObject({ code: 'columns_restricted' })
    expect(await follow(wholeView, wide)).toEqual([])
  }) // prettier-ignore

  it('compare as many fields as fit', async () => {
    const more = Object.fromEntries(Array.from({ length: 89 }, (_, n) => [`n${n}`, int('N')]))
    const fields = { ...before.fields, ...more, secret: contract.fields.secret }
    const wide: Contract = { ...before, fields, versionBy: 'at' }
    expect(levelsOf(wide)).toHaveLength(2)
    await makeTables(db, tablesOf(wide))
    const view = await viewUpTo(...Object.keys(wide.fields).filter((name) => name !== 'secret'))
    const values = Object.fromEntries(Object.keys(more).map((name) => [name, 1]))
    const sent = (n: number, later: number, change: object = {}) => ({ k: row(n).k, at: row(later).at, rev: 1, ...values, secret: 's', ...change }) // prettier-ignore
    await send([sent(1, 1), sent(2, 2)], wide)
    expect(await follow(view, wide)).toEqual(['k0001', 'k0002'])
    await send([sent(1, 3, { n88: 2 })], wide)
    expect(await follow(view, wide)).toEqual(['k0002', 'k0001'])
  })

  it('move on with what their views show, and stand still with the rest', async () => {
    await send([row(1), row(2)])
    await send([row(1, { secret: 'other', rev: 2 })])
    await send([row(1, { home: { city: 'Rome' }, rev: 3 })])
    expect(await follow(await viewUpTo('k', 'at', 'units'))).toEqual(['k0001', 'k0002'])
    expect(await follow(await viewUpTo('k', 'at', 'units', 'home'))).toEqual(['k0002', 'k0001'])
    await send([row(1, { units: 7, rev: 4 })])
    expect(await follow(await viewUpTo('k', 'at', 'units'))).toEqual(['k0002', 'k0001'])
    expect(await follow(await viewUpTo('k', 'at'))).toEqual(['k0001', 'k0002'])
  })
})

describe('a database', () => {
  const old = (n: number) => ({ k: row(n).k, at: row(n).at, rev: 1 })

  it('that has records gets a level with a number for each, also of what is written before the Worker knows it', async () => {
    await makeTables(db, tablesOf(before))
    await send([old(2), old(1)], before)
    await migrate(contract)
    await send([old(3)], before)
    const public_ = await viewUpTo('k', 'at')
    await send([row(4)])
    expect(await follow(public_)).toEqual(['k0002', 'k0001', 'k0003', 'k0004'])
    expect(migration(tablesOf(contract), await schema())).toEqual([])
  })

  it('whose level was not kept for a while begins it anew', async () => {
    await send([row(1), row(2)])
    await migrate(before)
    await db.prepare(`UPDATE records SET _seq = 9 WHERE k = 'k0001'`).run()
    await migrate(contract)
    expect(await follow(await viewUpTo('k', 'at'))).toEqual(['k0002', 'k0001'])
  })

  it('gives a cursor of one sequence for no other', async () => {
    await send([row(1)])
    const reader = { db, contract, expected: [] }
    const { next } = await readChanges(reader, await viewUpTo('k', 'at'), { limit: 9 })
    await expect(readChanges(reader, wholeView, { limit: 9, after: next })).rejects.toMatchObject({
      code: 'resync_required',
    })
  })
})

describe('an older major', () => {
  const older = (classed: 'public' | 'internal' | 'personal', projected: object = {}): Contract => ({
    ...frame,
    fields: { k: contract.fields.k, at: contract.fields.at, amount: int('A', { class: classed }), city: text('C', { class: 'personal' }) },
    projects: { major: 2, fields: { amount: { from: 'units' }, city: { constant: '' }, ...projected } },
  }) // prettier-ignore

  it.each<[string, Contract, string[] | null, string | undefined]>([
    ['of all that it has follows the class of where that comes from', older('internal'), null, '_seq_internal'],
    ['of its fields up to a class too', older('internal'), ['k', 'at', 'amount'], '_seq_internal'],
    ['of its lowest class', older('internal'), ['k', 'at'], '_seq_public'],
    ['of fields that the newest protects more cannot follow', older('public'), ['k', 'at', 'amount'], undefined],
    ['of single fields cannot follow', older('internal'), ['k', 'amount'], undefined],
    ['of all, the highest class included, follows every change', older('personal', { city: { from: 'secret' } }), null, '_seq'],
  ])('%s', async (_, each, columns, expected) => {
    const newest: Contract = { ...contract, version: '2.0.0' }
    expect(projectedRecords(each, newest).sequence(await viewOf({ columns, rows: [] }))).toBe(expected)
  }) // prettier-ignore
})

describe('a page through a view', () => {
  const COUNT = 400
  /** What a page of five reads, the fortieth as the first. */
  async function look(view: View, passed: readonly (string | number)[]) {
    const seen: { text: string; params: unknown[]; read: number }[] = []
    const watched = {
      prepare: (text_: string) => ({
        bind: (...params: unknown[]) => ({
          all: async () => {
            const result = await db
              .prepare(text_)
              .bind(...params)
              .all()
            seen.push({ text: text_, params, read: result.meta.rows_read })
            return result
          },
        }),
      }),
    } as unknown as D1Database // prettier-ignore -- the two methods that a reader calls
    const reader = { db: watched, contract, expected: [] }
    const order = sortOrder(contract, [], view)
    const page = await readPage(reader, view, { filters: [], order, limit: 5, after: passed, count: false })
    expect(page.records).toHaveLength(5)
    if (ownRecords(contract).sequence(view) !== undefined)
      await readChanges(reader, view, {
        limit: 5,
        after: ['one', 350, 1, String(ownRecords(contract).sequence(view))],
      })
    return seen.map(({ read }) => read)
  }

  it('reads little where the key or the event time is shown, and a feed too', async () => {
    await send(Array.from({ length: COUNT }, (_, n) => row(n)))
    for (const read of await look(await viewUpTo('k', 'at'), ['k0350'])) expect(read).toBeLessThan(30)
    for (const read of await look(await viewUpTo('at', 'home'), [row(350).at, 1])) expect(read).toBeLessThan(30)
    // By a field that an index orders too; without any, all that matches is read.
    for (const read of await look(await viewUpTo('units', 'home'), [350, 1])) expect(read).toBeLessThan(30)
    for (const read of await look(await viewUpTo('home'), [350])) expect(read).toBeLessThan(2 * COUNT + 30)
  }) // prettier-ignore
})
