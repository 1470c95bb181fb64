/** What a breach of a policy does. */

/** How bad a breach is: an `error` stops a registration, a `warning` is shown. */
export type PolicySeverity = 'warning' | 'error'
