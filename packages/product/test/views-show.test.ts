/** What each port gives through a view is the projection and selection, in plain code, of what the owner sees. */
import { viewOf, type View } from '@meshloop/access/claims'
import { classes, filterable, type Contract } from '@meshloop/contract'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'
import {
  contents,
  contracts,
  fieldsUpTo,
  hiding,
  shownOf,
  showsRow,
  viewsThatHide,
  type Json,
} from './view-world.ts'

const steps = fc.array(
  fc.record({ n: fc.nat(4), isDeletion: fc.nat(4).map((n) => n === 0), row: contents }),
  { minLength: 1, maxLength: 10 },
)
const filters = [{}, { shop: 'a' }, { ok: true }, { units: 0 }, { who: 'w1' }, { note: "it's" }] as const
const asked = fc.record({
  sort: fc
    .uniqueArray(fc.constantFrom('k', 'at', 'rev', 'shop', 'units', 'ok', 'note'), { maxLength: 2 })
    .chain((names) =>
      fc.tuple(...names.map((name) => fc.constantFrom(name, `-${name}`))).map((all): string[] => all),
    ),
  filter: fc.constantFrom<Json>(...filters),
  fields: fc.option(fc.subarray(['k', 'shop', 'home'], { minLength: 1 }), { nil: undefined }),
  limit: fc.integer({ min: 1, max: 3 }),
})
const worlds = contracts.chain((contract) =>
  fc
    .constantFrom(...hiding)
    .chain((kind) =>
      fc.record({ contract: fc.constant(contract), content: viewsThatHide(kind, contract), steps, asked }),
    ),
)

/** A consumer with a view, and what the owner sees at the same moment. */
interface Case {
  readonly contract: Contract
  readonly view: View
  readonly shown: readonly string[]
  readonly owned: readonly Json[]
  readonly get: (path: string) => Promise<{ status: number; body: Json }>
}

const project = (row: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, row[name]]))
const selected = ({ view, owned }: Case): Json[] => owned.filter((row) => showsRow(view, row))
const showsKey = ({ contract, shown }: Case): boolean => contract.key.every((name) => shown.includes(name))

it('gives what it shows, through every port', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ contract, content, steps: all, asked: query }) => {
      const worker = serve({ contract })
      const bench = await setUp(worker, contract)
      await makeTables(bench.env.DB, worker.tables)
      const sent = all.map(({ n, isDeletion, row }, i) => {
        const key = { k: `r${n}`, part: n % 2, rev: i }
        const named = project(key, [...contract.key, 'rev'])
        return isDeletion ? { _deleted: true, ...named } : { ...row, ...key }
      })
      for (const row of sent) await bench.send([row])
      const { records } = await bench.json<{ records: Json[] }>('/records?limit=100')
      const view = await viewOf(content)
      const given: Case = {
        contract,
        view,
        shown: shownOf(contract, view),
        owned: records,
        get: readerOf(bench, await bench.token('read', { view })),
      }
      await checkRecords(given, query)
      await checkEachRecord(given)
      await checkAggregate(given)
      await checkChanges(given, sent)
    }),
    dearRuns(10),
  )
}, 600_000)

const readerOf = (bench: Bench, token: string): Case['get'] => {
  const headers = { authorization: `Bearer ${token}`, prefer: 'count=exact' }
  return async (path) => {
    const response = await bench.call(path, { headers })
    return { status: response.status, body: await response.json() }
  }
}

