/** Part of the product suite: an older major shows, through every port, the projection of what the newest shows. */
import { viewOf } from '@meshloop/access/claims'
import { filterable, majorOf, projected, type Contract } from '@meshloop/contract'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accessSuite } from './access.ts'
import { setUp, type Bench } from './bench.ts'
import { documentsSuite } from './documents.ts'
import { fuzzSuite } from './fuzz.ts'
import type { Subject } from './specimen.ts'
import { queriesSuite } from './queries.ts'
import { refusalsSuite } from './refusals.ts'
import { totalsSuite } from './totals.ts'
import { viewsSuite } from './views.ts'

type Row = Readonly<Record<string, unknown>>

const COUNT = 25

/** What an older major promises is kept from the newest one's records. */
export function olderSuite(newest: Subject, older: Contract): void {
  describe(`v${majorOf(older)}`, () => {
    let made: Bench | undefined
    beforeAll(async () => {
      made = await setUp(newest.worker, older, undefined, newest.contract)
    })
    const bench = (): Bench => {
      if (!made) throw new Error('the bench is set up before the first test')
      return made
    }
    const record: Subject['record'] = (n, revision) => projectRecord(older, newest.record(n, revision))
    const subject: Subject = { ...newest, contract: older, record, bench }
    documentsSuite(subject)
    queriesSuite(subject)
    viewsSuite(subject)
    totalsSuite(subject)
    refusalsSuite(subject)
    accessSuite(subject)
    fuzzSuite(subject)
    projectionSuite(subject, newest)
    lifeSuite(subject, newest)
  })
}

/** What the record of the newest major is in an older one: the projection, in plain code. */
export function projectRecord({ fields, projects }: Contract, record: Row): Row {
  return Object.fromEntries(
    Object.keys(fields).map((field) => {
      const source = projects ? projected(projects, field) : { from: field }
      if ('constant' in source) return [field, source.constant]
      const value = record[source.from]
      const values: Readonly<Record<string, string>> = source.values ?? {}
      return [field, typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : value]
    }),
  )
}

function projectionSuite({ contract, record, bench, fill }: Subject, newest: Subject): void {
  const which = Array.from({ length: COUNT }, (_, n) => ({ n, revision: n % 3 }))
  const rows = which.map(({ n, revision }) => record(n, revision))
  const samples = filterable(contract).flatMap((field) =>
    [...new Set(rows.map((row) => row[field]))].flatMap((value) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [{ field, value }]
        : [],
    ),
  )
  const keyOf = (row: Row) => contract.key.map((name) => String(row[name])).join('/')
  const sorted = (list: readonly Row[]) => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

  describe('a projection', () => {
    beforeEach(() => fill(which))

    it('is what the newest major shows', async () => {
      const [now, before] = await Promise.all(
        [newest.bench(), bench()].map((each) => each.json<{ records: Row[] }>('/records?limit=1000')),
      )
      expect(before?.records).toEqual(now?.records.map((row) => projectRecord(contract, row)))
      const counted = await bench().json('/records?limit=1', { headers: { prefer: 'count=exact' } })
      expect(counted).toMatchObject({ total: COUNT })
    })

    it('is filtered by its own values, by a query as by a view', async () => {
      for (const { field, value } of samples) {
        const expected = sorted(rows.filter((row) => row[field] === value))
        const query = new URLSearchParams({ limit: '1000', [field]: String(value) })
        expect(await bench().json(`/records?${query}`), `${field}=${value}`).toMatchObject({
          records: expected,
        })
        const view = await viewOf({ columns: null, rows: [{ field, op: 'eq', value }] })
        const headers = { authorization: `Bearer ${await bench().token('read', { view })}` }
        expect(await bench().json('/records?limit=1000', { headers })).toMatchObject({ records: expected })
      }
    })

    it('is added up as plain code does, and as its own records are', async () => {
      const measures = Object.entries(contract.measures ?? {})
      const view = await viewOf({ columns: Object.keys(contract.fields), rows: [] })
      const headers = { authorization: `Bearer ${await bench().token('read', { view })}` }
      for (const by of contract.dimensions ?? []) {
        if (measures.length === 0) continue
        const path = `/aggregate?by=${by}&limit=1000`
        const { groups } = await bench().json<{ groups: Row[] }>(path)
        expect((await bench().json<{ groups: Row[] }>(path, { headers })).groups).toEqual(groups)
        const values = new Set(rows.map((row) => row[by]))
        expect(new Set(groups.map((group) => group[by]))).toEqual(values)
        for (const value of values) {
          const own = rows.filter((row) => row[by] === value)
          for (const [name, measure] of measures) {
            const totals = groups.filter((group) => group[by] === value).map((group) => Number(group[name]))
            const total = totals.reduce((sum, each) => sum + each, 0)
            if ('count' in measure) expect(total).toBe(own.length)
            if ('distinct' in measure)
              expect(total).toBe(new Set(own.flatMap((row) => row[measure.distinct] ?? [])).size)
            if ('sum' in measure)
              expect(total).toBe(own.reduce((sum, row) => sum + Number(row[measure.sum] ?? 0), 0))
          }
        }
      }
    })

    it('follows the feed of the newest major, change by change', async () => {
      type Page = { changes: { op: string; record: Row }[]; as_of: string | null; more: boolean }
      const [now, before] = await Promise.all(
        [newest.bench(), bench()].map((each) => each.json<Page>('/changes?limit=1000')),
      )
      expect(before?.changes).toEqual(
        now?.changes.map((change) => ({ ...change, record: projectRecord(contract, change.record) })),
      )
    })

    it('tells of no field of the newest major that it has not itself', async () => {
      const hidden = Object.keys(newest.contract.fields).filter((name) => !(name in contract.fields))
      for (const name of hidden)
        for (const query of [`${name}=x`, `sort=${name}`, `fields=${name}`, `_from_${name}=x`])
          expect((await bench().call(`/records?${query}`)).status, query).toBe(400)
      const openapi = await bench().json('/openapi.json')
      for (const name of hidden) expect(JSON.stringify(openapi)).not.toContain(`"${name}"`)
    })
  })
}

