/** Who reads a product, and which fields: from the product itself, from the readers' own contracts, from their grants. */
import * as z from 'zod'
import type { Grant } from '../grants/grant.ts'
import { fieldsShown } from '../grants/terms.ts'
import type { World } from '../env.ts'
import { createAsk, type Ask } from './ask-product.ts'
import type { Product } from './product.ts'

/** A consumer with a grant, and what the catalog knows of its reading. */
export interface ConsumerUse {
  readonly consumer: string
  readonly purpose: string
  /** Fields that it reads; null: it may read any. */
  readonly fields: readonly string[] | null
  /** Last day on which it read; null if it has not, or if nothing is known. */
  readonly last_read: string | null
  /** Null if nothing is known. */
  readonly requests_30_days: number | null
}

/** The same for who decides on its grant. Nobody else is told what it costs: it would tell of what the grant hides. */
export interface OwnersUse extends ConsumerUse {
  /** Rows that the product's database read for it on its busiest day of the last thirty. Null if nothing is known. */
  readonly rows_read_busiest_day: number | null
}

const usageSchema = z.object({
  since: z.iso.date(),
  consumers: z
    .array(
      z.object({
        consumer: z.string().max(200),
        requests: z.int().min(0),
        last_day: z.iso.date(),
        // Products of an older runtime do not count them.
        rows_read_busiest_day: z.int().min(0).optional(),
        fields: z.array(z.string().max(200)).max(200),
      }),
    )
    .max(1_000),
})

/** What is looked at of a grant. */
export type Granted = Pick<Grant, 'consumer' | 'product' | 'major' | 'purpose' | 'scopes' | 'view'>

/** What a product says of its use: `GET /usage`. */
export type Usage = z.output<typeof usageSchema>

/** Asks products for their use. */
export const createAskUsage = (world: World): Ask<Usage> => createAsk(world, '/usage', usageSchema)

/** The consumers of one major, as far as they are known. `usage` is undefined where the product does not tell. */
export function usesOf(
  product: Product,
  grants: readonly Granted[],
  usage: Usage | undefined,
  all: readonly Product[],
): readonly ConsumerUse[] {
  return grants
    .filter((grant) => grant.product === product.id && grant.major === product.major)
    .map((grant) => {
      const counted = usage?.consumers.find(({ consumer }) => consumer === grant.consumer)
      return {
        consumer: grant.consumer,
        purpose: grant.purpose,
        fields: fieldsOf(grant, product, { counted: counted?.fields, all }),
        last_read: counted?.last_day ?? null,
        requests_30_days: usage ? (counted?.requests ?? 0) : null,
      }
    })
}

/** A use as the product's owner is shown it. */
export function useForOwner(use: ConsumerUse, usage: Usage | undefined): OwnersUse {
  const counted = usage?.consumers.find(({ consumer }) => consumer === use.consumer)
  return { ...use, rows_read_busiest_day: counted?.rows_read_busiest_day ?? null }
}

/** Uses as everybody is shown them: which consumer reads an internal product, and what for, is told inside its domain alone. */
export function usesForAll(
  { domain, contract }: Product,
  uses: readonly ConsumerUse[],
): readonly ConsumerUse[] {
  if (contract.visibility !== 'internal') return uses
  return uses.map((use) => ({ ...use, consumer: domain, purpose: `Its owners in ${domain} know` }))
}

/** A view's conditions read their fields in every request. Flags show what the product puts in them, whatever the columns. */
function fieldsOf(
  { consumer, scopes, view }: Granted,
  product: Product,
  { counted, all }: { counted: readonly string[] | undefined; all: readonly Product[] },
): readonly string[] | null {
  const readsFlags = product.contract.flags !== undefined && scopes.length === 0
  const fields = readsFlags
    ? null
    : (counted ?? fieldsOfContract(consumer, product, all) ?? fieldsShown(product.contract, view))
  return fields && [...new Set([...fields, ...view.rows.map(({ field }) => field)])]
}

/**
 * Fields that a derived product says its own are made of, with those by which every derivation finds and orders records.
 * Undefined unless it says it of all its fields: a lineage with gaps would call a break harmless.
 */
function fieldsOfContract(
  consumer: string,
  { id, major, contract }: Product,
  all: readonly Product[],
): readonly string[] | undefined {
  const built = all.find(
    (other) =>
      other.id === consumer &&
      other.contract.inputs?.some((input) => input.product === id && input.major === major),
  )
  if (!built) return undefined
  const lineages = Object.values(built.contract.fields).map(({ from }) => from)
  if (lineages.includes(undefined)) return undefined
  const prefix = `${id}#`
  const named = lineages
    .flatMap((from) => from ?? [])
    .filter((reference) => reference.startsWith(prefix))
    .map((reference) => reference.slice(prefix.length))
  return [
    ...new Set([
      ...contract.key,
      contract.eventTime,
      ...(contract.versionBy ? [contract.versionBy] : []),
      ...named,
    ]),
  ]
}
