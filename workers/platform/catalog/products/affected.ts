/** Who relies on what a new version changes. */
import { affected, type Comparison, type Finding } from '@meshloop/contract/compare'
import type { ConsumerUse } from './usage.ts'

/** Somebody who relied on what was changed. */
export interface Affected {
  /** Id of the consumer or source. */
  readonly client: string
  readonly role: 'reader' | 'source'
  /** Where the changes are, as in the findings: at most 20. */
  readonly paths: readonly string[]
}

/** Readers and sources that the comparison's findings break. */
export function affectedBy(
  comparison: Comparison,
  uses: readonly ConsumerUse[],
  sources: readonly string[],
): readonly Affected[] {
  const readers = affected(comparison, uses).map(({ consumer, findings }) => ({
    client: consumer,
    role: 'reader' as const,
    paths: pathsOf(findings),
  }))
  const breaking = comparison.findings.filter((finding) => finding.sources === 'breaks')
  if (breaking.length === 0) return readers
  return [
    ...readers,
    ...sources.map((client) => ({ client, role: 'source' as const, paths: pathsOf(breaking) })),
  ]
}

/** `risk.fraud (fields.status), purchase.orders.cdnow (all that it sends)`. */
export const affectedWords = (all: readonly Affected[]): string =>
  all.length === 0
    ? 'nobody that the catalog knows'
    : all.map(({ client, paths }) => `${client} (${paths.slice(0, 3).join(', ')})`).join(', ')

const pathsOf = (findings: readonly Finding[]): readonly string[] =>
  [...new Set(findings.map(({ path }) => path))].slice(0, 20)
