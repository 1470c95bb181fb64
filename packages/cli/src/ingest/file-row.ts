/** A row on its way from a file to a product. */

/** One row of a file. */
export interface FileRow {
  /** Line of the file on which the row ends, from 1. */
  readonly line: number
  /** The row as one line of JSON. */
  readonly json: string
}
