/** Reads a catalog's audit log page by page, as far as the key allows, and what the steward remembers of it. */
import { auditEntrySchema, auditLinkSchema, type AuditEntry, type AuditLink } from '@meshloop/access/audit'
import * as z from 'zod'
import { answerOf, request } from '../mesh/mesh-client.ts'
import { MeshError } from '../mesh-error.ts'
import type { Anchor } from './verify-log.ts'

const nextSchema = z.int().min(0).nullable()
const chainSchema = z.object({ links: z.array(auditLinkSchema), next: nextSchema })
const entriesSchema = z.object({ entries: z.array(auditEntrySchema), next: nextSchema })
const checkpointsSchema = z.object({
  checkpoints: z.array(z.object({ seq: z.int().min(1), signed: z.string().max(4_000) })),
  next: nextSchema,
})
const stewardSchema = z.object({
  audit: z.object({ seq: z.int().min(1), hash: z.string().max(64) }).nullable(),
})

/** A checkpoint that nobody has looked at yet. */
export type ShownCheckpoint = z.output<typeof checkpointsSchema>['checkpoints'][number]

/** The whole chain. */
export const fetchChain = (meshUrl: string): Promise<readonly AuditLink[]> =>
  pages(`${meshUrl}/audit/chain.json`, chainSchema, ({ links }) => links)

/** All checkpoints. */
export const fetchCheckpoints = (meshUrl: string): Promise<readonly ShownCheckpoint[]> =>
  pages(`${meshUrl}/audit/checkpoints.json`, checkpointsSchema, ({ checkpoints }) => checkpoints)

/** The entries that `key` may read: all for the operator, those of its domain for an owner. @throws {MeshError} `request_refused` */
export const fetchEntries = (meshUrl: string, key: string): Promise<readonly AuditEntry[]> =>
  pages(`${meshUrl}/audit.json`, entriesSchema, ({ entries }) => entries, { authorization: `Bearer ${key}` })

/** The head that a steward remembers; null if it remembers none, or does not answer. */
export async function fetchStewardHead(stewardUrl: string): Promise<Anchor | null> {
  try {
    const { audit } = await answerOf(await request(`${stewardUrl}/platform/steward/status`), stewardSchema)
    return audit && { ...audit, by: 'the steward' }
  } catch (error) {
    if (error instanceof MeshError) return null
    throw error
  }
}

async function pages<P extends { readonly next: number | null }, T>(
  url: string,
  schema: z.ZodType<P>,
  itemsOf: (page: P) => readonly T[],
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly T[]> {
  const items: T[] = []
  for (let after: number | null = 0; after !== null;) {
    const page: P = await answerOf(await request(`${url}?after=${after}`, { headers }), schema)
    items.push(...itemsOf(page))
    if (page.next !== null && page.next <= after)
      throw new MeshError('not_a_mesh', `${url} gives the same page again.`)
    after = page.next
  }
  return items
}
