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
      <ul class="findings boxed">
        {policies.map((finding) => (
          <Found finding={finding} />
        ))}
      </ul>
    </Section>
  )
}

function Found({ finding }: { finding: PolicyFinding }) {
  const { policy, path, problem, reason, remedy, excused } = finding
  return (
    <li class={stops(finding) ? 'error' : excused ? 'excused' : 'warning'}>
      <p>
        <Chip kind={stops(finding) ? 'error' : excused ? 'plain' : 'warning'}>{findingWord(finding)}</Chip>{' '}
        <code>{path || 'contract'}</code> {problem}
      </p>
      <p class="quiet">
        <code>{policy}</code>: {reason}
      </p>
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

/** `excepted`, or how bad it is. */
export const findingWord = ({ severity, excused }: PolicyFinding): string => (excused ? 'excepted' : severity)
