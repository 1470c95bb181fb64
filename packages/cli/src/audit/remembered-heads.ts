/** Heads of audit logs that this machine remembers: a line of JSON each, in a file that is only ever added to. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AuditHead } from '@meshloop/access/audit'
import * as z from 'zod'
import type { CommandContext, Target } from '../mesh/target.ts'
import { MeshError } from '../mesh-error.ts'

const headSchema = z.object({
  seq: z.int().min(1),
  hash: z.string().max(64),
  /** RFC 3339 */
  seen_at: z.iso.datetime(),
})

/** Where the heads of that mesh are remembered: with a local mesh's state, so that a mesh that begins anew is not accused. */
export const rememberedHeadsPath = ({ url, local }: Target, { root }: CommandContext): string =>
  local
    ? join(local.running.stateFolder, 'audit-heads.ndjson')
    : join(root, '.meshloop', `audit-heads-${new URL(url).host.replaceAll(':', '-')}.ndjson`)

/** The heads in a file; none if it is not there. @throws {MeshError} `file_unreadable` for a file that holds something else */
export function readHeads(path: string): readonly AuditHead[] {
  if (!existsSync(path)) return []
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => headSchema.parse(JSON.parse(line)))
  } catch (cause) {
    throw new MeshError(
      'file_unreadable',
      `${path} holds no remembered heads of an audit log.`,
      'Each line is JSON with seq, hash and seen_at. Restore the file; without it a log that was rewritten whole is not found out.',
      { cause },
    )
  }
}

/** Adds a head, unless it is the last. */
export function rememberHead(path: string, { seq, hash }: AuditHead, seenAt: string): void {
  const last = readHeads(path).at(-1)
  if (last?.seq === seq && last.hash === hash) return
  mkdirSync(dirname(path), { recursive: true })
  appendFileSync(path, `${JSON.stringify({ seq, hash, seen_at: seenAt })}\n`)
}
