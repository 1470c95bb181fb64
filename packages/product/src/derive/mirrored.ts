/** What of an input stands in its mirror. */
import { fieldOf, majorOf } from '@meshloop/contract'
import type { Followed } from './derivation.ts'

/** Name of the table that mirrors an input. */
export const mirrorName = (input: string): string => `_in_${input}`

/** The columns of a mirror, which is all that is read of an input: its key, what groups it, what orders it, what `build` sees, what it is counted by. */
export const mirroredFields = ({ of, by, fields, each }: Followed): string[] => [
  ...new Set([...of.key, ...by, of.eventTime, ...fields, ...(each === undefined ? [] : [each])]),
]

/** What a mirror holds: of which major which fields. With a cursor of other ones its rows would lack what is new. */
export const mirrorShape = (input: Followed): string =>
  `v${majorOf(input.of)} ${mirroredFields(input).join()}`

/** The values of an enum that `last` counts by, and that there is none; of an input that counts all rows, nothing. */
export const kindsOf = ({ of, each }: Followed): readonly (string | null)[] | undefined =>
  each === undefined ? undefined : [...(fieldOf(of, each).values ?? []), null]
