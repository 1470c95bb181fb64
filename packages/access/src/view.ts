/** A view: the columns and rows of a product that a grant shows. The query builder takes one in every call. */
import { canonicalJson, sha256 } from '@meshloop/contract'
import * as z from 'zod'

const scalar = z.union([z.string().max(200), z.number(), z.boolean()])
const field = z.string().min(1).max(64)

/** One condition on the rows that are shown; all conditions of a view must hold. */
const rowFilterSchema = z.discriminatedUnion('op', [
  z.object({ field, op: z.enum(['eq', 'gt', 'gte', 'lt', 'lte']), value: scalar }),
  z.object({ field, op: z.literal('in'), value: z.array(scalar).min(1).max(50).readonly() }),
])

/** Conditions on rows, all of which must hold. So many fit beside a reader's own into what a database binds. */
export const rowFiltersSchema = z.array(rowFilterSchema).max(10)

/** A view as tokens carry it. `id` names the content, so that caches and ETags of two views never mix. */
export const viewSchema = z
  .object({
    id: z.string().min(1).max(64),
    /** Names of the columns that are shown, or null for all. */
    columns: z.array(field).min(1).max(100).readonly().nullable(),
    rows: rowFiltersSchema.readonly(),
  })
  .readonly()

/** One condition of a view: `{field, op, value}`; `value` is a list with `in`, else a scalar. */
export type RowFilter = z.output<typeof rowFilterSchema>

/** Columns and rows that a consumer sees. */
export type View = z.output<typeof viewSchema>

/** The view that shows everything. Its id is what {@link viewOf} gives for no restriction; a test compares. */
export const wholeView: View = { id: 'w2cu-7nyRByQd42YnKojbNfZLQ-FPw1Uap1as5hWI30', columns: null, rows: [] }

/**
 * Makes a view; its id is the SHA-256 (base64url) of its content. The order of columns and of conditions
 * means nothing, so it does not change the id.
 */
export async function viewOf(content: Omit<View, 'id'>): Promise<View> {
  const columns = content.columns === null ? null : [...new Set(content.columns)].toSorted()
  const rows = content.rows.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
  return { id: await sha256(canonicalJson({ columns, rows })), columns, rows }
}
