/** The majors of one product beside each other: which is newer, and until when the older ones are there. */
import type { Product } from './product.ts'
import { usesForAll, usesOf, type ConsumerUse, type Granted, type Usage } from './usage.ts'

/** A newer major of a product. */
export interface Successor {
  readonly major: number
  readonly version: string
  readonly url: string
}

/** An older major that is still registered, with those who read it. */
export interface OlderMajor extends Successor {
  /** Days, YYYY-MM-DD; null where the contract promises none. */
  readonly deprecated: string | null
  readonly end_of_support: string | null
  readonly end_of_life: string | null
  readonly consumers: readonly ConsumerUse[]
}

/** What products say of their use, by base URL. */
export type Usages = ReadonlyMap<string, Usage | undefined>

/** The newest major of the product, if it is newer than this one. */
export function successorOf({ id, major }: Product, all: readonly Product[]): Successor | null {
  const newest = all
    .filter((other) => other.id === id && other.major > major)
    .toSorted((a, b) => b.major - a.major)[0]
  return newest ? { major: newest.major, version: newest.contract.version, url: newest.url } : null
}

/** The older majors of the product, the newest of them first. */
export function olderOf(
  { id, major }: Product,
  { all, grants, usages }: { all: readonly Product[]; grants: readonly Granted[]; usages: Usages },
): readonly OlderMajor[] {
  return all
    .filter((other) => other.id === id && other.major < major)
    .toSorted((a, b) => b.major - a.major)
    .map((older) => {
      const { version, lifecycle = {} } = older.contract
      return {
        major: older.major,
        version,
        url: older.url,
        deprecated: lifecycle.deprecated ?? null,
        end_of_support: lifecycle.endOfSupport ?? null,
        end_of_life: lifecycle.endOfLife ?? null,
        consumers: usesForAll(older, usesOf(older, grants, usages.get(older.url), all)),
      }
    })
}
