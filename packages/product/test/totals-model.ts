/** Totals by plain code, by another way than the database goes: what tests hold it against. */
import { currenciesOf, groupingOf, type Bucket, type Contract, type Measure } from '@meshloop/contract'

/** A record. */
export type ModelRow = Readonly<Record<string, string | number | boolean | null>>

/** A request for totals. */
export interface AskedTotals {
  readonly measures: readonly string[]
  readonly by: readonly string[]
  readonly sort: readonly string[]
  readonly since: readonly [string, string] | null
  readonly until: readonly [string, string] | null
  readonly shop: string | null
  readonly zone: string
}

type Value = string | number | boolean | null
type Group = Readonly<Record<string, Value>>

/** The groups in their order. */
export function groupsOf(contract: Contract, rows: readonly ModelRow[], asked: AskedTotals): Group[] {
  const { measures, zone } = asked
  const currencies = measures.flatMap((name) => {
    const measure = contract.measures?.[name]
    return measure ? currenciesOf(contract, measure) : []
  })
  const by = [...new Set([...asked.by, ...currencies])]
  const groups = new Map<string, { values: Value[]; members: ModelRow[] }>()
  if (by.length === 0) groups.set('[]', { values: [], members: [] })
  for (const row of rows.filter((each) => matches(each, asked))) {
    const values = by.map((name) => {
      const { field, bucket } = groupingOf(name)
      const value = row[field] ?? null
      return bucket === undefined || typeof value !== 'string' ? value : startOf(value, bucket, zone)
    })
    const key = JSON.stringify(values)
    groups.set(key, { values, members: [...(groups.get(key)?.members ?? []), row] })
  }
  const all = [...groups.values()].map(({ values, members }): Group =>
    Object.fromEntries([
      ...by.map((name, i) => [name, values[i] ?? null] as const),
      ...measures.map((name) => [name, totalOf(contract, contract.measures?.[name], members)] as const),
    ]),
  )
  const order = [...asked.sort, ...by]
  return all.toSorted((a, b) => {
    for (const each of order) {
      const name = each.replace(/^-/, '')
      const difference = compared(a[name] ?? null, b[name] ?? null)
      if (difference !== 0) return each.startsWith('-') ? -difference : difference
    }
    return 0
  })
}

function matches(row: ModelRow, { since, until, shop }: AskedTotals): boolean {
  const at = String(row['at'])
  return (
    (!since || at > since[1] || (since[0] === 'gte' && at === since[1])) &&
    (!until || at < until[1] || (until[0] === 'lte' && at === until[1])) &&
    (shop === null || row['shop'] === shop)
  )
}

function totalOf(contract: Contract, measure: Measure | undefined, rows: readonly ModelRow[]): Value {
  const values = (field: string) => rows.flatMap((row) => row[field] ?? [])
  const sum = (field: string) => values(field).reduce<number>((total, value) => total + Number(value), 0)
  if (!measure || 'count' in measure) return rows.length
  if ('sum' in measure) return sum(measure.sum)
  if ('distinct' in measure) return new Set(values(measure.distinct)).size
  if ('average' in measure) {
    const count = values(measure.average).length
    return count === 0 ? null : sum(measure.average) / count
  }
  if ('min' in measure) return values(measure.min).toSorted(compared)[0] ?? null
  if ('max' in measure) return values(measure.max).toSorted(compared).at(-1) ?? null
  const [above, below] = measure.ratio.map((name) => totalOf(contract, contract.measures?.[name], rows))
  return below === 0 ? null : Number(above) / Number(below)
}

/** As SQLite orders: what has no value first; texts here are ASCII. */
function compared(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null) return -1
  return b === null || a > b ? 1 : -1
}

const MINUTE_MS = 60_000

function startOf(at: string, bucket: Bucket, zone: string): string {
  const ms = Date.parse(at)
  const here = clockOf(zone, ms)
  if (bucket === 'day') return here.date
  if (bucket === 'month') return `${here.date.slice(0, 7)}-01`
  if (bucket === 'week') {
    const day = new Date(`${here.date}T00:00:00Z`)
    return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10)
  }
  let begin = Math.floor(ms / MINUTE_MS) * MINUTE_MS
  for (let now = clockOf(zone, begin); ;) {
    const before = clockOf(zone, begin - MINUTE_MS)
    // Another hour, or the clock was set in between.
    if (before.date !== now.date || before.hour !== now.hour || before.minute !== now.minute - 1) break
    begin -= MINUTE_MS
    now = before
  }
  return new Date(begin).toISOString()
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What the clocks on the walls of a zone show. */
function clockOf(zone: string, ms: number): { date: string; hour: number; minute: number } {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  formats.set(zone, format)
  const part = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  return {
    date: `${part.get('year')}-${part.get('month')}-${part.get('day')}`,
    hour: Number(part.get('hour')),
    minute: Number(part.get('minute')),
  }
}
