/** What the catalog knows of a product. */
import type { Contract } from '@meshloop/contract'

/** A registered major of a product. */
export interface Product {
  readonly id: string
  readonly major: number
  readonly domain: string
  /** Base URL, with the major; the audience of its tokens. */
  readonly url: string
  readonly contract: Contract
  /** SHA-256 of the canonical contract, base64url. */
  readonly contract_hash: string
  /** Client that registered it last. */
  readonly registered_by: string
  readonly registered_at: string
  readonly updated_at: string
}

/** What registering needs to know. */
export type Registration = Pick<Product, 'contract' | 'contract_hash' | 'url' | 'registered_by'> & {
  readonly at: string
}

/** `purchase` of `purchase.orders`. */
export const domainOf = (id: string): string => id.slice(0, id.indexOf('.'))
