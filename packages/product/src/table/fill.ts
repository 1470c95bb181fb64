/**
 * What new columns hold for rows that were written under an older major: its declared projection, turned round. A
 * projection says how the newer values become the older ones; where that can be undone, a migration does it.
 */
import { projected, type Contract } from '@meshloop/contract'
import { literalText } from '../store/literal.ts'
import { quote } from './ddl.ts'

/** Where rows of an older major have the value of a column of `records`. */
export interface Fill {
  readonly column: string
  /** Version of the older contract, for messages. */
  readonly version: string
  /** The older column. */
  readonly from: string
  /** Values by older value; those that are left out stay as they are. */
  readonly values: Readonly<Record<string, string>>
  /** Older values that several newer ones became, or none: nobody can say what a row with it is now. */
  readonly unclear: readonly string[]
}

/** The fills of the newest contract's table from the rows of older majors; the newest of these come first. */
export const fillsOf = (newest: Contract, older: readonly Contract[]): Fill[] =>
  older.flatMap((each) =>
    Object.keys(each.fields).flatMap((field) => {
      const source = each.projects && projected(each.projects, field)
      if (!source || !('from' in source) || source.from === field) return []
      const inverse = inverseOf(
        each.fields[field]?.values ?? [],
        newest.fields[source.from]?.values ?? [],
        source.values ?? {},
      )
      return [{ column: source.from, version: each.version, from: field, ...inverse }]
    }),
  )

function inverseOf(
  before: readonly string[],
  now: readonly string[],
  values: Readonly<Record<string, string>>,
): Pick<Fill, 'values' | 'unclear'> {
  const older = new Map(now.map((value) => [value, Object.hasOwn(values, value) ? values[value] : value]))
  const newer = before.map((value) => ({ value, of: now.filter((each) => older.get(each) === value) }))
  return {
    values: Object.fromEntries(
      newer.flatMap(({ value, of: [only, ...more] }) =>
        only === undefined || only === value || more.length > 0 ? [] : [[value, only]],
      ),
    ),
    unclear: newer.filter(({ of }) => of.length !== 1).map(({ value }) => value),
  }
}

/**
 * The statement that fills columns, without a semicolon. Rows lose their hash: content that is sent again, complete now,
 * then wins over what was made of the older row. Deletions have no values to fill, and no record of theirs comes back.
 */
export const fillSql = (table: string, fills: readonly Pick<Fill, 'column' | 'from' | 'values'>[]): string =>
  `UPDATE ${quote(table)} SET ${[...fills.map((fill) => `${quote(fill.column)} = ${valueSql(fill)}`), `"_hash" = ''`].join(', ')} WHERE "_deleted" = 0`

function valueSql({ from, values }: Pick<Fill, 'from' | 'values'>): string {
  const cases = Object.entries(values).map(
    ([before, now]) => `WHEN ${literalText(before)} THEN ${literalText(now)}`,
  )
  return cases.length === 0 ? quote(from) : `CASE ${quote(from)} ${cases.join(' ')} ELSE ${quote(from)} END`
}
