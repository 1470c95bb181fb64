/** The history of a major: what changed with each version, and for whom. */
import type { Finding } from '@meshloop/contract/compare'
import type { ProductDocument } from '../products/documents.ts'
import type { HistoryEntry } from '../products/history-store.ts'
import { Chip, Section } from './fact.tsx'
import { formatTime } from './format.ts'

/** The section. */
export function History({ product: { history, major } }: { product: ProductDocument }) {
  return (
    <Section id="history" title="History">
      <p>Each version of major {major} that was registered, the newest first.</p>
      <ol class="history">
        {history.map((entry) => (
          <Version entry={entry} />
        ))}
      </ol>
    </Section>
  )
}

function Version({ entry }: { entry: HistoryEntry }) {
  const { version, registered_at, registered_by, findings, affected } = entry
  return (
    <li>
      <h3>
        {version} <Chip kind={entry.step === 'major' ? 'error' : 'plain'}>{stepWords(entry)}</Chip>
      </h3>
      <p class="quiet">
        <time datetime={registered_at}>{formatTime(registered_at)}</time> by <code>{registered_by}</code>
      </p>
      {affected.length > 0 && (
        <p>
          Concerns{' '}
          {affected.map(({ client, role, paths }, at) => (
            <>
              {at > 0 && ', '}
              <code>{client}</code>{' '}
              <span class="quiet">
                ({role}: {paths.join(', ')})
              </span>
            </>
          ))}
        </p>
      )}
      <Findings findings={findings} />
    </li>
  )
}

const shown = 5

function Findings({ findings }: { findings: readonly Finding[] }) {
  const rest = findings.slice(shown)
  return (
    <>
      {findings.length > 0 && <List findings={findings.slice(0, shown)} />}
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <List findings={rest} />
        </details>
      )}
    </>
  )
}

function List({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul class="findings">
      {findings.map((finding) => (
        <li>
          <code>{finding.path}</code> {finding.what} <span class="quiet">{forWhom(finding)}</span>
        </li>
      ))}
    </ul>
  )
}

/** What kind of version it was. */
export function stepWords({ step, compared_with }: HistoryEntry): string {
  if (compared_with === null) return 'first that is known'
  return step === 'none' ? `nothing since ${compared_with}` : `${step} change since ${compared_with}`
}

/** `breaks those who read`. */
export function forWhom({ readers, sources }: Finding): string {
  const broken = [readers === 'breaks' && 'those who read', sources === 'breaks' && 'those who send'].filter(
    (side) => side !== false,
  )
  return broken.length > 0 ? `breaks ${broken.join(' and ')}` : 'breaks nobody'
}
