/** Who would break: changes that break readers, held against what each of them reads. */
import type { Comparison, Finding, Use } from './finding.ts'

/** A consumer whom a change would break, with the findings that do. */
export interface Affected {
  readonly consumer: string
  readonly findings: readonly Finding[]
}

/**
 * Consumers that would break, in the order of `uses`, each once. A finding without fields concerns everybody; a use
 * without fields is concerned by everything.
 */
export function affected(
  { findings }: Pick<Comparison, 'findings'>,
  uses: readonly Use[],
): readonly Affected[] {
  const breaking = findings.filter(({ readers }) => readers === 'breaks')
  const consumers = new Map<string, Use[]>()
  for (const use of uses) consumers.set(use.consumer, [...(consumers.get(use.consumer) ?? []), use])
  return [...consumers]
    .map(([consumer, own]) => ({
      consumer,
      findings: breaking.filter((finding) => own.some((use) => concerns(finding, use))),
    }))
    .filter((one) => one.findings.length > 0)
}

const concerns = (finding: Finding, { fields }: Use): boolean =>
  finding.fields === undefined || fields === null || finding.fields.some((name) => fields.includes(name))