/** All pages are what plain code makes of the owner's records; a hidden field is unknown. */
async function checkRecords(given: Case, { sort, filter, fields, limit }: AskedOf): Promise<void> {
  const { contract, shown, get } = given
  const allowed = filterable(contract).filter((name) => shown.includes(name))
  const query = new URLSearchParams({
    limit: String(limit),
    ...(sort.length > 0 ? { sort: sort.join() } : {}),
    ...(fields ? { fields: fields.join() } : {}),
    ...Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)])),
  })
  const named = [...sort.map((name) => name.replace('-', '')), ...Object.keys(filter)]
  const isAllowed =
    named.every((name) => allowed.includes(name)) && (fields ?? []).every((name) => shown.includes(name))
  if (!isAllowed) {
    expect((await get(`/records?${query}`)).status).toBe(400)
    return
  }
  const expected = selected(given)
    .filter((row) => Object.entries(filter).every(([name, value]) => row[name] === value))
    .map((row) => ({ row, places: placesOf(given, sort, row) }))
    .toSorted((a, b) => compare(a.places, b.places))
    .map(({ row }) => project(row, fields ?? shown))
  const found: unknown[] = []
  for (let cursor: unknown = ''; cursor !== null;) {
    const { body } = await get(`/records?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(body).toMatchObject({ total: expected.length })
    found.push(...(body['records'] as unknown[]))
    cursor = body['next_cursor']
  }
  expect(found).toEqual(expected)
  expect(found.map((row) => Object.keys(row as object))).toEqual(
    expected.map((row) => Object.keys(contract.fields).filter((name) => name in row)),
  )
}

type AskedOf = typeof asked extends fc.Arbitrary<infer A> ? A : never
type Place = readonly [value: unknown, isDescending: boolean]

/** What orders a record: the sort, and in its last direction the key; where that is hidden a field that is shown, and all that is. */
function placesOf(given: Case, sort: readonly string[], row: Json): Place[] {
  const { contract, shown } = given
  const first = filterable(contract).filter((name) => shown.includes(name))
  const last = showsKey(given) ? contract.key : first.includes('at') ? ['at'] : first.slice(0, 1)
  return [
    ...sort.map((name): Place => [row[name.replace('-', '')], name.startsWith('-')]),
    ...last.map((name): Place => [row[name], sort.at(-1)?.startsWith('-') ?? false]),
    [JSON.stringify(project(row, shown)), false],
  ]
}

function compare(a: readonly Place[], b: readonly Place[]): number {
  const at = a.findIndex(([value], i) => value !== b[i]?.[0])
  const [value, isDescending] = a[at] ?? [null, false]
  return inOrder(value, b[at]?.[0]) * (isDescending ? -1 : 1)
}

/** As SQLite orders: no value before all others. */
function inOrder(value: unknown, other: unknown): number {
  if (value === other) return 0
  if (value === null || other === null) return value === null ? -1 : 1
  return typeof value === 'string' ? (value < String(other) ? -1 : 1) : Number(value) - Number(other)
}

async function checkEachRecord(given: Case): Promise<void> {
  const { contract, view, owned, shown, get } = given
  for (const row of owned) {
    const answer = await get(`/records/${contract.key.map((name) => String(row[name])).join('/')}`)
    if (showsKey(given) && showsRow(view, row))
      expect(answer).toEqual({ status: 200, body: project(row, shown) })
    else expect(answer).toMatchObject({ status: 404, body: { code: 'record_not_found' } })
  }
}

async function checkAggregate(given: Case): Promise<void> {
  const rows = selected(given)
  for (const by of ['shop', 'ok', 'who']) {
    const measures = ['all', ...['units', 'who'].filter((name) => given.shown.includes(name))]
    const named = measures.map((name) => (name === 'who' ? 'people' : name))
    const { status, body } = await given.get(`/aggregate?by=${by}&measures=${named.join()}`)
    expect(status).toBe(given.shown.includes(by) ? 200 : 400)
    if (status !== 200) continue
    const expected = [...Map.groupBy(rows, (row) => row[by])].map(([value, group]) => ({
      [by]: value,
      all: group.length,
      ...(named.includes('units') && { units: group.reduce((sum, row) => sum + Number(row['units']), 0) }),
      ...(named.includes('people') && { people: new Set(group.flatMap((row) => row['who'] ?? [])).size }),
    }))
    expect(new Set(body['groups'] as Json[])).toEqual(new Set(expected))
  }
}

/** The feed of a view of whole classes tells each record at the place of the last change of what it shows. */
async function checkChanges(given: Case, sent: readonly Json[]): Promise<void> {
  const { contract, view, shown, get } = given
  const first = await get('/changes?limit=2')
  if (view.rows.length > 0) return expect(first).toMatchObject({ body: { code: 'rows_restricted' } })
  if (!showsKey(given)) return expect(first).toMatchObject({ body: { code: 'key_hidden' } })
  const isWhole = classes.some((top) => fieldsUpTo(contract, top).join() === shown.join())
  if (!isWhole) return expect(first).toMatchObject({ body: { code: 'columns_restricted' } })
  const isWholeView = shown.length === Object.keys(contract.fields).length
  const told = new Map<string, string>()
  for (const row of sent) {
    const key = project(row, contract.key)
    const change = JSON.stringify(
      row['_deleted'] ? { op: 'delete', key } : { op: 'upsert', record: project(row, shown) },
    )
    const name = JSON.stringify(key)
    if (told.get(name) === change && !isWholeView) continue
    told.delete(name)
    told.set(name, change)
  }
  const found: string[] = []
  for (let { body } = first, more = true; more;) {
    found.push(...(body['changes'] as unknown[]).map((change) => JSON.stringify(change)))
    more = body['more'] === true
    if (more) ({ body } = await get(`/changes?limit=2&after=${String(body['next_cursor'])}`))
  }
  expect(found).toEqual([...told.values()])
}
