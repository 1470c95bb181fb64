/** A product's flags port as the steward calls it; what it answers is checked. */
import * as z from 'zod'
import type { World } from './env.ts'
import type { Product } from './products.ts'

const name = z.string().length(43)
const bytes = z.base64().transform((text) => Uint8Array.fromBase64(text))

const preparedSchema = z.object({
  aud: z.string().max(200),
  fence: z.int(),
  log_empty: z.boolean(),
  keys: z.array(z.object({ kid: z.string(), x: z.string() })).min(1),
  pages: z.array(z.object({ name, value: bytes })).max(1_000),
  more: z.boolean(),
})
const committedSchema = z.object({
  pending: z.int(),
  is_new: z.boolean(),
  head: z
    .object({
      epoch: z.int(),
      value: bytes,
      pages: z.int(),
      entries: z.int(),
      as_of: z.iso.datetime().nullable(),
    })
    .nullable(),
})
const logSchema = z.object({ heads: z.array(z.object({ fingerprint: name })) })

/** A portion of pages, and what names the run. */
export type Prepared = z.output<typeof preparedSchema>
/** A committed head, if there is one. */
export type Committed = z.output<typeof committedSchema>

/** The calls. Each throws ClientError. */
export interface FlagsPort {
  readonly prepare: (
    portion: {
      readonly fence: number
      readonly acknowledged?: readonly string[]
      readonly lost?: readonly string[]
    } | null,
  ) => Promise<Prepared>
  readonly commit: (closing: object) => Promise<Committed>
  /** Fingerprints of all heads that readers may still accept. */
  readonly log: () => Promise<readonly string[]>
}

/** Encoding many pages takes longer than other calls. */
const TIMEOUT_MS = 20_000

/** The flags port of a product. */
export function flagsPort(
  { client }: Pick<World, 'client'>,
  { id, major }: Pick<Product, 'id' | 'major'>,
): FlagsPort {
  const ref = { product: id, major }
  const post = async (path: `/${string}`, body: object): Promise<unknown> =>
    (
      await client.call(ref, 'flags', path, {
        method: 'POST',
        body: JSON.stringify(body),
        timeoutMs: TIMEOUT_MS,
      })
    ).json
  return {
    prepare: async (portion) => preparedSchema.parse(await post('/flags/prepare', portion ?? {})),
    commit: async (closing) => committedSchema.parse(await post('/flags/commit', closing)),
    log: async () => {
      const { json } = await client.call(ref, 'flags', '/flags/log')
      return logSchema.parse(json).heads.map(({ fingerprint }) => fingerprint)
    },
  }
}
