/** Reads the catalog's audit log as anybody may: its chain, and its checkpoints with what their signatures are worth. */
import { auditLinkSchema, type AuditLink } from '@meshloop/access/audit'
import { createCheckpointVerifier, type CheckpointVerdict } from '@meshloop/access/checkpoint'
import { fetchJson, type Fetch } from '@meshloop/access/fetch-json'
import * as z from 'zod'

/** What the steward asks the audit log. Everything rejects while the catalog does not answer. */
export interface AuditReader {
  /** Checkpoints of entries after `seq`, the oldest first; one page. */
  readonly checkpoints: (
    after: number,
  ) => Promise<readonly { readonly seq: number; readonly signed: string }[]>
  /** Links after `seq`; one page of a thousand. */
  readonly chain: (after: number) => Promise<readonly AuditLink[]>
  readonly verify: (signed: string) => Promise<CheckpointVerdict>
}

const chainSchema = z.object({ links: z.array(auditLinkSchema).max(1_000) })
const checkpointsSchema = z.object({
  checkpoints: z.array(z.object({ seq: z.int().min(1), signed: z.string().max(4_000) })).max(1_000),
})
const timeoutMs = 3_000
const maxBytes = 2 * 1024 * 1024

/** A reader of the log of `issuer`. Keep one per isolate: it holds the catalog's keys. */
export function createAuditReader(issuer: string, fetch: Fetch, now: () => number): AuditReader {
  const read = async <T>(path: string, after: number, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(await fetchJson(`${issuer}/audit/${path}?after=${after}`, { fetch, timeoutMs, maxBytes }))
  return {
    checkpoints: async (after) => (await read('checkpoints.json', after, checkpointsSchema)).checkpoints,
    chain: async (after) => (await read('chain.json', after, chainSchema)).links,
    verify: createCheckpointVerifier({ issuer, fetch, now, timeoutMs }),
  }
}
