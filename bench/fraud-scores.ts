/**
 * How well the hand-set points of risk.fraud tell fraud: `pnpm bench:fraud [seed …]`.
 *
 * The simulator makes 60 days of 500 customers with labels. Each order is scored as the newest one, with what was known
 * at its moment: the newest version of each order by then and the account events so far. Orders of the first two weeks warm
 * the histories up and are not judged.
 */
// Benches measure the insides of Workers, which export nothing but their contracts.
// oxlint-disable-next-line meshloop/layers -- see above
import { riskContext } from '../workers/risk/fraud/context.ts'
// oxlint-disable-next-line meshloop/layers -- see above
import { eventsBetween, type ShopEvent } from '../workers/shop/simulator/src/events.ts'
// oxlint-disable-next-line meshloop/layers -- see above
import { labelsBetween } from '../workers/shop/simulator/src/labels.ts'
// oxlint-disable-next-line meshloop/layers -- see above
import { createShop } from '../workers/shop/simulator/src/shop.ts'

const DAY = 86_400_000
const DAYS = 60
const WARM_UP_DAYS = 14
const END = Date.UTC(2026, 10, 1)
/** No sign alone reaches it (points.ts). */
const SEVERAL_SIGNS = 500

type OrderRecord = Extract<ShopEvent, { product: 'purchase.orders' }>['record']
type AccountRecord = Extract<ShopEvent, { product: 'customer.accounts' }>['record']

/** An order at its moment. */
interface Scored {
  readonly score: number
  readonly fraud: boolean
  /** `ordinary` without a label. */
  readonly scenario: string
}

const seeds = process.argv.slice(2).map(Number)
for (const seed of seeds.length > 0 ? seeds : [1, 2, 3]) report(seed, scoreAll(seed))

function scoreAll(seed: number): Scored[] {
  const shop = createShop({ seed })
  const startMs = END - DAYS * DAY
  const labels = new Map(labelsBetween(shop, startMs, END).map((label) => [label.order_id, label]))
  const orders = new Map<string, Map<string, OrderRecord>>()
  const accounts = new Map<string, AccountRecord[]>()
  const scored: Scored[] = []
  for (const event of eventsBetween(shop, startMs, END)) {
    const { customer_id } = event.record
    if (event.product === 'customer.accounts')
      accounts.set(customer_id, [...(accounts.get(customer_id) ?? []), event.record])
    if (event.product !== 'purchase.orders') continue
    // Orders from before the beginning are only known by their later versions: their history has no first one.
    const own = orders.get(customer_id) ?? new Map<string, OrderRecord>()
    orders.set(customer_id, own.set(event.record.order_id, event.record))
    if (event.record.status !== 'placed' || event.atMs < startMs + WARM_UP_DAYS * DAY) continue
    const history = [...own.values()].sort((a, b) => (a.placed_at < b.placed_at ? -1 : 1)).slice(-256)
    const record = riskContext(customer_id, history, (accounts.get(customer_id) ?? []).slice(-64))
    const { fraud = false, scenario = 'ordinary' } = labels.get(event.record.order_id) ?? {}
    scored.push({ score: record?.score ?? 0, fraud, scenario })
  }
  return scored
}

function report(seed: number, scored: readonly Scored[]): void {
  const frauds = scored.filter(({ fraud }) => fraud)
  const honest = scored.filter(({ fraud }) => !fraud)
  const threshold = thresholdAt(honest, 0.01)
  const share = (of: readonly Scored[]): string =>
    `${String(atLeast(of, threshold)).padStart(4)} of ${String(of.length).padStart(5)}`
  console.log(
    `\nseed ${seed}: ${scored.length} orders, ${frauds.length} fraud (${percent(frauds.length / scored.length)})`,
  )
  console.log(`average precision            ${averagePrecision(scored).toFixed(3)}`)
  console.log(
    `recall at 1 % false positives ${percent(atLeast(frauds, threshold) / frauds.length)} (score ≥ ${threshold})`,
  )
  console.log(
    `score ≥ ${SEVERAL_SIGNS}                  ${atLeast(frauds, SEVERAL_SIGNS)} of ${frauds.length} frauds, ${atLeast(honest, SEVERAL_SIGNS)} of ${honest.length} honest orders`,
  )
  console.log('flagged at that score')
  for (const [name, of] of groups(frauds)) console.log(`  fraud   ${name.padEnd(18)}${share(of)}`)
  for (const [name, of] of groups(honest)) console.log(`  honest  ${name.padEnd(18)}${share(of)}`)
}

function atLeast(of: readonly Scored[], threshold: number): number {
  return of.filter(({ score }) => score >= threshold).length
}

function groups(of: readonly Scored[]): [string, Scored[]][] {
  return [...Map.groupBy(of, ({ scenario }) => scenario)].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The least score that at most this share of honest orders reaches. */
function thresholdAt(honest: readonly Scored[], share: number): number {
  const scores = honest.map(({ score }) => score).sort((a, b) => b - a)
  return (scores[Math.floor(scores.length * share)] ?? 0) + 1
}

/** Mean precision at each fraud, from the highest score down; orders of one score are taken together. */
function averagePrecision(scored: readonly Scored[]): number {
  const byScore = [...Map.groupBy(scored, ({ score }) => score)].sort(([a], [b]) => b - a)
  const all = scored.filter(({ fraud }) => fraud).length
  let seen = 0
  let found = 0
  let sum = 0
  for (const [, of] of byScore) {
    const hits = of.filter(({ fraud }) => fraud).length
    seen += of.length
    found += hits
    sum += (hits / all) * (found / seen)
  }
  return sum
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
