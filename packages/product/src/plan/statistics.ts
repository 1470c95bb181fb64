/**
 * What is known of a table's size, so that a query's cost can be told before it runs: SQLite's own statistics, which
 * {@link optimize} fills, and the least and greatest values of what is counted or dated. Kept for a minute in an isolate.
 */
import { filterable, type Contract } from '@meshloop/contract'
import { commas, name, sql, statement } from '../store/sql.ts'
import { KEY_PATH } from './paths.ts'

/** Least and greatest value of a column; moments and days in ms. */
export interface Span {
  readonly least: number
  readonly greatest: number
}

/** What is known of the table `records`. */
export interface Statistics {
  /** Records, deletions among them. */
  readonly records: number
  /** Indexes that the database has: a Worker may be deployed before its migration. */
  readonly indexes: ReadonlySet<string>
  /** By index, how many records are alike in its first column, in its first two, and so on, on average. */
  readonly alike: ReadonlyMap<string, readonly number[]>
  readonly spans: ReadonlyMap<string, Span>
}

/** What is known, or undefined while nothing is: then no query is refused. */
export type KnownStatistics = () => Promise<Statistics | undefined>

const KEPT_MS = 60_000
/** A result has at most 100 columns, and each span is two. */
const MAX_SPANS = 40

/** Reads the statistics of a product's table when they are first needed, and again after a minute. */
export function statisticsOf(db: D1Database, contract: Contract, now: () => number): KnownStatistics {
  // Not the promise: workerd drops those of a request whose caller has gone, and others would wait for it for ever.
  let kept: { readonly at: number; readonly statistics: Statistics | undefined } | undefined
  return async () => {
    if (kept && now() - kept.at < KEPT_MS) return kept.statistics
    // Without them a query is answered all the same: they are about cost alone.
    const statistics = await readStatistics(db, contract).catch(() => undefined)
    kept = { at: now(), statistics }
    return statistics
  }
}

/** Reads a few rows, however many records there are. */
export async function readStatistics(db: D1Database, contract: Contract): Promise<Statistics> {
  const { results } = await statement(
    db,
    sql`SELECT name, (SELECT seq FROM _state) AS seq FROM sqlite_master
        WHERE (type = 'index' AND tbl_name = 'records') OR name IN ('records', 'sqlite_stat1')`,
  ).all<{ name: string; seq: number | null }>()
  const indexes = new Set(results.map(({ name: found }) => found))
  const rows = indexes.has('sqlite_stat1')
    ? await statement(db, sql`SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'records' AND idx IS NOT NULL`).all<{ idx: string; stat: string }>() // prettier-ignore
    : { results: [] }
  const numbers = rows.results.map(({ idx, stat }) => ({
    // SQLite calls the statistics of a key after its table.
    index: idx === 'records' ? KEY_PATH : idx,
    numbers: stat.split(' ').map(Number).filter(Number.isFinite),
  }))
  const counted = Math.max(0, ...numbers.map((each) => each.numbers[0] ?? 0))
  const changes = results[0]?.seq ?? 0
  return {
    // No record is without a change of its own: there are no more records than changes.
    records: counted === 0 ? changes : Math.min(counted, changes),
    indexes,
    alike: new Map(numbers.map((each) => [each.index, each.numbers.slice(1)])),
    spans: await readSpans(db, contract, indexes),
  }
}

const MEASURED = ['int', 'money', 'number', 'time', 'date']

async function readSpans(
  db: D1Database,
  contract: Contract,
  indexes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Span>> {
  const measured = filterable(contract)
    .filter((field) => MEASURED.includes(contract.fields[field]?.kind ?? ''))
    .filter((field) => indexes.has(`records_${field}`) || contract.key[0] === field)
    .slice(0, MAX_SPANS)
  if (measured.length === 0) return new Map()
  // Each by itself: both together would read all records.
  const ends = measured.flatMap((field, i) => [
    sql`(SELECT min(${name(field)}) FROM records) AS ${name(`least_${i}`)}`,
    sql`(SELECT max(${name(field)}) FROM records) AS ${name(`greatest_${i}`)}`,
  ])
  const row = await statement(db, sql`SELECT ${commas(ends)}`).first<Record<string, string | number | null>>()
  return new Map(
    measured.flatMap((field, i) => {
      const least = measureOf(row?.[`least_${i}`])
      const greatest = measureOf(row?.[`greatest_${i}`])
      return least === undefined || greatest === undefined ? [] : [[field, { least, greatest }] as const]
    }),
  )
}

/** A value as a number: of a moment or day its ms; undefined for what is none. */
export function measureOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Date.parse(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** Brings SQLite's statistics up to date where they have changed much: some ms, by samples. For the scheduled upkeep. */
export async function optimize(db: D1Database): Promise<void> {
  // 0x10002: also of tables that this connection has not queried, and not more than a sample of each.
  await db.prepare('PRAGMA optimize=0x10002').run()
}
