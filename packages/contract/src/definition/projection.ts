/** An older major as a projection of the newer one's records: declared as data, so that one storage serves both. */
import type { Scalar } from './quality.ts'

/** Where the value of one field of the older major comes from. */
export type ProjectedField =
  /** A field of the newer major; `values` turns each of its values into one of the older field's. */
  | { readonly from: string; readonly values?: Readonly<Record<string, string>> }
  /** A value that all records have: the newer major has no such field. */
  | { readonly constant: Scalar | null }

/** How an older major reads the records of a newer one. */
export interface Projection {
  /** The major whose records are stored. */
  readonly major: number
  /** By name of the older field. A field that is left out has the name and meaning that it has in the newer major. */
  readonly fields: Readonly<Record<string, ProjectedField>>
}

/** Where a field of the older major comes from, the default included. */
export const projected = ({ fields }: Projection, name: string): ProjectedField =>
  (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? { from: name }
