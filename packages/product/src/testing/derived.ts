/** The suite that every derived product passes: the real Worker on its real database, its inputs as feeds in memory. */
import { wholeView, viewOf } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import * as fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isWhole, type Derivation, type Followed } from '../derive/derivation.ts'
import type { Change } from '../derive/mirror.ts'
import { runStep, type ReadFeed } from '../derive/run.ts'
import type { ProductWorker } from '../serve.ts'
import { accessSuite } from './access.ts'
import { setUp, type Bench } from './bench.ts'
import { checksSuite } from './checks.ts'
import { documentsSuite } from './documents.ts'
import { fuzzSuite } from './fuzz.ts'
import type { Subject, Which } from './specimen.ts'
import { queriesSuite } from './queries.ts'
import { refusalsSuite } from './refusals.ts'
import { dearRuns } from './runs.ts'
import { tablesSuite } from './tables.ts'
import { totalsSuite } from './totals.ts'
import { viewsSuite } from './views.ts'

type Json = Readonly<Record<string, unknown>>
/** Rows by the name of the input in the derivation. */
type InputRows = Readonly<Record<string, readonly Json[]>>

/** What the suite needs to know of a derived product. */
export interface DerivedSpecimen {
  readonly worker: ProductWorker
  readonly derivation: Derivation
  /**
   * Makes the rows of each input that one record is built from, complete by their contracts. `n` decides the key;
   * `revision` (from 0) changes contents but no key of a row, and makes another record. Pure.
   */
  readonly rows: (n: number, revision: number) => InputRows
}

/** Declares the suite for a derived product. */
export function derivedSuite({ worker, derivation, rows }: DerivedSpecimen): void {
  const contract = derivation.out
  const record = (n: number, revision: number): Json => recordOf(derivation, rows(n, revision))

  describe(contract.id, () => {
    let made: Bench | undefined
    let feeds = new Feeds()
    beforeAll(async () => {
      made = await setUp(worker, contract, [])
    })
    beforeEach(async () => {
      feeds = new Feeds()
      await made?.empty()
    })
    const bench = (): Bench => {
      if (!made) throw new Error('the bench is set up before the first test')
      return made
    }
    const run = () => runAll(bench().env.DB, derivation, feeds.read)
    const fill = async (records: readonly Which[]): Promise<void> => {
      for (const { n, revision } of records) feeds.add(derivation, rows(n, revision))
      await run()
    }
    const subject: Subject = { worker, contract, record, bench, fill }
    tablesSuite(subject)
    documentsSuite(subject)
    queriesSuite(subject)
    viewsSuite(subject)
    totalsSuite(subject)
    checksSuite(subject)
    refusalsSuite(subject)
    accessSuite(subject)
    fuzzSuite(subject)
    derivationSuite({ ...subject, derivation, rows, run, feeds: () => feeds })
  })
}

interface DerivedSubject extends Subject {
  readonly derivation: Derivation
  readonly rows: DerivedSpecimen['rows']
  readonly run: () => Promise<void>
  readonly feeds: () => Feeds
}

