/** Measurements as people read them: two ways of the same work, in turns within one run, as medians and a ratio. */
import autocannon from 'autocannon'

/** One thing that was measured. */
export interface Figure {
  readonly what: string
  /** Ours: the median. */
  readonly ours: number
  /** What it is held against, measured in turns with it; undefined for a figure by itself. */
  readonly other?: number
  readonly unit: string
  /** What the ratio `ours / other` (or, without other, `ours`) should be at least, or at most. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number }
}

/** A request that is sent again and again. */
export interface Load {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: 'GET' | 'POST'
  readonly body?: string
  /** URLs that are asked in turn instead of `url`, so that no answer is a repeat. */
  readonly urls?: readonly string[]
}

/** How long each turn lasts, and how many there are of each side. */
export interface Turns {
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
}

const usual: Turns = { seconds: 2, rounds: 5, connections: 16 }

/** Requests per second of two loads, in turns: the medians. Every answer must be one of success (304 included). */
export async function requestsPerSecond(
  ours: Load,
  other: Load,
  turns: Turns = usual,
): Promise<{ readonly ours: number; readonly other: number }> {
  const rates: { ours: number[]; other: number[] } = { ours: [], other: [] }
  await rateOf(ours, { ...turns, seconds: 1 })
  await rateOf(other, { ...turns, seconds: 1 })
  for (let round = 0; round < turns.rounds; round++) {
    rates.ours.push(await rateOf(ours, turns))
    rates.other.push(await rateOf(other, turns))
  }
  return { ours: median(rates.ours), other: median(rates.other) }
}

async function rateOf(
  { url, urls, headers = {}, method = 'GET', body }: Load,
  turns: Turns,
): Promise<number> {
  const shared = { headers: { ...headers }, method, ...(body === undefined ? {} : { body }) }
  const requests = urls?.map((each) => {
    const { pathname, search } = new URL(each)
    return { ...shared, path: pathname + search }
  })
  const result = await autocannon({
    url: urls?.[0] ?? url,
    connections: turns.connections,
    duration: turns.seconds,
    ...shared,
    ...(requests ? { requests } : {}),
  })
  const failed = result.errors + result.timeouts + result['4xx'] + result['5xx']
  if (failed > 0 || result.requests.total === 0)
    throw new Error(`${url}: ${failed} of ${result.requests.total} requests failed`)
  return result.requests.total / result.duration
}

/** The middle value. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

/** Milliseconds of a piece of work. */
export async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

/** What is measured together, by itself or with all other parts. */
export interface Part {
  readonly title: string
  readonly measure: () => Promise<readonly Figure[]>
}

/** Measures one part after the other and prints each as a table; with `--json` all of them as one JSON document at the end. */
export async function run(parts: readonly Part[]): Promise<void> {
  const isJson = process.argv.includes('--json')
  const measured: object[] = []
  for (const { title, measure } of parts) {
    const figures = await measure()
    measured.push({ title, figures: figures.map((each) => ({ ...each, met: isMet(each) })) })
    if (!isJson) report(title, figures)
  }
  if (isJson) console.log(JSON.stringify(measured, undefined, 2))
}

/** Prints the figures as a table. */
export function report(title: string, figures: readonly Figure[]): void {
  const rows = [['', 'ours', 'other', 'unit', 'ratio', 'target', ''], ...figures.map(cells)]
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  console.log(`\n${title}`)
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
}

function cells(figure: Figure): string[] {
  const { what, ours, other, unit, target } = figure
  const met = isMet(figure)
  return [
    what,
    shortOf(ours),
    other === undefined ? '' : shortOf(other),
    unit,
    other === undefined ? '' : (ours / other).toFixed(2),
    target === undefined ? '' : 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`,
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]
}

const shortOf = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

function isMet({ ours, other, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined
  const value = other === undefined ? ours : ours / other
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
