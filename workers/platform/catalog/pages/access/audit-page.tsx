/** The audit log for those who answer for something: what was done, by whom, and where the chain stands. */
import type { AuditHead } from '@meshloop/access/audit'
import type { KeptCheckpoint, LoggedEntry } from '../../audit/read-log.ts'
import type { Session } from '../../people/sessions.ts'
import { Fact, Section, Table } from '../fact.tsx'
import { formatCount, formatTime } from '../format.ts'
import { lines, text } from '../markdown-text.ts'
import { page } from '../page.tsx'
import { entryWords, reasonOf } from './audit-words.ts'

/** What the page is made of. */
export interface AuditContent {
  /** The newest first. */
  readonly entries: readonly LoggedEntry[]
  /** The page of earlier entries ends with this one; null where the log begins. */
  readonly earlier: number | null
  readonly head: AuditHead
  readonly checkpoint: KeptCheckpoint | null
  /** Who acted, by the name of the log. */
  readonly names: Readonly<Record<string, string>>
}

/** The page. */
export function auditPage({ session, ...content }: AuditContent & { readonly session: Session }) {
  const { entries, earlier, head, checkpoint, names } = content
  const children = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / Audit
      </p>
      <h1>Audit log</h1>
      <p class="lead">
        What was done about access in your domains, and by whom. Each entry is chained to the one before it,
        so that nothing is changed or cut away unseen.
      </p>
      <dl class="facts">
        <Fact name="Entries in all">{formatCount(head.seq)}</Fact>
        <Fact name="Head of the chain">
          <code class="hash">{head.hash}</code>
        </Fact>
        <Fact name="Last signed">
          {checkpoint === null ? 'not yet' : `entry ${checkpoint.seq}, ${formatTime(checkpoint.at)}`}
        </Fact>
        <Fact name="Prove it">
          <a href="/audit/chain.json">chain</a> · <a href="/audit/checkpoints.json">signed checkpoints</a> ·{' '}
          <code>mesh audit verify</code>
        </Fact>
      </dl>
      <Section id="entries" title="What was done">
        {entries.length === 0 ? (
          <p class="empty">Nothing in this part of the log concerns your domains.</p>
        ) : (
          <Table label="Entries" columns={['Entry', 'When', 'Who', 'What', 'Why']}>
            {entries.map((entry) => (
              <tr>
                <th scope="row">{entry.seq}</th>
                <td>
                  <time datetime={entry.at}>{formatTime(entry.at)}</time>
                </td>
                <td>{names[entry.by] ?? entry.by}</td>
                <td class="said">{entryWords(entry)}</td>
                <td class="said">{reasonOf(entry) ?? ''}</td>
              </tr>
            ))}
          </Table>
        )}
        {earlier !== null && (
          <p class="buttons">
            <a class="button" href={`/audit?until=${earlier}`}>
              Earlier entries
            </a>
          </p>
        )}
      </Section>
    </article>
  )
  return page({ title: 'Audit log', twins: '/audit', session, children })
}

/** Its twin. */
export const auditMarkdown = ({ entries, earlier, head, checkpoint, names }: AuditContent): string =>
  lines([
    '# Audit log',
    '',
    `- Entries in all: ${head.seq}; head ${head.hash}`,
    `- Last signed: ${checkpoint === null ? 'not yet' : `entry ${checkpoint.seq}, ${checkpoint.at}`}`,
    ...(earlier === null ? [] : [`- Earlier: /audit.md?until=${earlier}`]),
    '',
    ...entries.map((entry) => {
      const reason = reasonOf(entry)
      const why = reason === null ? '' : `: ${text(reason)}`
      return `- ${entry.seq}, ${entry.at}: ${text(names[entry.by] ?? entry.by)} ${text(entryWords(entry))}${why}`
    }),
    ...(entries.length === 0 ? ['Nothing in this part of the log concerns your domains.'] : []),
  ])
