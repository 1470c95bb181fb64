/** Asks a product something, with a token of the catalog that allows a check and no more. */
import { fetchJson } from '@meshloop/access/fetch-json'
import type * as z from 'zod'
import { sellToken } from '../tokens/sell-token.ts'
import { tillOf } from '../tokens/till.ts'
import type { CatalogEnv, World } from '../env.ts'
import type { Product } from './product.ts'

const timeoutMs = 2_000
const maxBytes = 256 * 1024
/** An answer serves all pages of so long. */
const rememberedMs = 5_000

/** An answer of a product. */
export interface Answer<T> {
  /** Undefined if there was none that could be read: then nothing is known. */
  readonly document: T | undefined
  /** When it was asked, in milliseconds since 1970. */
  readonly at: number
}

/** Asks one product. */
export type Ask<T> = (env: CatalogEnv, product: Pick<Product, 'id' | 'major' | 'url'>) => Promise<Answer<T>>

/** Asks for `path` (`/status`) of products. Keep one per isolate: it remembers answers for five seconds. */
export function createAsk<T>({ fetch, now, newId }: World, path: string, schema: z.ZodType<T>): Ask<T> {
  const answers = new Map<string, Answer<T>>()

  return async function ask(env, product) {
    const remembered = answers.get(product.url)
    if (remembered && now() - remembered.at < rememberedMs) return remembered
    const answer = { document: await fetchDocument(env, product), at: now() }
    answers.set(product.url, answer)
    return answer
  }

  async function fetchDocument(
    env: CatalogEnv,
    product: Pick<Product, 'id' | 'major' | 'url'>,
  ): Promise<T | undefined> {
    const { token } = await sellToken(tillOf(env, { now, newId }), {
      subject: 'platform.catalog',
      product,
      rights: { scopes: ['check'] },
      scopes: ['check'],
      keys: [],
      ends: [],
    })
    try {
      const headers = { authorization: `Bearer ${token}` }
      return schema.parse(await fetchJson(product.url + path, { fetch, timeoutMs, maxBytes, headers }))
    } catch {
      // Away, or answering something else: either way nothing is known, and the page says so.
      return undefined
    }
  }
}
