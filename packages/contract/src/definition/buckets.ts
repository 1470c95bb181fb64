/** Names of lengths of time, as totals are grouped by them: `placed_at.day`. */
import { buckets, type Bucket } from './contract.ts'

/** What a dimension's name says. */
export interface Grouping {
  readonly field: string
  /** Undefined where groups are by the field's values themselves. */
  readonly bucket: Bucket | undefined
}

/** Reads the name of a dimension or of a length of time. What ends otherwise than in a length is the name of a field. */
export function groupingOf(name: string): Grouping {
  const bucket = buckets.find((each) => name.endsWith(`.${each}`))
  return bucket === undefined ? { field: name, bucket } : { field: name.slice(0, -bucket.length - 1), bucket }
}
