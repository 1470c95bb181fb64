/** Why a document, or one of its tables, did not become a contract. */

/** One reason. */
export interface Reason {
  /** Where in the document or in the contract. */
  readonly path: string
  readonly problem: string
  /** The option that mends it. */
  readonly option?:
    | 'table'
    | 'domain'
    | 'key'
    | 'eventTime'
    | 'addEventTime'
    | 'freshness'
    | 'team'
    | 'support'
    | 'purpose'
}

/** A document that is not read at all. `code` is always `odcs_refused`. */
export class OdcsError extends Error {
  readonly code = 'odcs_refused'
  readonly reasons: readonly Reason[]

  constructor(reasons: readonly Reason[]) {
    super(reasons.map(({ path, problem }) => (path === '' ? problem : `${path}: ${problem}`)).join('\n'))
    this.reasons = reasons
  }
}
