/** Conditions on records as SQL: those of a view's rows, and those that a reader adds. */
import type { RowFilter } from '@meshloop/access/claims'
import { and, name, sql, type SQL } from '../store/sql.ts'

/**
 * One condition. A grant's rows are by six operators; a reader's filters may also ask for what is `not` a value, which is true of
 * records without one, for those that have none (`null`), and for texts that begin alike (`prefix`).
 */
export type Filter =
  | RowFilter
  | { readonly field: string; readonly op: 'not'; readonly value: string | number | boolean }
  | { readonly field: string; readonly op: 'null'; readonly value: boolean }
  | { readonly field: string; readonly op: 'prefix'; readonly value: string }

/** The side of a field's values that is bounded already: by the position of a page, which is further on than any filter. */
export interface Bounded {
  readonly field: string
  readonly side: 'below' | 'above'
}

/**
 * One comparison of a field with a value, or with one of a list. On the side that is bounded, `+` keeps it from entering an index:
 * SQLite enters at the first bound that it reads, and would pass over all the pages before.
 */
export function condition({ field, op, value }: Filter, bounded?: Bounded): SQL {
  const column = name(field)
  const checkedAlone = bounded?.field === field ? bounded.side : undefined
  const from = checkedAlone === 'below' ? sql`+${column}` : column
  const to = checkedAlone === 'above' ? sql`+${column}` : column
  switch (op) {
    case 'in':
      return value.length === 1
        ? sql`${column} = ${bound(value[0] ?? '')}`
        : sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(value)}))`
    case 'eq':
      return sql`${column} = ${bound(value)}`
    case 'not':
      return sql`${column} IS NOT ${bound(value)}`
    case 'null':
      return value ? sql`${column} IS NULL` : sql`${column} IS NOT NULL`
    case 'gt':
      return sql`${from} > ${bound(value)}`
    case 'gte':
      return sql`${from} >= ${bound(value)}`
    case 'lt':
      return sql`${to} < ${bound(value)}`
    case 'lte':
      return sql`${to} <= ${bound(value)}`
    case 'prefix': {
      // SQLite orders texts by their UTF-8 bytes, which is the order of their code points.
      const end = successor(value)
      return and([sql`${from} >= ${value}`, ...(end === undefined ? [] : [sql`${to} < ${end}`])])
    }
  }
}

const LAST = 0x10ffff
const [FIRST_SURROGATE, AFTER_SURROGATES] = [0xd800, 0xe000]

/** The least text that is greater than all that begin with this one; undefined where there is none. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  const at = points.findLastIndex((point) => point !== LAST)
  if (at < 0) return undefined
  const next = (points[at] ?? 0) + 1
  // Surrogates are no characters: no text has them.
  return String.fromCodePoint(...points.slice(0, at), next === FIRST_SURROGATE ? AFTER_SURROGATES : next)
}

/** SQLite has no booleans. */
const bound = (value: string | number | boolean): string | number =>
  typeof value === 'boolean' ? Number(value) : value
