/** Rules that a product's records keep: what is counted, and how much of it there may be. */

/** A value that a rule compares with. */
export type Scalar = string | number | boolean

/** Comparisons of a condition. */
export type Comparison = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte'

/** Something that holds for a record or does not: a field with a value, with another field, or with nothing. */
export type Condition<Name extends string = string> =
  | { readonly field: Name; readonly is: 'null' | 'present' }
  | { readonly field: Name; readonly is: Comparison; readonly value: Scalar }
  | { readonly field: Name; readonly is: Comparison; readonly other: Name }

/** What the count must be; exactly one member. Both ends of a range are excluded, as ODCS defines `mustBeBetween`. */
export type Bound =
  | { readonly [C in Comparison]: { readonly [Only in C]: number } }[Comparison]
  | { readonly between: readonly [number, number] }
  | { readonly notBetween: readonly [number, number] }

/** What a rule counts. */
export type Counted<Name extends string = string> =
  /** Records without a value. */
  | { readonly nulls: Name }
  /** Records without a value, or with one of those that stand for none. */
  | { readonly missing: Name; readonly standIns: readonly Scalar[] }
  /** Records whose value is none of these; no value is not invalid. */
  | { readonly invalid: Name; readonly valid: readonly Scalar[] }
  /** Records that have the same values in these fields as an earlier one; without a value nothing is equal. */
  | { readonly duplicates: readonly Name[] }
  /** All records. Needs a bound. */
  | { readonly rows: true }
  /** Records for which `when` holds and one of these does not. A comparison with no value is not broken. */
  | { readonly holds: readonly Condition<Name>[]; readonly when?: readonly Condition<Name>[] }

/** How bad a broken rule is. An `error` may close the gate of a flags port. */
export type Severity = 'info' | 'warning' | 'error'

/** One rule of a contract, after ODCS v3.1.0 "Data quality". */
export type QualityRule<Name extends string = string> = {
  /** What is promised, in words of the business. */
  readonly means: string
  /** Default `error`. */
  readonly severity?: Severity
  readonly dimension?:
    | 'accuracy'
    | 'completeness'
    | 'conformity'
    | 'consistency'
    | 'coverage'
    | 'timeliness'
    | 'uniqueness'
  /** Default `{ eq: 0 }`: nothing that is counted exists. */
  readonly bound?: Bound
  /** `percent` is of all records, and 0 where there are none. Default `rows`. */
  readonly unit?: 'rows' | 'percent'
} & Counted<Name>

/** The bound of a rule, its default included. */
export const boundOf = ({ bound }: Pick<QualityRule, 'bound'>): Bound => bound ?? { eq: 0 }

/** Whether a count keeps its bound. */
export function isWithin(count: number, bound: Bound): boolean {
  if ('between' in bound) return bound.between[0] < count && count < bound.between[1]
  if ('notBetween' in bound) return !isWithin(count, { between: bound.notBetween })
  if ('eq' in bound) return count === bound.eq
  if ('ne' in bound) return count !== bound.ne
  if ('gt' in bound) return count > bound.gt
  if ('gte' in bound) return count >= bound.gte
  return 'lt' in bound ? count < bound.lt : count <= bound.lte
}

/** The fields that a rule looks at. */
export function fieldsOfRule(rule: Counted): readonly string[] {
  if ('nulls' in rule) return [rule.nulls]
  if ('missing' in rule) return [rule.missing]
  if ('invalid' in rule) return [rule.invalid]
  if ('duplicates' in rule) return rule.duplicates
  if ('rows' in rule) return []
  const conditions = [...rule.holds, ...(rule.when ?? [])]
  return [...new Set(conditions.flatMap((c) => ('other' in c ? [c.field, c.other] : [c.field])))]
}