function lifeSuite({ contract, bench }: Subject, newest: Subject): void {
  const base = () => newest.bench().env.BASE_URL

  describe('a life that ends', () => {
    it('takes no rows in: sources are told where', async () => {
      for (const [path, method] of [
        ['/ingest', 'POST'],
        ['/ingest/quarantine', 'GET'],
      ] as const) {
        const headers = { authorization: `Bearer ${await bench().token('ingest')}` }
        const problem = await (await bench().call(path, { method, headers })).json()
        expect(problem).toMatchObject({ status: 410, code: 'ingest_moved' })
        expect(JSON.stringify(problem)).toContain(`${base()}/ingest`)
      }
      const { paths } = await bench().json<{ paths: object }>('/openapi.json')
      expect(Object.keys(paths).filter((path) => path.startsWith('/ingest'))).toEqual([])
    })

    it('is told by every answer, refusals included', async () => {
      const { deprecated, endOfLife } = contract.lifecycle ?? {}
      for (const [path, status] of [
        ['/records?limit=1', 200],
        ['/status', 200],
        ['/openapi.json', 200],
        ['/contract', 200],
        ['/docs', 200],
        ['/records?colour=red', 400],
        ['/nothing', 404],
      ] as const) {
        const response = await bench().call(path)
        expect(response.status).toBe(status)
        const { headers } = response
        expect(headers.get('link'), path).toContain(`<${base()}>; rel="successor-version"`)
        expect(headers.get('deprecation')).toBe(
          deprecated === undefined ? null : `@${Date.parse(`${deprecated}T00:00:00Z`) / 1000}`,
        )
        expect(new Date(headers.get('sunset') ?? 0).toISOString().slice(0, 10)).toBe(
          endOfLife ?? '1970-01-01',
        )
      }
      const refused = await bench().call('/records', { headers: { authorization: '' } })
      expect(refused.headers.get('link')).toContain('rel="successor-version"')
    })

    it('does not end the links of pages', async () => {
      await newest.fill([0, 1].map((n) => ({ n, revision: 0 })))
      const link = (await bench().call('/records?limit=1')).headers.get('link') ?? ''
      expect(link).toContain('rel="next"')
      expect(link).toContain(`/v${majorOf(contract)}/records?`)
      expect(link).toContain('rel="successor-version"')
    })

    it('has tokens of its own', async () => {
      for (const [from, to] of [
        [newest.bench(), bench()],
        [bench(), newest.bench()],
      ] as const) {
        const headers = { authorization: `Bearer ${await from.token('read')}` }
        expect(await (await to.call('/records', { headers })).json()).toMatchObject({ code: 'token_invalid' })
      }
    })

    it('is shown in the documents', async () => {
      const { deprecated } = contract.lifecycle ?? {}
      const { paths } = await bench().json<{
        paths: Record<string, Record<string, { deprecated?: boolean }>>
      }>('/openapi.json')
      for (const operation of Object.values(paths).flatMap((path) => Object.values(path)))
        expect(operation.deprecated ?? false).toBe(deprecated !== undefined)
      const page = await (await bench().call('/docs')).text()
      for (const day of Object.values(contract.lifecycle ?? {})) expect(page).toContain(day)
      expect(page).toContain(`${base()}/docs`)
    })
  })
}
