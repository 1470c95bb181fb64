/** Part of the product suite: what comes out of every port is what went in. */
import { viewOf } from '@meshloop/access/claims'
import { fieldOf, filterable } from '@meshloop/contract'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Subject } from './specimen.ts'

type Row = Readonly<Record<string, unknown>>
interface Page {
  readonly records: Row[]
  readonly next_cursor: string | null
  readonly total?: number
}

const COUNT = 25

/** What comes out is what went in, through every port. */
export function queriesSuite({ contract, record, bench, fill }: Subject): void {
  const which = Array.from({ length: COUNT }, (_, n) => ({ n, revision: n % 3 }))
  const rows = which.map(({ n, revision }) => record(n, revision))
  const keyOf = (row: Row) => contract.key.map((name) => String(row[name])).join('/')
  const byKey = (a: Row, b: Row) => (keyOf(a) < keyOf(b) ? -1 : 1)
  const pages = async (query: string) => {
    const found: Row[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await bench().json<Page>(
        `/records?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      found.push(...page.records)
      cursor = page.next_cursor
    }
    return found
  }

  describe('queries', () => {
    beforeEach(() => fill(which))

    it('page through all records once, in any sort order, in any page size', async () => {
      for (const field of filterable(contract))
        for (const sign of ['', '-'])
          for (const limit of [3, 1000]) {
            const found = await pages(`sort=${sign}${field}&limit=${limit}`)
            expect(found.toSorted(byKey), `${sign}${field} ${limit}`).toEqual(rows.toSorted(byKey))
            const values = found.map((row) => row[field]).filter((value) => value !== null)
            const ordered = values.toSorted((a, b) =>
              String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0,
            )
            if (values.every((value) => typeof value === 'string'))
              expect(values).toEqual(sign === '' ? ordered : ordered.toReversed())
          }
    })

    it('filter by every field and operator as plain code does', async () => {
      for (const field of filterable(contract)) {
        const sample = rows.map((row) => row[field]).find((value) => value !== null)
        if (sample === undefined || typeof sample === 'object') continue
        const is: Record<string, (value: unknown) => boolean> = {
          '': (value) => value === sample,
          '[in]': (value) => value === sample,
          '[not]': (value) => value !== sample,
          ...(contract.fields[field]?.kind === 'enum' ||
          contract.fields[field]?.kind === 'text' ||
          typeof sample === 'boolean'
            ? {}
            : {
                '[gt]': (v) => v !== null && String(v) > String(sample),
                '[lte]': (v) => v !== null && String(v) <= String(sample),
              }),
        }
        for (const [operator, matches] of Object.entries(is)) {
          if (typeof sample === 'number' && !['', '[in]', '[not]'].includes(operator)) continue
          const found = await pages(
            new URLSearchParams({ [`${field}${operator}`]: String(sample) }).toString(),
          )
          expect(found, `${field}${operator}=${sample}`).toEqual(
            rows.filter((row) => matches(row[field])).toSorted(byKey),
          )
        }
      }
    })

    it('filter by whether there is a value, and by how texts begin', async () => {
      for (const field of filterable(contract)) {
        const { kind, nullable } = fieldOf(contract, field)
        const without = rows.filter((row) => row[field] === null).toSorted(byKey)
        if (nullable) expect(await pages(`${field}[null]=true`), field).toEqual(without)
        else expect((await bench().call(`/records?${field}[null]=true`)).status, field).toBe(400)
        const beginning = String(rows.find((row) => row[field] !== null)?.[field] ?? 'x').slice(0, 3)
        const query = new URLSearchParams({ [`${field}[prefix]`]: beginning }).toString()
        if (kind === 'id' || kind === 'text')
          expect(await pages(query), query).toEqual(
            rows
              .filter((row) => row[field] !== null && String(row[field]).startsWith(beginning))
              .toSorted(byKey),
          )
        else expect((await bench().call(`/records?${query}`)).status, query).toBe(400)
      }
    })

    it('count on demand', async () => {
      const response = await bench().call('/records?limit=1', { headers: { prefer: 'count=exact' } })
      expect(response.headers.get('preference-applied')).toBe('count=exact')
      expect(await response.json<Page>()).toMatchObject({ total: COUNT })
      expect(await bench().json<Page>('/records?limit=1')).not.toHaveProperty('total')
    })

    it('find one record by its key, and only some fields when asked', async () => {
      const [row] = rows
      const path = contract.key.map((name) => encodeURIComponent(String(row?.[name]))).join('/')
      expect(await bench().json(`/records/${path}`)).toEqual(row)
      const page = await bench().json<Page>(`/records?limit=1&fields=${contract.eventTime}`)
      expect(Object.keys(page.records[0] ?? {})).toEqual([contract.eventTime])
      expect((await bench().call(`/records/${contract.key.map(() => 'nobody').join('/')}`)).status).toBe(404)
    })

    it('aggregate as plain code does', async () => {
      const measures = Object.entries(contract.measures ?? {})
      for (const by of contract.dimensions ?? []) {
        if (measures.length === 0) continue
        const { groups } = await bench().json<{ groups: Row[] }>(`/aggregate?by=${by}&limit=1000`)
        for (const [name, measure] of measures) {
          const total = groups.reduce((sum, group) => sum + Number(group[name]), 0)
          if ('count' in measure) expect(total).toBe(COUNT)
          if ('sum' in measure)
            expect(total).toBe(rows.reduce((sum, row) => sum + Number(row[measure.sum] ?? 0), 0))
        }
      }
    })

    it('follow the feed in small steps to the same state, complete only at its end', async () => {
      const state = new Map<string, Row>()
      let after = ''
      for (let more = true; more;) {
        const page: { changes: { record: Row }[]; next_cursor: string; more: boolean; as_of: string | null } =
          await bench().json(`/changes?limit=4${after}`)
        for (const change of page.changes) state.set(keyOf(change.record), change.record)
        after = `&after=${page.next_cursor}`
        more = page.more
        if (more) expect(page.as_of).toBeNull()
      }
      expect([...state.values()].toSorted(byKey)).toEqual(rows.toSorted(byKey))
      expect(await bench().json(`/changes?limit=4${after}`)).toMatchObject({ changes: [], more: false })
    })

    it('answer 304 until something changes', async () => {
      const first = await bench().call('/records?limit=1000')
      const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
      expect((await bench().call('/records?limit=1000', { headers })).status).toBe(304)
      await fill([{ n: 99, revision: 0 }])
      expect((await bench().call('/records?limit=1000', { headers })).status).toBe(200)
    })

    it('show exactly the columns and rows of a view, through every port', async () => {
      const [key] = contract.key
      const shown = [...new Set([...contract.key, contract.eventTime])]
      const first = rows.toSorted(byKey)[0]
      const view = await viewOf({
        columns: shown,
        rows: [{ field: key, op: 'eq', value: String(first?.[key]) }],
      })
      const headers = { authorization: `Bearer ${await bench().token('read', { view })}` }
      const expected = rows
        .toSorted(byKey)
        .filter((row) => row[key] === first?.[key])
        .map((row) =>
          Object.fromEntries(
            Object.keys(contract.fields)
              .filter((name) => shown.includes(name))
              .map((name) => [name, row[name]]),
          ),
        )
      expect((await bench().json<Page>('/records', { headers })).records).toEqual(expected)
      const hidden = Object.keys(contract.fields).find((name) => !shown.includes(name))
      if (hidden !== undefined)
        for (const query of [`${hidden}=1`, `sort=${hidden}`, `fields=${hidden}`])
          expect((await bench().call(`/records?${query}`, { headers })).status, query).toBe(400)
      const other = rows.find((row) => row[key] !== first?.[key])
      const path = contract.key.map((name) => encodeURIComponent(String(other?.[name]))).join('/')
      expect((await bench().call(`/records/${path}`, { headers })).status).toBe(404)
    })
  })
}
