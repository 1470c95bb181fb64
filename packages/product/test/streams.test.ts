/** All records as one NDJSON or CSV body: the same records as the pages have, and nothing that looks whole and is not. */
import { viewOf, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, list, oneOf, text, time } from '@meshloop/contract'
import { parse } from 'csv-parse/browser/esm/sync'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { formatOf } from '../src/http/formats/negotiate.ts'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { makeTables } from './make-tables.ts'

const visits = defineProduct({
  id: 'a.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'Tests',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    key: id('Key'),
    at: time('When'),
    shop: oneOf(['north', 'south'], 'Shop'),
    note: text('Note', { nullable: true }),
    units: int('Units', { nullable: true }),
    tags: list(id('Tag'), 'Tags'),
  },
  key: ['key'],
  eventTime: 'at',
  indexes: ['shop', 'units'],
  measures: { visits: { means: 'Visits', count: true }, sold: { means: 'Units', sum: 'units' } },
  dimensions: ['shop', 'note'],
  freshness: 'PT5M',
})
const worker = serve({ contract: visits })

/** More than the first chunk holds. */
const COUNT = 700
const notes = ['=1+1', '+49', '-3', '@me', '\tx', 'plain', '', null, 'a,"b"\nc', 'Zoë 🛒', "'quoted"]
const rows = Array.from({ length: COUNT }, (_, n) => ({
  key: `k${String(n).padStart(4, '0')}`,
  at: new Date(Date.UTC(2026, 0, 1 + (n % 9))).toISOString(),
  shop: n % 3 === 0 ? 'north' : 'south',
  note: notes[n % notes.length] ?? null,
  units: n % 4 === 0 ? null : (n % 5) - 2,
  tags: n % 2 === 0 ? [] : ['x', '=y'],
}))
type Row = Readonly<Record<string, unknown>>

let bench: Bench
beforeAll(async () => {
  bench = await setUp(worker, visits, ['over-http'])
  await makeTables(bench.env.DB, worker.tables)
  await bench.send(rows, { completeUpTo: '2026-02-01T00:00:00.000Z' })
})

const get = async (query: string, accept: string, view?: View, port = 'records') =>
  bench.call(`/${port}${query}`, {
    headers: { accept, authorization: `Bearer ${await bench.token('read', view ? { view } : {})}` },
  })
const textIn = async (answer: Response): Promise<string> =>
  new TextDecoder().decode(await answer.arrayBuffer())
const recordsIn = async (answer: Response): Promise<Row[]> =>
  (await textIn(answer)).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]))
async function paged(query: string, view?: View): Promise<Row[]> {
  const found: Row[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const more = cursor === '' ? '' : `&cursor=${cursor}`
    const page: { records: Row[]; next_cursor: string | null } = await (
      await get(`?${query}&limit=90${more}`, 'application/json', view)
    ).json()
    found.push(...page.records)
    cursor = page.next_cursor
  }
  return found
}

describe('a stream', () => {
  const views = fc.constantFrom<Omit<View, 'id'>>(
    { columns: null, rows: [] },
    { columns: ['key', 'note'], rows: [] },
    { columns: ['shop', 'at'], rows: [] },
    { columns: null, rows: [{ field: 'shop', op: 'eq', value: 'north' }] },
  )
  it('has the records of the pages, in their order, for any query and view', async () => {
    await fc.assert(
      fc.asyncProperty(
        views,
        fc.constantFrom('at', '-at'),
        fc.constantFrom('', 'shop=south', 'at[gte]=2026-01-04T00:00:00.000Z'),
        async (content, sort, filter) => {
          const shown = (field: string): boolean => content.columns?.includes(field) ?? true
          const parts = [
            ...(shown('at') ? [`sort=${sort}`] : []),
            ...(filter !== '' && shown(filter.replace(/\W.*/, '')) ? [filter] : []),
          ]
          const view = await viewOf(content)
          const streamed = await get(`?${parts.join('&')}`, 'application/x-ndjson', view)
          expect(await recordsIn(streamed)).toEqual(await paged(parts.join('&'), view))
        },
      ),
      { numRuns: 10 },
    )
  })

  it('is as many records as the limit says, and goes on after a cursor', async () => {
    const all = await recordsIn(await get('?sort=-at', 'application/x-ndjson'))
    expect(all).toHaveLength(COUNT)
    expect(await recordsIn(await get('?sort=-at&limit=250', 'application/x-ndjson'))).toEqual(all.slice(0, 250)) // prettier-ignore
    const { next_cursor } = await (await get('?sort=-at&limit=100', 'application/json')).json<{ next_cursor: string }>() // prettier-ignore
    const rest = await get(`?sort=-at&cursor=${next_cursor}`, 'application/x-ndjson')
    expect(await recordsIn(rest)).toEqual(all.slice(100))
  })

  it('says what it is and up to when, and is not kept', async () => {
    const answer = await get('?fields=key,note', 'text/csv')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'cache-control': 'private, no-store',
      vary: 'authorization, accept',
      'meshloop-as-of': '2026-02-01T00:00:00.000Z',
      'meshloop-version': '1.0.0',
    })
    expect(answer.headers.has('etag')).toBe(false)
  })

  it('of nothing is empty, and of a hidden or stale product a problem', async () => {
    const none = 'shop=north&at[gt]=2030-01-01T00:00:00.000Z'
    expect(await textIn(await get(`?${none}`, 'application/x-ndjson'))).toBe('')
    expect(await textIn(await get(`?${none}&fields=key`, 'text/csv'))).toBe('key\r\n')
    const stale = await get('?max_staleness=PT1M', 'text/csv')
    expect([stale.status, await stale.json()]).toMatchObject([503, { code: 'stale' }])
    const unknown = await get('?nose=1', 'text/csv')
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { code: 'parameter_unknown' }])
  })

  it('asked for by HEAD is its headers alone', async () => {
    const accept = 'application/x-ndjson'
    const init = { method: 'HEAD', headers: { accept, authorization: `Bearer ${await bench.token('read')}` } }
    const answer = await bench.call('/records', init)
    expect([answer.status, answer.headers.get('content-type'), await textIn(answer)]).toEqual([
      200,
      accept,
      '',
    ])
  })

  it('that cannot be read to its end breaks off', async () => {
    const { DB } = bench.env
    const authorization = `Bearer ${await bench.token('read')}`
    const context = { waitUntil: () => undefined } as unknown as ExecutionContext // all that is asked of it
    const request = new Request(`${bench.env.BASE_URL}/records`, { headers: { accept: 'text/csv', authorization } }) // prettier-ignore
    const answer = await worker.fetch(request, bench.env, context)
    await DB.exec('ALTER TABLE records RENAME TO elsewhere') // the first chunk was read, the next ones are not asked for yet
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow(/no such table/)
    await DB.exec('ALTER TABLE elsewhere RENAME TO records')
  })
})

