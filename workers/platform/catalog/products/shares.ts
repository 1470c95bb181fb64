/** Which products come first where there is not time for all: no domain can push others out by having many. */
import type { Product } from './product.ts'

/** At most `limit` products: the first of each domain, then the second of each, and so on. */
export function shareOfEach<P extends Pick<Product, 'domain'>>(
  products: readonly P[],
  limit: number,
): readonly P[] {
  const seen = new Map<string, number>()
  const placed = products.map((product) => {
    const place = seen.get(product.domain) ?? 0
    seen.set(product.domain, place + 1)
    return { product, place }
  })
  return placed
    .toSorted((a, b) => a.place - b.place)
    .slice(0, limit)
    .map(({ product }) => product)
}
