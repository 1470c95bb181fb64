/** What products there are, by the catalog; while it is away, by what it last said. */
import { durationMs } from '@meshloop/contract'
import * as z from 'zod'
import type { World } from './env.ts'
import type { Lease } from './lease.ts'

const productSchema = z.object({
  id: z.string().max(65),
  major: z.int().min(1),
  freshness: z.string(),
  inputs: z.array(z.object({ product: z.string(), major: z.int() })).max(100),
  /** Name of the flag set. */
  flags: z.string().max(31).nullable(),
  /** Promises that must hold for its flags to count as fresh. */
  gate: z.array(z.string().max(31)).max(20),
  /** Of the contract as it was registered; null of a product that was remembered before the catalog was asked for it. */
  contract_hash: z.string().max(100).nullable().default(null),
})
const listSchema = z.object({ products: z.array(productSchema).max(500) })

/** A product as the steward needs to know it. */
export type Product = Readonly<z.output<typeof productSchema>>

/** The products, inputs before what is made of them. */
export interface Discovered {
  readonly products: readonly Product[]
  /** Whether the catalog answered just now. */
  readonly isCurrent: boolean
}

/** Asks the catalog and remembers its answer. @throws {LeaseLost} */
export async function discover(world: World, lease: Lease): Promise<Discovered> {
  const { db } = world
  try {
    const { products } = listSchema.parse(await world.readCatalog())
    const definitions = JSON.stringify(
      products.map((product) => [product.id, product.major, JSON.stringify(product)]),
    )
    await lease.write([
      db
        .prepare(
          `INSERT INTO products (id, major, definition)
           SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true
           ON CONFLICT (id, major) DO UPDATE SET definition = excluded.definition`,
        )
        .bind(definitions),
      db
        .prepare(
          'DELETE FROM products WHERE (id, major) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))',
        )
        .bind(definitions),
      db
        .prepare(
          'DELETE FROM promises WHERE (id, major) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))',
        )
        .bind(definitions),
    ])
    return { products: inputsFirst(products), isCurrent: true }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'lease_lost') throw error
    return { products: inputsFirst(await remembered(db)), isCurrent: false }
  }
}

/** Milliseconds of the promised freshness; 0 for a promise that cannot be read, which is then never kept. */
export const promisedMs = ({ freshness }: Product): number => durationMs(freshness) ?? 0

/** Names a product in maps and reports. */
export const nameOf = ({ id, major }: Pick<Product, 'id' | 'major'>): string => `${id}/v${major}`

/** Inputs first; of products in a ring, which no catalog should have, those come as they stand. */
export function inputsFirst(products: readonly Product[]): readonly Product[] {
  const left = new Map(products.map((product) => [nameOf(product), product]))
  const ordered: Product[] = []
  const isWaiting = ({ inputs }: Product) =>
    inputs.some(({ product, major }) => left.has(nameOf({ id: product, major })))
  while (left.size > 0) {
    const all = [...left.values()]
    const ready = all.filter((product) => !isWaiting(product))
    for (const product of ready.length > 0 ? ready : all) {
      left.delete(nameOf(product))
      ordered.push(product)
    }
  }
  return ordered
}

async function remembered(db: D1Database): Promise<Product[]> {
  const { results } = await db
    .prepare('SELECT definition FROM products ORDER BY id, major')
    .all<{ definition: string }>()
  return results.map(({ definition }) => productSchema.parse(JSON.parse(definition)))
}
