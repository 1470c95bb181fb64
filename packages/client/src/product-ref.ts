/** Whom a call is for, and with what right. */

/** One major of one product. */
export interface ProductRef {
  /** `<domain>.<product>` */
  readonly product: string
  readonly major: number
}

/** What a call is for; the token allows nothing else. */
export type Scope = 'read' | 'aggregate' | 'ingest' | 'run' | 'check' | 'flags'
