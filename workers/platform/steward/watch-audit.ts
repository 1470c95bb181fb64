/**
 * Remembers where the catalog's audit log stood, and notices when that is no longer in it: so a log that is rewritten, forked or
 * cut off is found out, even if all of it is signed anew.
 */
import { followChain, genesis, type AuditHead } from '@meshloop/access/audit'
import type { AuditReader } from './audit-reader.ts'
import type { World } from './env.ts'
import { settleIncidents, type Breach } from './incidents.ts'
import type { Lease } from './lease.ts'

/** A head that the catalog signed. */
export interface RememberedHead extends AuditHead {
  /** The checkpoint as a compact JWS: the catalog cannot say that it never was. */
  readonly signed: string
  /** RFC 3339 */
  readonly seen_at: string
}

/** What incidents of the log are about. */
export const AUDITED = { id: 'platform.catalog', major: 1 } as const

const EVERY_MS = 5 * 60_000
/** A catalog that shows no log for so long hides it. */
const SILENCE_MS = 30 * 60_000
/** Pages of a thousand entries a look; the next one goes on. */
const PAGES = 6

interface Memory {
  readonly head: RememberedHead | null
  readonly lookedMs: number
  readonly problem: string | null
}

/** What a look found: the head to remember from now on, and what is wrong. */
interface Look {
  readonly head: RememberedHead | null
  readonly problem: string | null
}

/**
 * Looks if it is time. What is wrong with the log is an incident, which stays until a look finds the remembered head in its
 * place again.
 *
 * @throws {LeaseLost}
 */
export async function watchAudit(
  { db, audit, now }: Pick<World, 'db' | 'audit' | 'now'>,
  lease: Lease,
): Promise<void> {
  const memory = await recall(db, lease, now())
  if (now() - memory.lookedMs < EVERY_MS) return
  const at = new Date(now()).toISOString()
  const looked = await look(audit, memory.head, at).catch(() => undefined)
  const silent = `nobody could read it since ${new Date(memory.lookedMs).toISOString()}`
  const problem = looked
    ? looked.problem
    : (memory.problem ?? (now() - memory.lookedMs > SILENCE_MS ? silent : null))
  const head = looked?.head ?? memory.head
  await lease.write([
    db
      .prepare(
        `UPDATE audit SET seq = ?1, hash = ?2, signed = ?3, seen_at = ?4, problem = ?5, looked_at = coalesce(?6, looked_at)`,
      )
      .bind(
        head?.seq ?? null,
        head?.hash ?? null,
        head?.signed ?? null,
        head?.seen_at ?? null,
        problem,
        looked ? at : null,
      ),
  ])
  await settleIncidents(db, lease, { rules: ['audit'], breaches: breachesOf(problem), nowMs: now() })
}

/** The head that is remembered; null before the first. */
export async function rememberedHead(db: D1Database): Promise<RememberedHead | null> {
  return db
    .prepare('SELECT seq, hash, signed, seen_at FROM audit WHERE seq IS NOT NULL')
    .first<RememberedHead>()
}

/** Before the first look the clock of silence begins. */
async function recall(db: D1Database, lease: Lease, now: number): Promise<Memory> {
  const read = () =>
    db.prepare('SELECT looked_at, problem FROM audit').first<{ looked_at: string; problem: string | null }>()
  const row = await read()
  if (row)
    return { head: await rememberedHead(db), lookedMs: Date.parse(row.looked_at), problem: row.problem }
  const begin = now - EVERY_MS
  await lease.write([
    db
      .prepare('INSERT INTO audit (one, looked_at) VALUES (1, ?1) ON CONFLICT DO NOTHING')
      .bind(new Date(begin).toISOString()),
  ])
  return { head: null, lookedMs: begin, problem: null }
}

const breachesOf = (problem: string | null): readonly Breach[] =>
  problem === null ? [] : [{ product: AUDITED, rule: 'audit', detail: problem }]

/** Rejects while the catalog does not answer. */
async function look(audit: AuditReader, head: RememberedHead | null, at: string): Promise<Look> {
  const lost = head && (await misplaced(audit, head))
  if (lost) return { head, problem: lost }
  const reach = (head?.seq ?? 0) + PAGES * 1_000
  const next = (await audit.checkpoints(head?.seq ?? 0)).findLast(({ seq }) => seq <= reach)
  if (!next) return { head, problem: null }
  const checkpoint = await audit.verify(next.signed)
  if (typeof checkpoint === 'string')
    return {
      head,
      problem: `the checkpoint of entry ${next.seq} is not signed by the catalog (${checkpoint})`,
    }
  const { reached, problem } = await follow(audit, head ?? genesis, checkpoint.seq)
  if (problem !== null) return { head, problem }
  if (reached.seq !== checkpoint.seq || reached.hash !== checkpoint.hash)
    return {
      head,
      problem: `at entry ${checkpoint.seq} it is another log than the one that the catalog signed`,
    }
  return { head: { ...reached, signed: next.signed, seen_at: at }, problem: null }
}

/** Why a head is not in the log; null if it is. */
async function misplaced(audit: AuditReader, { seq, hash }: AuditHead): Promise<string | null> {
  const [link] = await audit.chain(seq - 1)
  if (!link) return `it ends before entry ${seq}, which the catalog signed: its end was cut off`
  return link.seq === seq && link.hash === hash
    ? null
    : `entry ${seq} is another one than the catalog signed: it was rewritten`
}

async function follow(
  audit: AuditReader,
  from: AuditHead,
  until: number,
): Promise<{ readonly reached: AuditHead; readonly problem: string | null }> {
  let reached = from
  for (let page = 0; page < PAGES && reached.seq < until; page++) {
    const links = (await audit.chain(reached.seq)).filter(({ seq }) => seq <= until)
    const { head, wrongSeq } = await followChain(reached, links)
    if (wrongSeq !== null)
      return { reached, problem: `entry ${wrongSeq} does not follow from the one before it` }
    if (links.length === 0) break
    reached = head
  }
  return { reached, problem: null }
}
