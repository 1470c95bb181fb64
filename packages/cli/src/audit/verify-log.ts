/** Whether an audit log is what it always was: its chain, what its entries say, its signed checkpoints, and remembered heads. */
import {
  contentHash,
  followChain,
  genesis,
  type AuditEntry,
  type AuditHead,
  type AuditLink,
} from '@meshloop/access/audit'
import type { CheckpointVerdict } from '@meshloop/access/checkpoint'

/** A head that somebody else than the catalog remembers. */
export interface Anchor extends AuditHead {
  /** Who remembers it. */
  readonly by: string
}

/** A checkpoint as the catalog shows it, with what its signature turned out to be. */
export interface JudgedCheckpoint {
  readonly seq: number
  readonly verdict: CheckpointVerdict
}

/** Everything that was read. */
export interface Evidence {
  readonly links: readonly AuditLink[]
  /** Those that were read. */
  readonly entries: readonly AuditEntry[]
  /** Whether all may be read: then one that is not shown is missing. */
  readonly isWhole: boolean
  readonly checkpoints: readonly JudgedCheckpoint[]
  readonly anchors: readonly Anchor[]
}

/** Something that is wrong. */
export interface Break {
  /** The first entry that cannot be trusted, as far as this tells. */
  readonly seq: number
  readonly what: string
}

/** What was proved. */
export interface Proof {
  readonly head: AuditHead
  /** All, the first in the log first. */
  readonly breaks: readonly Break[]
  readonly signedUpTo: number | null
  /** Checkpoints by keys that are not published any more. */
  readonly unverifiable: number
}

/** Looks at all of it, and names everything that does not fit. */
export async function verifyLog({ links, entries, isWhole, checkpoints, anchors }: Evidence): Promise<Proof> {
  const { head, wrongSeq } = await followChain(genesis, links)
  const hashAt = new Map(links.slice(0, head.seq).map(({ seq, hash }) => [seq, hash]))
  const stands = ({ seq, hash }: AuditHead): boolean => hashAt.get(seq) === hash
  const signed = checkpoints.flatMap(({ verdict }) => (typeof verdict === 'string' ? [] : [verdict]))
  const breaks = [
    ...(wrongSeq === null
      ? []
      : [
          {
            seq: wrongSeq,
            what: 'it does not follow from the one before it: changed, moved, left out or put in',
          },
        ]),
    ...(await wrongContents(entries, links)),
    ...(isWhole ? hiddenContents(entries, links) : []),
    ...checkpoints
      .filter(({ verdict }) => verdict === 'forged')
      .map(({ seq }) => ({ seq, what: 'its checkpoint is not signed by the catalog' })),
    ...misfits(
      signed.map((head_) => ({ ...head_, by: 'a signed checkpoint' })),
      head,
      stands,
    ),
    ...misfits(anchors, head, stands),
  ]
  const held = signed.filter(stands).map(({ seq }) => seq)
  return {
    head,
    breaks: breaks.toSorted((a, b) => a.seq - b.seq),
    signedUpTo: held.length === 0 ? null : Math.max(...held),
    unverifiable: checkpoints.filter(({ verdict }) => verdict === 'unknown_key').length,
  }
}

async function wrongContents(
  entries: readonly AuditEntry[],
  links: readonly AuditLink[],
): Promise<readonly Break[]> {
  const contentAt = new Map(links.map(({ seq, content }) => [seq, content]))
  const breaks: Break[] = []
  for (const entry of entries) {
    // An entry that was written after the chain was read is for the next time.
    const content = contentAt.get(entry.seq)
    if (content !== undefined && content !== (await contentHash(entry)))
      breaks.push({ seq: entry.seq, what: 'it says something else than its hash' })
  }
  return breaks
}

function hiddenContents(entries: readonly AuditEntry[], links: readonly AuditLink[]): readonly Break[] {
  const shown = new Set(entries.map(({ seq }) => seq))
  return links
    .filter(({ seq }) => !shown.has(seq))
    .map(({ seq }) => ({ seq, what: 'the catalog does not show what it says' }))
}

/** Heads that are not in the log. What lies before the last one that is, is as it was. */
function misfits(
  heads: readonly Anchor[],
  head: AuditHead,
  stands: (head: AuditHead) => boolean,
): readonly Break[] {
  const good = Math.max(0, ...heads.filter(stands).map(({ seq }) => seq))
  return heads
    .filter((each) => !stands(each))
    .map(({ seq, by }) =>
      seq > head.seq
        ? {
            seq: head.seq + 1,
            what: `the log ends before it, but ${by} knows it up to ${seq}: its end was cut off`,
          }
        : {
            seq: Math.min(good + 1, seq),
            what: `at ${seq} the log is another one than ${by} knows: it was rewritten after ${Math.min(good, seq - 1)}`,
          },
    )
}
