/** How a problem is told: what every registry of codes in the catalog is made of. */

/** HTTP status, title, and how the caller goes on. */
export interface ProblemEntry {
  readonly status: number
  readonly title: string
  readonly help: string
}
