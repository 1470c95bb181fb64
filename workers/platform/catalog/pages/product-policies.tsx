/** What the policies of the mesh and of the domain find about a product, and what is excepted. */
import { stops, type PolicyFinding } from '@meshloop/contract/policies'
import type { ProductDocument } from '../products/documents.ts'
import { Chip, Section } from './fact.tsx'

/** The section. */
export function Policies({ product: { policies } }: { product: ProductDocument }) {
  return (
    <Section id="policies" title="Policies">
      {policies.length === 0 ? (
        <p>
          It keeps every one of <a href="/policies">the policies</a>.
        </p>
      ) : (
        <p>
          Judged today by <a href="/policies">the policies</a> of the mesh and of its domain.
        </p>
      )}
      {policies.length > 0 && (
        <ul class="findings boxed">
          {grouped(policies).map((findings) => (
            <Found findings={findings} />
          ))}
        </ul>
      )}
    </Section>
  )
}

/** Findings of one policy that have the same answer stand together: reason and remedy are said once. */
function grouped(policies: readonly PolicyFinding[]): readonly (readonly PolicyFinding[])[] {
  const groups = new Map<string, PolicyFinding[]>()
  for (const finding of policies) {
    const name = `${finding.policy} ${findingWord(finding)} ${JSON.stringify(finding.excused)}`
    groups.set(name, [...(groups.get(name) ?? []), finding])
  }
  return [...groups.values()]
}

const shown = 5

function Found({ findings }: { findings: readonly PolicyFinding[] }) {
  const [first] = findings
  if (!first) return null
  const { policy, reason, remedy, excused } = first
  const kind = stops(first) ? 'error' : excused ? 'excused' : 'warning'
  const rest = findings.slice(shown)
  return (
    <li class={kind}>
      <p>
        <Chip kind={kind}>{findingWord(first)}</Chip> <code>{policy}</code>
      </p>
      <Problems findings={findings.slice(0, shown)} />
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <Problems findings={rest} />
        </details>
      )}
      <p class="quiet">{reason}</p>
      {excused ? (
        <p>
          Excepted until {excused.expires}; {excused.owner} answers for it: {excused.reason}
        </p>
      ) : (
        <p>{remedy}</p>
      )}
    </li>
  )
}

function Problems({ findings }: { findings: readonly PolicyFinding[] }) {
  return (
    <ul>
      {findings.map(({ path, problem }) => (
        <li>
          <code>{path || 'contract'}</code> {problem}
        </li>
      ))}
    </ul>
  )
}

/** `excepted`, or how bad it is. */
export const findingWord = ({ severity, excused }: PolicyFinding): string => (excused ? 'excepted' : severity)
