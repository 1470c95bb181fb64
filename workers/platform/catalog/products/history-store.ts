/** The history of a product: every version of its contract that was registered, what it changed, and for whom. */
import { majorOf } from '@meshloop/contract'
import type { Finding, Step } from '@meshloop/contract/compare'
import type { PolicyFinding } from '@meshloop/contract/policies'
import type { Affected } from './affected.ts'
import type { Registration } from './product.ts'

/** What the catalog found when it judged a registration. */
export interface Judgement {
  /** Version that it was compared with; null for a product's first. */
  readonly compared_with: string | null
  /** What the changes ask for. */
  readonly step: Step
  readonly findings: readonly Finding[]
  /** Who relied on what was changed. */
  readonly affected: readonly Affected[]
  /** Warnings, and errors that an exception covered. */
  readonly policies: readonly PolicyFinding[]
}

/** One version in the history of a major. */
export interface HistoryEntry extends Judgement {
  readonly version: string
  readonly contract_hash: string
  readonly registered_by: string
  readonly registered_at: string
}

type HistoryRow = Omit<HistoryEntry, 'findings' | 'affected' | 'policies'> & {
  readonly findings: string
  readonly affected: string
  readonly policies: string
}

const columns =
  'version, contract_hash, compared_with, step, findings, affected, policies, registered_by, registered_at'

/** What `products` has as a history entry: a registration from before there was a history. */
const fromProducts = `json_extract(contract, '$.version') AS version, contract_hash, NULL AS compared_with, 'none' AS step,
  '[]' AS findings, '[]' AS affected, '[]' AS policies, registered_by, updated_at AS registered_at`

/** Statement that enters what is registered of this major into its history, if it is not there. */
export function backfillHistory(db: D1Database, id: string, major: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO registrations (product, major, contract, ${columns})
       SELECT id, major, contract, ${fromProducts} FROM products WHERE id = ?1 AND major = ?2
       ON CONFLICT (product, version) DO NOTHING`,
    )
    .bind(id, major)
}

/** Statement that enters a registration; it writes nothing unless the contract of the hash `previous` is still the registered one. */
export function historyEntry(
  db: D1Database,
  { contract, contract_hash, registered_by, at }: Registration,
  judgement: Judgement & { readonly previous: string | null },
): D1PreparedStatement {
  const { compared_with, step, findings, affected, policies, previous } = judgement
  const major = majorOf(contract)
  return db
    .prepare(
      `INSERT INTO registrations (product, major, contract, ${columns})
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
       WHERE (SELECT contract_hash FROM products WHERE id = ?1 AND major = ?2) IS ?13
       ON CONFLICT (product, version) DO NOTHING`,
    )
    .bind(
      contract.id,
      major,
      JSON.stringify(contract),
      contract.version,
      contract_hash,
      compared_with,
      step,
      bounded(findings),
      bounded(affected),
      bounded(policies),
      registered_by,
      at,
      previous,
    )
}

/** The history of one major, the newest first: its last 50 versions. */
export async function readHistory(
  db: D1Database,
  id: string,
  major: number,
): Promise<readonly HistoryEntry[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM registrations WHERE product = ?1 AND major = ?2
       UNION ALL
       SELECT ${fromProducts} FROM products p WHERE id = ?1 AND major = ?2
         AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.product = p.id AND r.contract_hash = p.contract_hash)
       ORDER BY registered_at DESC LIMIT 50`,
    )
    .bind(id, major)
    .all<HistoryRow>()
  const entries = results.map((row) => ({
    ...row,
    // All three were written by historyEntry.
    findings: JSON.parse(row.findings) as Finding[],
    affected: JSON.parse(row.affected) as Affected[],
    policies: JSON.parse(row.policies) as PolicyFinding[],
  }))
  // Versions only go up, also where two came within one millisecond.
  return entries.toSorted((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
}

/** A contract of a megabyte can change in a hundred thousand places; a row of D1 has at most 2 MB, the contract included. */
const maxKeptChars = 200_000
const maxTextChars = 500

/** As many of the items as fit, as a JSON array; what matters most stands first. */
function bounded(items: readonly object[]): string {
  const kept: string[] = []
  let chars = 0
  for (const item of items) {
    const json = JSON.stringify(item, clipped)
    chars += json.length
    if (chars > maxKeptChars) break
    kept.push(json)
  }
  return `[${kept.join(',')}]`
}

const clipped = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > maxTextChars
    ? `${value.slice(0, maxTextChars).toWellFormed()}…`
    : value
