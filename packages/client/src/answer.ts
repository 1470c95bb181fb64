/** What a call brings back. */

/** A successful answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body. It comes from somebody else: check its shape. */
  readonly json: unknown
  /** Up to when the data is complete (`Meshloop-As-Of`); null when the product does not know or does not say. */
  readonly as_of: string | null
}