describe('CSV', () => {
  it('is read back as the records are; texts that look like formulas have an apostrophe', async () => {
    const body = await textIn(await get('', 'text/csv'))
    const lines: Record<string, string>[] = parse(body, { columns: true, record_delimiter: '\r\n' })
    const asText = (value: unknown): string => {
      if (value === null) return ''
      const plain = typeof value === 'string' ? value : JSON.stringify(value)
      return typeof value === 'string' && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain
    }
    expect(lines).toEqual(
      rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)])),
      ),
    )
    expect(body).toContain('""') // an empty text is told from no text
    for (const line of lines) expect(line['note']).not.toMatch(/^[=+\-@\t\r]/)
  })
})

describe('the form of an answer', () => {
  const formatFor = (accept: string | undefined) =>
    formatOf(new Request('https://x.test', accept === undefined ? {} : { headers: { accept } }))
  it.each<[string | undefined, string]>([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/*;q=0.5, text/csv', 'csv'],
    ['text/*', 'csv'],
    ['text/csv;q=0.1, application/x-ndjson;q=0.2', 'ndjson'],
    ['application/x-ndjson, */*;q=0.1', 'ndjson'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    ['APPLICATION/X-NDJSON', 'ndjson'],
    ['application/json;q=0, */*', 'ndjson'],
  ])('for %s is %s', (accept, format) => expect(formatFor(accept)).toBe(format))

  it.each(['text/html', 'application/json;q=0', 'image/*', 'nonsense'])('for %s is none', (accept) =>
    expect(() => formatFor(accept)).toThrow(expect.objectContaining({ code: 'not_acceptable' })),
  )
})

describe('totals', () => {
  const totals = async (query: string, accept: string) => get(query, accept, undefined, 'aggregate')
  const told = async (query: string) =>
    (await totals(query, 'application/json')).json<{ groups: Row[]; truncated: boolean }>()

  it.each([
    '',
    '?by=shop&sort=-visits',
    '?by=note,at.day&limit=7',
    '?shop=north&at[lt]=2020-01-01T00:00:00Z',
  ])('are the same as NDJSON and CSV: %s', async (query) => {
    const { groups, truncated } = await told(query)
    const lines = await totals(query, 'application/x-ndjson')
    expect(lines.headers.get('meshloop-truncated')).toBe(String(truncated))
    expect(await recordsIn(lines)).toEqual(groups)
    const csv = await totals(query, 'text/csv')
    expect(Object.fromEntries(csv.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'meshloop-truncated': String(truncated),
      vary: 'authorization, accept, prefer',
    })
    const names = Object.keys(groups[0] ?? {})
    const read: string[][] = parse(await textIn(csv))
    const cellOf = (value: unknown): string => {
      if (value === null || value === undefined) return ''
      return typeof value === 'string' ? value.replace(/^(?=[=+\-@\t\r])/, "'") : JSON.stringify(value)
    }
    expect(read).toEqual([names, ...groups.map((group) => names.map((name) => cellOf(group[name])))])
  })

  it('have the names in the first line, and nothing else, where no group is', async () => {
    const none = '?by=shop&at[lt]=2020-01-01T00:00:00Z'
    expect(await textIn(await totals(none, 'text/csv'))).toBe('shop,visits,sold\r\n')
    expect(await textIn(await totals(none, 'application/x-ndjson'))).toBe('')
  })

  it('are known again in the form that they were read in, and no other', async () => {
    const etag = (await totals('?by=shop', 'text/csv')).headers.get('etag') ?? ''
    const again = async (accept: string) =>
      bench.call('/aggregate?by=shop', {
        headers: { accept, 'if-none-match': etag, authorization: `Bearer ${await bench.token('read')}` },
      })
    expect((await again('text/csv')).status).toBe(304)
    expect((await again('application/json')).status).toBe(200)
    expect((await totals('?by=shop', 'text/html')).status).toBe(406)
  })
})
