/** What is told beside an ODCS document that is imported. */

/** What a document does not say and a contract needs. What it says itself counts, but for domain, product, key and event time. */
export interface OdcsOptions {
  /** Only the table of this name. Default: every table. */
  readonly table?: string | undefined
  readonly domain?: string | undefined
  /** The product's name; for a document with one table, or with `table`. Default: after the table. */
  readonly product?: string | undefined
  /** Fields by their names in the document or in the contract. */
  readonly key?: readonly string[] | undefined
  readonly eventTime?: string | undefined
  /** Name of a time field that the product adds, where the document has none to tell when something happened. */
  readonly addEventTime?: string | undefined
  readonly freshness?: string | undefined
  readonly team?: string | undefined
  readonly support?: string | undefined
  readonly purpose?: string | undefined
}
