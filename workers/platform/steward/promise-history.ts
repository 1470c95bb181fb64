/** The last finding on each promise of each product, and since when it closes a gate. */
import type { Product } from './products.ts'
import type { Finding } from './promises.ts'

/** The last finding on a promise, with what came before it. */
export interface Kept {
  readonly product: Pick<Product, 'id' | 'major'>
  readonly rule: Finding['rule']
  readonly isKept: boolean
  readonly detail: string
  /** As the product told it. */
  readonly evidence: unknown
  /** Findings in a row that close a gate, this one included. */
  readonly badRuns: number
  /** Unix ms; null when this one closes none. */
  readonly badSinceMs: number | null
}

/** What is found of one product. */
interface Found {
  readonly product: Pick<Product, 'id' | 'major'>
  readonly findings: readonly Finding[]
}

/** The evidence of one finding has up to 60 kB, and D1 takes 2 MB as one value. */
const FINDINGS_A_STATEMENT = 20

/** The statements that remember what was found; of products without findings what was found before stays. */
export function rememberFindings(db: D1Database, found: readonly Found[], at: string): D1PreparedStatement[] {
  const rows = found.flatMap(({ product, findings }) =>
    findings.map(({ rule, isKept, detail, evidence, closesGate }) => [
      product.id,
      product.major,
      rule,
      Number(isKept),
      detail,
      JSON.stringify(evidence),
      Number(closesGate),
    ]),
  )
  const portions = Array.from({ length: Math.ceil(rows.length / FINDINGS_A_STATEMENT) }, (_, n) =>
    rows.slice(n * FINDINGS_A_STATEMENT, (n + 1) * FINDINGS_A_STATEMENT),
  )
  return portions.map((portion) =>
    db
      .prepare(
        `INSERT INTO promises (id, major, rule, is_kept, detail, evidence, bad_runs, bad_since)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
           CASE value ->> 6 WHEN 1 THEN ?2 END
         FROM json_each(?1) WHERE true
         ON CONFLICT (id, major, rule) DO UPDATE SET is_kept = excluded.is_kept, detail = excluded.detail,
           evidence = excluded.evidence,
           bad_runs = CASE excluded.bad_runs WHEN 0 THEN 0 ELSE bad_runs + 1 END,
           bad_since = CASE excluded.bad_runs WHEN 0 THEN NULL ELSE coalesce(bad_since, excluded.bad_since) END`,
      )
      .bind(JSON.stringify(portion), at),
  )
}

/** The last finding on each promise of all products. */
export async function readPromises(db: D1Database): Promise<Kept[]> {
  const { results } = await db
    .prepare(
      'SELECT id, major, rule, is_kept, detail, evidence, bad_runs, bad_since FROM promises ORDER BY rule',
    )
    .all<{
      id: string
      major: number
      rule: Finding['rule']
      is_kept: number
      detail: string
      evidence: string
      bad_runs: number
      bad_since: string | null
    }>()
  return results.map(({ id, major, rule, is_kept, detail, evidence, bad_runs, bad_since }) => ({
    product: { id, major },
    rule,
    isKept: is_kept === 1,
    detail,
    evidence: JSON.parse(evidence) as unknown, // written above
    badRuns: bad_runs,
    badSinceMs: bad_since === null ? null : Date.parse(bad_since),
  }))
}
