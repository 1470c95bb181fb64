/** Reads what the pages of products are made of: the catalog's database, and the products themselves. */
import { listGrants } from '../grants/grant-store.ts'
import { dayOf, type CatalogEnv, type World } from '../env.ts'
import { findDomain } from '../governance/domain-store.ts'
import { listExceptions } from '../governance/exceptions.ts'
import { policyFindings } from '../governance/judge-policies.ts'
import { CatalogError } from '../problems.ts'
import {
  listDocument,
  productDocument,
  type ListDocument,
  type ProductDocument,
} from '../products/documents.ts'
import { noteDrifts } from '../products/drift-store.ts'
import { readHistory } from '../products/history-store.ts'
import { unchanged } from '../products/judge-change.ts'
import { createLiveStates } from '../products/live-state.ts'
import { findProduct, listProducts } from '../products/product-store.ts'
import { searchProducts } from '../products/search.ts'
import { createAskUsage } from '../products/usage.ts'

/** What somebody asks a list for. */
export interface ListQuestion {
  /** Words to search for; null for all. */
  readonly query: string | null
  /** Every major: whoever runs and checks them needs all. Default the greatest of each product. */
  readonly allMajors: boolean
}

/** Reads documents. */
export interface ReadDocuments {
  readonly list: (env: CatalogEnv, question: ListQuestion) => Promise<ListDocument>
  /** The greatest major of a product, or the one asked for. Throws CatalogError `product_unknown`. */
  readonly product: (env: CatalogEnv, id: string, major: string | undefined) => Promise<ProductDocument>
}

/** A product has rarely more than two majors; their use is asked one by one. */
const maxMajorsAsked = 4

/** Keep one per isolate: it remembers what products answered for five seconds. */
export function createReadDocuments(world: World): ReadDocuments {
  const readStates = createLiveStates(world)
  const askUsage = createAskUsage(world)
  const isoNow = () => new Date(world.now()).toISOString()

  return {
    async list(env, { query, allMajors }) {
      const at = isoNow()
      const [all, grants] = await Promise.all([listProducts(env.DB), listGrants(env.DB, at)])
      const hits = query === null ? undefined : await searchProducts(env.DB, query)
      const newest = new Map(all.map(({ id, major }) => [id, major]))
      const listed = allMajors ? all : all.filter(({ id, major }) => newest.get(id) === major)
      const shown = hits
        ? hits
            // What an older major says too is told of the newer one.
            .filter(({ id, major }) => !hits.some((other) => other.id === id && other.major > major))
            .flatMap((hit) => all.find(({ id, major }) => id === hit.id && major === hit.major) ?? [])
        : listed
      const states = await readStates(env, shown)
      const drifts = await noteDrifts(env.DB, shown, states, at)
      return listDocument(shown, query, { all, grants, states, drifts, today: dayOf(at) })
    },

    async product(env, id, asked) {
      const major = asked === undefined ? undefined : /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 0
      const product = await findProduct(env.DB, id, major)
      if (!product) {
        const what = asked === undefined ? id : `${id} with the major ${asked.slice(0, 10)}`
        throw new CatalogError('product_unknown', `No product ${what.slice(0, 100)} is registered.`)
      }
      const at = isoNow()
      const [all, grants, states, history, exceptions, domain] = await Promise.all([
        listProducts(env.DB),
        listGrants(env.DB, at, id),
        readStates(env, [product]),
        readHistory(env.DB, id, product.major),
        listExceptions(env.DB, id),
        findDomain(env.DB, product.domain),
      ])
      const today = dayOf(at)
      const asking = all
        .filter((other) => other.id === id && other.major <= product.major)
        .slice(-maxMajorsAsked)
        .map(async (other) => [other.url, (await askUsage(env, other)).document] as const)
      const [usages, drifts] = await Promise.all([
        Promise.all(asking),
        noteDrifts(env.DB, [product], states, at),
      ])
      const policies = policyFindings(
        product.contract,
        { contract: product.contract, comparison: unchanged },
        { all, domain, exceptions, today },
      )
      const known = { all, grants, states, drifts, today, usages: new Map(usages), history, policies }
      return productDocument(product, known)
    },
  }
}
