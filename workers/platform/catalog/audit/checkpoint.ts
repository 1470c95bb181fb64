/** Keeps signed checkpoints of the audit log: who has seen one can prove that the log stood there. */
import { followChain, genesis } from '@meshloop/access/audit'
import { signCheckpoint } from '@meshloop/access/checkpoint'
import { parsePrivateJwks } from '@meshloop/access/issue'
import type { CatalogEnv, World } from '../env.ts'
import { readChain, type KeptCheckpoint } from './read-log.ts'

/** A log that moves is signed so often; one that stands still is not signed again. */
const everyMs = 5 * 60_000
/** So far does one checkpoint go on from the one before; more is for the next run. */
const maxLinks = 5_000

/**
 * Signs where the log stands. What does not follow from the last checkpoint is not signed: the catalog itself gives no
 * signature to a log that was rewritten behind its back.
 *
 * @throws Error that names the first entry which does not follow
 */
export async function keepCheckpoint({ DB, ISSUER, AUDIT_KEY }: CatalogEnv, { now }: World): Promise<void> {
  const last = await DB.prepare('SELECT seq, at, hash FROM checkpoints ORDER BY seq DESC LIMIT 1').first<
    Omit<KeptCheckpoint, 'signed'>
  >()
  if (last && now() - Date.parse(last.at) < everyMs) return
  if (last && !(await isInLog(DB, last))) throw broken(last.seq)
  const { items } = await readChain(DB, { after: last?.seq ?? 0, limit: maxLinks })
  if (items.length === 0) return
  const { head, wrongSeq } = await followChain(last ?? genesis, items)
  if (wrongSeq !== null) throw broken(wrongSeq)
  const signed = await signCheckpoint(parsePrivateJwks(AUDIT_KEY, 'AUDIT_KEY').signing, {
    iss: ISSUER,
    iat: Math.floor(now() / 1000),
    seq: head.seq,
    hash: head.hash,
  })
  await DB.prepare('INSERT OR IGNORE INTO checkpoints (seq, at, hash, signed) VALUES (?1, ?2, ?3, ?4)')
    .bind(head.seq, new Date(now()).toISOString(), head.hash, signed)
    .run()
}

const isInLog = async (db: D1Database, { seq, hash }: { seq: number; hash: string }): Promise<boolean> =>
  (await db.prepare('SELECT hash FROM audit WHERE seq = ?1').bind(seq).first<string>('hash')) === hash

const broken = (seq: number): Error =>
  new Error(`The audit log is not what it was: entry ${seq} does not follow. No checkpoint is signed.`)
