/** The little of Workers KV that reading needs; a KVNamespace satisfies it. */
import type { Bytes } from './bytes.ts'

/** Anything that gives a value's bytes by its key: a KV namespace, or the product's HTTPS as second source. */
export interface FlagKv {
  /** `cacheTtl`: seconds for which the location may answer from its own copy. */
  get(key: string, options: { type: 'arrayBuffer'; cacheTtl?: number }): Promise<ArrayBuffer | null>
}

/** A value's bytes, null if there is none, or that KV failed. */
export async function getBytes(
  kv: FlagKv,
  key: string,
  cacheTtlSeconds: number,
): Promise<Bytes | null | 'kv_error'> {
  try {
    const value = await kv.get(key, { type: 'arrayBuffer', cacheTtl: cacheTtlSeconds })
    return value === null ? null : new Uint8Array(value)
  } catch {
    return 'kv_error'
  }
}
