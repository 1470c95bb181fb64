/** A product that writes exports, without its Worker: its database, its bucket, a clock, and what a reader does with an export. */
import type { Sources } from '@meshloop/access/batch'
import { wholeView, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, text, time, type Contract } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import type { ExportFile } from '../src/exports/files.ts'
import { signingKey } from '../src/exports/signing-key.ts'
import { evict, type EvictionBounds } from '../src/exports/evict.ts'
import type { Exporting, StepBounds } from '../src/exports/exporting.ts'
import { exportStep, type StepReport } from '../src/exports/step.ts'
import { listExports, type StoredExport } from '../src/exports/stored-exports.ts'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readChanges } from '../src/query/changes.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

/** Bindings of vitest.config.ts. */
export const { A: db, EXPORTS: bucket } = env as unknown as { A: D1Database; EXPORTS: R2Bucket }

/** Things with a month, a version and something to tell. */
export const things = defineProduct({
  id: 'a.things',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: { k: id('K'), at: time('T'), rev: int('V'), note: text('N', { nullable: true }) },
  key: ['k'],
  eventTime: 'at',
  versionBy: 'rev',
  exports: { every: 'PT1H', keep: 'P1D' },
  freshness: 'PT5M',
})

/** A record, by its name. */
export type Records = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What a follower has, and where it goes on. */
export interface Followed {
  readonly records: Records
  readonly at: (string | number)[]
}

/** A world whose clock begins at 2027-01-01. */
export async function exportsWorld(contract: Contract = things, bounds?: Partial<StepBounds>) {
  await makeTables(db, tablesOf(contract))
  const objects = await bucket.list()
  if (objects.objects.length > 0) await bucket.delete(objects.objects.map(({ key }) => key))
  let now = Date.UTC(2027, 0)
  let exports = 0
  let lives = 0
  const reader = { db, contract, expected: ['s'] }
  const judge = judgeFor(contract)
  const exporting = {
    ...reader,
    bucket,
    contractHash: 'hash',
    key: () => signingKey(new Uint8Array(32)),
    now: () => now,
    newId: () => `e${(exports += 1)}`,
    bounds: { parts: 30, milliseconds: 1_000, rows: 1_000, bytes: 1e6, pageBytes: 1e5, ...bounds },
  }
  const step = async (more: Partial<Exporting> = {}): Promise<StepReport> =>
    exportStep({ ...exporting, ...more })
  return {
    reader,
    step,
    /** Lets records leave that may. */
    evict: async (limits?: EvictionBounds, more: Partial<Exporting> = {}): Promise<number> =>
      evict({ ...exporting, ...more }, limits),
    pass: (ms: number) => void (now += ms),
    now: () => now,
    /** The database as it is. Set back to it, it is in another life: so its owner does. The bucket goes on. */
    async kept(): Promise<() => Promise<void>> {
      const tables = await Promise.all(
        tablesOf(contract).map(async ({ name }) => {
          const { results } = await db.prepare(`SELECT * FROM "${name}"`).all()
          return { name, rows: JSON.stringify(results), columns: Object.keys(results[0] ?? {}) }
        }),
      )
      return async () => {
        const statements = tables.flatMap(({ name, rows, columns }) => [
          db.prepare(`DELETE FROM "${name}"`),
          ...(columns.length === 0 ? [] : [insert(name, columns, rows)]),
        ])
        lives += 1
        await db.batch([...statements, db.prepare('UPDATE _state SET incarnation = ?').bind(`life ${lives}`)])
      }
    },
    send: async (rows: readonly object[], source = 's', sources: Sources = {}) =>
      accept({ db, contract, judge, sources, expected: ['s'], now: () => now, newIncarnation: () => 'one' }, source, rows, []), // prettier-ignore
    /** Steps until an export is complete; the newest. */
    async complete(more?: Partial<Exporting>): Promise<StoredExport> {
      for (let n = 0; n < 1_000; n++) if ((await step(more)).completed) return newest()
      throw new Error('no export was completed in a thousand steps')
    },
    /** What stands in the table. */
    table: async (): Promise<Records> => recordsOf((await readAll(undefined)).changes, {}),
    /** An export, and the changes after its moment. */
    async followed(of: StoredExport): Promise<Records> {
      return (await followOn(await loadedFrom(of))).records
    },
    loadedFrom,
    followOn,
    readAll,
  }

  async function loadedFrom({ manifest: { incarnation, seq, files } }: StoredExport): Promise<Followed> {
    const records = byKey((await Promise.all(files.filter(isNdjson).map(linesOf))).flat())
    return { records, at: [incarnation, seq, 1, '_seq'] }
  }
  async function followOn({ records, at }: Followed): Promise<Followed> {
    const { changes, next } = await readAll(at)
    return { records: recordsOf(changes, records), at: [...next] as (string | number)[] }
  }
  async function readAll(after: (string | number)[] | undefined, view: View = wholeView) {
    return readChanges(reader, view, { after, limit: 1_000, now })
  }
  async function newest(): Promise<StoredExport> {
    const [first] = await listExports(db)
    if (!first) throw new Error('there is no export')
    return first
  }
}

/** The lines of a file in the bucket. */
export async function linesOf(file: ExportFile): Promise<Record<string, unknown>[]> {
  const text_ = await (await bucket.get(`files/${file.name}`))?.text()
  if (text_ === undefined) throw new Error(`${file.name} is not in the bucket`)
  const lines = text_.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Whether a file is of lines. */
export const isNdjson = ({ format }: ExportFile): boolean => format === 'ndjson'

const insert = (table: string, columns: readonly string[], rows: string): D1PreparedStatement => {
  const values = columns.map((each) => `json_extract(value, '$."${each}"')`)
  const names = columns.map((each) => `"${each}"`)
  return db
    .prepare(`INSERT INTO "${table}" (${names.join()}) SELECT ${values.join()} FROM json_each(?)`)
    .bind(rows)
}

const byKey = (records: readonly Record<string, unknown>[]): Records =>
  Object.fromEntries(records.map((record) => [String(record['k']), record]))

type Change = { op: 'upsert'; record: Record<string, unknown> } | { op: 'delete'; key: { k: string } }

function recordsOf(changes: readonly string[], before: Records): Records {
  const records = new Map(Object.entries(before))
  for (const change of changes.map((each) => JSON.parse(each) as Change))
    if (change.op === 'delete') records.delete(change.key.k)
    else records.set(String(change.record['k']), change.record)
  return Object.fromEntries([...records].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
