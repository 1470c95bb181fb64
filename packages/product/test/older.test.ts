/** What a product with older majors is refused for, and what its answers say of the end of a major. */
import { defineProduct, id, oneOf, time, type Contract } from '@meshloop/contract'
import { env as bindings } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { derive } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import type { ProductEnv } from '../src/env.ts'
import { lifecycleHeaders } from '../src/http/deprecation.ts'
import { serve } from '../src/serve.ts'
import { rollupSeeds } from '../src/store/rollups.ts'
import { fillsOf } from '../src/table/fill.ts'
import { migration } from '../src/table/schema.ts'
import { tablesOf } from '../src/table/tables.ts'
import { setUp } from '../src/testing/bench.ts'
import { makeTables } from './make-tables.ts'

const frame = {
  id: 'a.things',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  key: ['k'],
  eventTime: 'at',
} as const
const now = defineProduct({
  ...frame,
  version: '3.0.0',
  fields: { k: id('Key'), at: time('When'), action: oneOf(['mailed', 'pushed', 'left'], 'What'), who: id('Who') },
  indexes: ['action', 'who'],
}) // prettier-ignore
const before = (major: number, more: Partial<Contract> = {}): Contract => ({
  ...frame,
  version: `${major}.0.0` as Contract['version'],
  fields: { k: id('Key'), at: time('When'), event: oneOf(['sent', 'left'], 'What'), person: id('Who') },
  projects: {
    major: 3,
    fields: {
      event: { from: 'action', values: { mailed: 'sent', pushed: 'sent' } },
      person: { from: 'who' },
    },
  },
  ...more,
})

describe('serving', () => {
  it('names every problem of every older major', () => {
    const lost = before(1, { id: 'a.others' })
    const loose = before(2, { indexes: ['colour'], freshness: 'PT1M' })
    expect(() => serve({ contract: now, older: [lost, loose] })).toThrow(
      expect.objectContaining({
        code: 'contract_invalid',
        problems: [
          { path: '1.0.0 id', problem: 'is not a.things' },
          { path: '2.0.0 freshness', problem: expect.stringContaining('PT5M') },
        ],
      }),
    )
  })

  it('takes each major once', () => {
    const twice = [before(1), before(1, { version: '1.1.0' })]
    expect(() => serve({ contract: now, older: twice })).toThrow(
      expect.objectContaining({ problems: [{ path: '1.1.0 version', problem: expect.any(String) }] }),
    )
    expect(() => serve({ contract: now, older: [before(1), before(2)] })).not.toThrow()
  })
})

describe('an older major of a derived product', () => {
  it('stands where the newest stands, and is not run', async () => {
    const source = defineProduct({ ...frame, id: 'a.sources', version: '1.0.0', fields: { k: id('Key'), at: time('When') } }) // prettier-ignore
    const out = defineProduct({ ...now, inputs: [{ product: 'a.sources', major: 1 }] })
    const derivation = derive({
      out,
      key: ['k'],
      inputs: { rows: input(source, { by: ['k'], fields: ['at'], last: 1 }) },
      build: () => undefined,
    })
    const worker = serve({ derivation, older: [before(2)] })
    const bench = await setUp(worker, before(2), [], out)
    await makeTables(bench.env.DB, worker.tables)
    expect(await bench.json('/status')).toMatchObject({
      version: '2.0.0',
      as_of: null,
      progress: [{ name: 'a.sources', as_of: null }],
    })
    expect(await bench.json('/records')).toMatchObject({ records: [] })
    const headers = { authorization: `Bearer ${await bench.token('run')}` }
    expect((await bench.call('/run', { method: 'POST', headers })).status).toBe(404)
  })
})

describe('a major that is not served', () => {
  const ask = async (path: string) => {
    const { A } = bindings as unknown as { A: D1Database } // bound in vitest.config.ts
    const env: ProductEnv = { DB: A, ISSUER: 'https://c.test', BASE_URL: 'https://d.test/a/things/v3' }
    const worker = serve({ contract: now, older: [before(2)] })
    const response = await worker.fetch(new Request(`https://d.test${path}`), env, {} as ExecutionContext)
    const { code } = await response.json<{ code: string }>()
    return [response.status, code, response.headers.get('link')]
  }

  it.each([
    ['/a/things/v1/records', 410, 'major_ended', '<https://d.test/a/things/v3>; rel="successor-version"'],
    ['/a/things/v1', 410, 'major_ended', '<https://d.test/a/things/v3>; rel="successor-version"'],
    ['/a/things/v4/records', 404, 'not_found', null],
    ['/a/things/v0/records', 404, 'not_found', null],
    ['/a/thing/v1/records', 404, 'not_found', null],
    ['/a/things/v3/nothing', 404, 'not_found', null],
    ['/a/things/v2/nothing', 404, 'not_found', '<https://d.test/a/things/v3>; rel="successor-version"'],
  ])('%s: %i', async (path, ...expected) => {
    expect(await ask(path)).toEqual(expected)
  })
})

describe('the headers of a life', () => {
  const [own, newest] = ['https://d.test/a/things/v1', 'https://d.test/a/things/v3']
  const told = (contract: Contract) =>
    Object.entries(lifecycleHeaders(contract, own, newest)).map(([name, value]) => `${name}: ${value}`)

  it.each<[string, Contract, string[]]>([
    ['the newest', now, []],
    ['an older one without dates', before(1), [`link: <${newest}>; rel="successor-version"`]],
    [
      'an older one with its dates',
      before(1, { lifecycle: { deprecated: '2026-11-15', endOfLife: '2027-11-15' } }),
      [
        'deprecation: @1794700800',
        'sunset: Mon, 15 Nov 2027 23:59:59 GMT',
        `link: <${own}/docs>; rel="deprecation"; type="text/html", <${newest}>; rel="successor-version"`,
      ],
    ],
    [
      'the newest that goes too',
      { ...now, lifecycle: { deprecated: '2026-01-01' } },
      ['deprecation: @1767225600', `link: <${own}/docs>; rel="deprecation"; type="text/html"`],
    ],
  ])('of %s', (_, contract, expected) => {
    expect(told(contract)).toEqual(expected)
  })
})