function derivationSuite(subject: DerivedSubject): void {
  const { contract, derivation, record, rows, bench, fill, run, feeds } = subject
  const all = async () => (await bench().json<{ records: Json[] }>('/records?limit=1000')).records
  const some = [0, 1, 2, 3, 4]
  const sorted = (records: readonly Json[]) =>
    records.toSorted((a, b) => (keyOf(contract, a) < keyOf(contract, b) ? -1 : 1))
  const post = async (path: string, scope: 'run' | 'read' | 'ingest') =>
    bench().call(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${await bench().token(scope)}` },
    })

  describe('derivation', () => {
    it('follows corrections and deletions of its inputs, and sets nothing aside', async () => {
      await fill(some.map((n) => ({ n, revision: 0 })))
      await fill([{ n: 1, revision: 1 }])
      feeds().remove(derivation, rows(2, 0))
      await run()
      expect(await all()).toEqual(sorted([record(0, 0), record(1, 1), record(3, 0), record(4, 0)]))
      expect(record(1, 1)).not.toEqual(record(1, 0))
      const followed = await all()
      await bench().empty()
      await run()
      expect(await all()).toEqual(followed)
      const status = await bench().json<{ runs: unknown[] }>('/status')
      expect(status).toMatchObject({ counts: { quarantined: 0 } })
      expect(status.runs[0]).toMatchObject({ built: expect.any(Number) as number, done: true })
    })

    it('ends in the same state for any order of rows and any runs in between', async () => {
      const changes = some.flatMap((n) =>
        Object.entries(rows(n, 0)).flatMap(([input, own]) => own.map((row) => ({ input, row }))),
      )
      const orders = fc.shuffledSubarray(changes, { minLength: changes.length })
      await fc.assert(
        fc.asyncProperty(orders, fc.array(fc.nat(changes.length), { maxLength: 3 }), async (order, runs) => {
          await bench().empty()
          feeds().clear()
          for (const [index, { input, row }] of order.entries()) {
            feeds().add(derivation, { [input]: [row] })
            if (runs.includes(index)) await run()
          }
          await run()
          expect(await all()).toEqual(sorted(some.map((n) => record(n, 0))))
        }),
        dearRuns(20),
      )
    }, 600_000)

    it('is complete up to what the least complete of its inputs is', async () => {
      const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour)).toISOString()
      const inputs = Object.values(derivation.inputs)
      for (const [hour, { of }] of inputs.slice(1).entries()) feeds().claim(of, at(hour + 2))
      await fill([{ n: 1, revision: 0 }])
      expect(await bench().json('/status')).toMatchObject({ as_of: null, freshness: { verdict: 'unknown' } })
      for (const { of } of inputs.slice(0, 1)) feeds().claim(of, at(1))
      await run()
      expect((await bench().call('/records')).headers.get('meshloop-as-of')).toBe(at(1))
    })

    it('keeps rollups equal to a count of the records', async () => {
      await fill(some.map((n) => ({ n, revision: 0 })))
      await fill([{ n: 3, revision: 1 }])
      // The same rights in other words: only a whole view is answered from rollups.
      const counted = await viewOf({ columns: Object.keys(contract.fields), rows: [] })
      for (const { by, measures } of contract.rollups ?? []) {
        const path = `/aggregate?by=${by.join()}&measures=${measures.join()}&limit=1000`
        const [kept, expected] = await Promise.all(
          [wholeView, counted].map(async (view) =>
            bench().json(path, {
              headers: { authorization: `Bearer ${await bench().token('read', { view })}` },
            }),
          ),
        )
        expect(kept).toEqual(expected)
      }
    })

    it('has no ingest port; what it set aside itself is listed for who checks', async () => {
      expect(await (await post('/ingest', 'ingest')).json()).toMatchObject({ status: 404, code: 'not_found' })
      const headers = { authorization: `Bearer ${await bench().token('check')}` }
      expect(await bench().json('/ingest/quarantine', { headers })).toMatchObject({ entries: [] })
    })

    it('runs for the steward only, and says when an input cannot be read', async () => {
      expect(await (await post('/run', 'read')).json()).toMatchObject({ status: 403, code: 'scope_missing' })
      expect(await (await post('/run', 'run')).json()).toMatchObject({
        status: 503,
        code: 'input_unavailable',
      })
      expect(await all()).toEqual([])
    })
  })
}

/** The inputs' feeds, as their products would serve them: each record once, in its newest place. */
class Feeds {
  readonly #changes = new Map<string, Map<string, { readonly place: number; readonly change: Change }>>()
  readonly #claims = new Map<string, string>()
  #place = 0

  clear(): void {
    this.#changes.clear()
  }

  claim(of: Contract, at: string): void {
    this.#claims.set(of.id, at)
  }

  add(derivation: Derivation, rows: InputRows): void {
    for (const { of, row } of withInputs(derivation, rows)) this.#put(of, row, { op: 'upsert', record: row })
  }

  remove(derivation: Derivation, rows: InputRows): void {
    for (const { of, row } of withInputs(derivation, rows))
      this.#put(of, row, {
        op: 'delete',
        key: Object.fromEntries(of.key.map((name) => [name, row[name]])),
      })
  }

  /** Pages of at most three changes, so that many reads end in the middle of a feed. */
  readonly read: ReadFeed = async ({ id }, after) => {
    const later = [...(this.#changes.get(id)?.values() ?? [])]
      .filter(({ place }) => place > Number(after ?? 0))
      .toSorted((a, b) => a.place - b.place)
    const page = later.slice(0, 3)
    const more = later.length > page.length
    return {
      changes: page.map(({ change }) => change),
      next_cursor: String(page.at(-1)?.place ?? after ?? 0),
      more,
      as_of: more ? null : (this.#claims.get(id) ?? null),
    }
  }

  #put(of: Contract, row: Json, change: Change): void {
    const own = this.#changes.get(of.id) ?? new Map<string, { place: number; change: Change }>()
    this.#changes.set(of.id, own.set(keyOf(of, row), { place: ++this.#place, change }))
  }
}

const withInputs = ({ inputs }: Derivation, rows: InputRows): { of: Contract; row: Json }[] =>
  Object.entries(rows).flatMap(([name, own]) => own.map((row) => ({ of: inputOf(inputs, name).of, row })))

function inputOf(inputs: Derivation['inputs'], name: string): Followed {
  const found = inputs[name]
  if (!found) throw new Error(`the specimen makes rows of ${name}, which is no input`)
  return found
}

/** What plain code builds of these rows: the record that the product must hold. */
function recordOf({ out, inputs, build }: Derivation, rows: InputRows): Json {
  const groups = Object.entries(inputs).flatMap(([name, input]) =>
    isWhole(out, input) ? (rows[name] ?? []).map((row) => input.by.map((field) => row[field])) : [],
  )
  const group = groups.find((values) => !values.includes(null))
  if (!group) throw new Error('the specimen makes rows that belong to a record')
  const key = Object.fromEntries(out.key.map((field, i) => [field, String(group[i])]))
  const seen = Object.entries(inputs).map(([name, input]) => [name, seenOf(name, input, rows, key)])
  const record = build(key, Object.fromEntries(seen))
  if (record === undefined) throw new Error('the specimen’s rows make a record')
  return record as Json // what the suite finds in the product is compared with it
}

/** The rows of an input that are seen of a key. */
function seenOf(name: string, input: Followed, rows: InputRows, key: Json): Json[] {
  const { of, by, parts, leader, last, each } = input
  const values = leader
    ? seenOf(leader.name, leader.input, rows, key).map((row) => leader.fields.map((field) => row[field]))
    : [parts.map((part) => key[part])]
  const order = (row: Json) => [of.eventTime, ...of.key].map((field) => String(row[field])).join(' ')
  const sorted = (rows[name] ?? []).toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
  const seen = new Set(
    values.flatMap((value) => {
      const own = sorted.filter((row) => by.every((field, i) => row[field] === value[i]))
      const counted = Map.groupBy(own, (row) => (each === undefined ? undefined : row[each]))
      return [...counted.values()].flatMap((rowsOfOne) => rowsOfOne.slice(-last))
    }),
  )
  return sorted.filter((row) => seen.has(row))
}

const keyOf = ({ key }: Contract, row: Json): string => key.map((field) => String(row[field])).join('/')

/** Runs until nothing is left to do. */
async function runAll(db: D1Database, derivation: Derivation, readFeed: ReadFeed): Promise<void> {
  const now = () => Date.now()
  const newIncarnation = () => crypto.randomUUID()
  for (let step = 0; step < 50; step++)
    if ((await runStep({ db, derivation, readFeed, now, newIncarnation })).done) return
  throw new Error('the derivation does not settle')
}
