/** `mesh audit verify`: proves that the catalog's audit log is what it always was, or names the first entry that is not. */
import type { AuditEntry } from '@meshloop/access/audit'
import { createCheckpointVerifier } from '@meshloop/access/checkpoint'
import { fetchChain, fetchCheckpoints, fetchEntries, fetchStewardHead } from '../audit/fetch-log.ts'
import { readHeads, rememberedHeadsPath, rememberHead } from '../audit/remembered-heads.ts'
import { verifyLog, type Anchor, type JudgedCheckpoint, type Proof } from '../audit/verify-log.ts'
import { findTarget, type CommandContext, type Target } from '../mesh/target.ts'
import { MeshError } from '../mesh-error.ts'
import { count, printable } from '../terminal.ts'

/** Options of `mesh audit verify`. */
export interface AuditVerifyOptions {
  readonly url?: string
  /** A file of heads beside those that this machine remembers. */
  readonly anchor?: string
  /** Where the steward answers. Default: where the catalog does. */
  readonly steward?: string
}

const timeoutMs = 10_000

/** Verifies and remembers the head. @throws {MeshError} `audit_broken`, with everything that does not fit */
export async function verifyAudit(options: AuditVerifyOptions, context: CommandContext): Promise<void> {
  const target = findTarget(context, options.url)
  const path = rememberedHeadsPath(target, context)
  // What others remember comes first: a log that grows meanwhile only grows beyond it.
  const anchors = await anchorsOf(target, path, options)
  const checkpoints = await judgedCheckpoints(target.url)
  const links = await fetchChain(target.url)
  const { entries, isWhole } = await readableEntries(target, context, links.length)
  const proof = await verifyLog({ links, entries: entries ?? [], isWhole, checkpoints, anchors })
  if (proof.breaks.length > 0) throw broken(target, proof)
  context.terminal.out(
    report(target, { proof, entries, checkpoints, anchors, path }).map(printable).join('\n') + '\n',
  )
  if (proof.head.seq > 0) rememberHead(path, proof.head, new Date().toISOString())
}

async function anchorsOf(
  { url }: Target,
  path: string,
  { anchor, steward = url }: AuditVerifyOptions,
): Promise<readonly Anchor[]> {
  const given = anchor === undefined ? [] : readHeads(anchor)
  if (anchor !== undefined && given.length === 0)
    throw new MeshError('file_unreadable', `${anchor} holds no head of an audit log.`)
  const remembered = await fetchStewardHead(steward.replace(/\/+$/, ''))
  return [
    ...readHeads(path).map((head) => ({ ...head, by: 'this machine' })),
    ...given.map((head) => ({ ...head, by: anchor ?? '' })),
    ...(remembered ? [remembered] : []),
  ]
}

async function judgedCheckpoints(issuer: string): Promise<readonly JudgedCheckpoint[]> {
  const verify = createCheckpointVerifier({ issuer, fetch, now: Date.now, timeoutMs })
  const judged: JudgedCheckpoint[] = []
  for (const { seq, signed } of await fetchCheckpoints(issuer))
    judged.push({ seq, verdict: await verify(signed) })
  return judged
}

/** The operator reads all, an owner what concerns its domain, and others none: null. Entries newer than the chain are left out. */
async function readableEntries(
  target: Target,
  { env }: CommandContext,
  last: number,
): Promise<{ readonly entries: readonly AuditEntry[] | null; readonly isWhole: boolean }> {
  const operatorKey = env['MESH_OPERATOR_KEY'] ?? target.local?.keys.find('platform.catalog', 'OPERATOR_KEY')
  const key = operatorKey ?? env['MESH_KEY']
  if (key === undefined) return { entries: null, isWhole: false }
  try {
    const entries = await fetchEntries(target.url, key)
    return { entries: entries.filter(({ seq }) => seq <= last), isWhole: operatorKey !== undefined }
  } catch (error) {
    if (error instanceof MeshError && error.code === 'request_refused')
      return { entries: null, isWhole: false }
    throw error
  }
}

interface Verified {
  readonly proof: Proof
  readonly entries: readonly AuditEntry[] | null
  readonly checkpoints: readonly JudgedCheckpoint[]
  readonly anchors: readonly Anchor[]
  readonly path: string
}

function report(
  { url }: Target,
  { proof: { head, signedUpTo, unverifiable }, entries, checkpoints, anchors, path }: Verified,
): readonly string[] {
  const span = entries?.length ? `, ${entries[0]?.at} to ${entries.at(-1)?.at}` : ''
  const unknown = unverifiable > 0 ? `; ${count(unverifiable)} by keys that are not published any more` : ''
  return [
    `The audit log of ${url} holds together: ${count(head.seq)} entries${span}.`,
    `  head      ${head.seq} ${head.hash}`,
    entries === null
      ? '  contents  not read: they are for the operator and for owners'
      : `  contents  ${count(entries.length)} of ${count(head.seq)} entries say what their hashes say`,
    signedUpTo === null
      ? `  signed    no checkpoint yet${unknown}`
      : `  signed    ${count(checkpoints.length - unverifiable)} checkpoints, up to entry ${signedUpTo}${unknown}`,
    ...(anchors.length === 0
      ? [
          '  anchors   none: UNANCHORED. Whoever holds the catalog could have written the whole log anew and signed it.',
          `            From now on this head is remembered in ${path}; run this again, also elsewhere.`,
        ]
      : [`  anchors   ${anchorsLine(anchors)}`]),
    'This proves that what was written is there, in its order. It cannot prove that everything was written.',
  ]
}

function anchorsLine(anchors: readonly Anchor[]): string {
  const by = [...Map.groupBy(anchors, (anchor) => anchor.by)]
  return by
    .map(([who, heads]) => `${who} remembers up to ${Math.max(...heads.map(({ seq }) => seq))}`)
    .join('; ')
}

function broken({ url }: Target, { head, breaks }: Proof): MeshError {
  const [first] = breaks
  return new MeshError(
    'audit_broken',
    `The audit log of ${url} is not what it was: entry ${first?.seq ?? head.seq}: ${printable(first?.what ?? '')}.`,
    [
      ...breaks.slice(1, 20).map(({ seq, what }) => printable(`  entry ${seq}: ${what}`)),
      'What comes before can be trusted, nothing from there on. Keep a copy of the database, and ask who could write to it.',
    ].join('\n'),
  )
}