describe('the migration to a new major', () => {
  const table = (contract: Contract) => tablesOf(contract)
  const migrate = (newest: Contract, older: readonly Contract[], leftEmpty: string[] = []) =>
    migration(table(newest), table(older[0] ?? newest), {
      fills: fillsOf(newest, older),
      leftEmpty,
      seeds: rollupSeeds(newest),
    })

  it('fills renamed columns, and values that have one newer value', () => {
    const older = before(2, {
      projects: {
        major: 3,
        fields: {
          event: { from: 'action', values: { mailed: 'sent', pushed: "it's" } },
          person: { from: 'who' },
        },
      },
      fields: { ...before(2).fields, event: oneOf(['sent', "it's", 'left'], 'What') },
    })
    expect(migrate(now, [older])).toEqual([
      'ALTER TABLE "records" ADD COLUMN "action" TEXT',
      'ALTER TABLE "records" ADD COLUMN "who" TEXT',
      `UPDATE "records" SET "action" = CASE "event" WHEN 'sent' THEN 'mailed' WHEN 'it''s' THEN 'pushed' ELSE "event" END, "who" = "person", "_hash" = '' WHERE "_deleted" = 0`,
      'CREATE INDEX "records_action" ON "records" ("action")',
      'CREATE INDEX "records_who" ON "records" ("who")',
    ])
  })

  it('takes the newest of the older majors that has the column', () => {
    const oldest = before(1, {
      fields: { ...before(1).fields, user: id('Who') },
      projects: { major: 3, fields: { ...before(1).projects?.fields, user: { from: 'who' } } },
    })
    const statements = migrate(now, [before(2), oldest], ['action'])
    expect(statements).toContain(`UPDATE "records" SET "who" = "person", "_hash" = '' WHERE "_deleted" = 0`)
  })

  it.each<[string, Partial<Contract>, RegExp]>([
    ['several became', {}, /records\.action .+ event of 2\.0\.0: nobody can say what sent is now\. Backfill by ingest: .+--leave-empty action/],
    [
      'none became',
      { fields: { ...before(2).fields, event: oneOf(['mailed', 'pushed', 'left', 'opened'], 'What') }, projects: { major: 3, fields: { event: { from: 'action' }, person: { from: 'who' } } } },
      /what opened is now/,
    ],
  ])('refuses a value that %s, and goes on when the column is left empty', (_, more, message) => {
    const older = [before(2, more)]
    expect(() => migrate(now, older)).toThrow(
      expect.objectContaining({ code: 'migration_impossible', message: expect.stringMatching(message) }),
    )
    expect(migrate(now, older, ['action'])).toContain(`UPDATE "records" SET "who" = "person", "_hash" = '' WHERE "_deleted" = 0`)
    expect(migrate(now, older, ['action', 'who'])).toContain(`UPDATE "records" SET "_hash" = '' WHERE "_deleted" = 0`)
  }) // prettier-ignore

  it('leaves alone what older majors do not know', () => {
    const grown = { ...now, fields: { ...now.fields, more: id('More', { nullable: true }) } }
    const statements = migration(table(grown), table(now), {
      fills: fillsOf(grown, [before(2)]),
      leftEmpty: [],
      seeds: [],
    })
    expect(statements).toEqual(['ALTER TABLE "records" ADD COLUMN "more" TEXT'])
  })

  it('begins new rollups with the totals of the records that are there', async () => {
    const { A } = bindings as unknown as { A: D1Database } // bound in vitest.config.ts
    const counting: Contract = {
      ...now,
      measures: { all: { means: 'all', count: true } },
      dimensions: ['action', 'who'],
      rollups: [{ by: ['action', 'who'], measures: ['all'] }],
    }
    const older = before(2, {
      projects: {
        major: 3,
        fields: { event: { from: 'action', values: { mailed: 'sent' } }, person: { from: 'who' } },
      },
      fields: { ...before(2).fields, event: oneOf(['sent', 'pushed', 'left'], 'What') },
    })
    await makeTables(A, table(older))
    const insert = `INSERT INTO records VALUES (?1, '2026-01-01T00:00:00.000Z', ?2, 'p', ?3, '', 'h', ?4, 's')`
    const rows = [['a', 'sent', 1, 0], ['b', 'sent', 2, 0], ['c', 'left', 3, 0], ['d', null, 4, 1]] // prettier-ignore
    await A.batch(rows.map((row) => A.prepare(insert).bind(...row)))
    await A.batch(migrate(counting, [older]).map((statement) => A.prepare(statement)))
    const { results } = await A.prepare('SELECT grp, _n, "all" FROM _rollup_action_who ORDER BY grp').all()
    const hashes = await A.prepare('SELECT _hash, count(*) AS n FROM records GROUP BY 1').raw()
    expect(hashes).toEqual([
      ['', 3],
      ['h', 1],
    ]) // the deletion keeps its own: a record of its moment does not win over it
    expect(results).toEqual([
      { grp: '["left","p"]', _n: 1, all: 1 },
      { grp: '["mailed","p"]', _n: 2, all: 2 },
    ])
    expect(
      migration(table(counting), [], { fills: [], leftEmpty: [], seeds: rollupSeeds(counting) }),
    ).not.toContainEqual(expect.stringContaining('INSERT'))
  })
})
