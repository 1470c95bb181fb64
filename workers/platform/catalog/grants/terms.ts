/** What terms mean under a product's contract: which fields they show, and whether they can be granted at all. */
import { fittingFilter } from '@meshloop/access/fitting'
import { canonicalJson, classes, classOf, filterable, type Class, type Contract } from '@meshloop/contract'
import { CatalogError, type ProblemDetail } from '../problems.ts'
import type { Shown, Terms } from './grant.ts'

/** What terms are checked for. */
export interface TermsContext {
  readonly contract: Contract
  /** RFC 3339 */
  readonly at: string
  /** The operator grants any scope; everybody else what reads. */
  readonly anyScope: boolean
}

/** Names of the fields that are shown, in the contract's order; null for all, whatever the contract adds. */
export function fieldsShown(
  contract: Contract,
  { classes: shown, columns }: Shown,
): readonly string[] | null {
  if (columns !== null) return Object.keys(contract.fields).filter((field) => columns.includes(field))
  return shown && fieldsOfClasses(contract, shown)
}

/** Names of the fields of these classes, in the contract's order; a field is of the highest class of its parts. */
const fieldsOfClasses = (contract: Contract, wanted: readonly Class[]): readonly string[] =>
  Object.entries(contract.fields).flatMap(([name, field]) => (wanted.includes(classOf(field)) ? [name] : []))

/** The terms with every list in one order and without repeats: the same terms are the same JSON. */
export function inOrder({ scopes, view, ends_at, rows_per_day }: Terms): Terms {
  return {
    scopes: [...new Set(scopes)].toSorted(),
    view: {
      classes: view.classes && classes.filter((each) => view.classes?.includes(each)),
      columns: view.columns && [...new Set(view.columns)].toSorted(),
      rows: [...new Map(view.rows.map((row) => [canonicalJson(row), row])).entries()]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row),
    },
    ends_at,
    rows_per_day,
  }
}

/** The terms as they can be granted: in order, values in their stored form. Throws CatalogError `terms_invalid`. */
export function fitTerms(terms: Terms, context: TermsContext): Terms {
  const { contract } = context
  const errors = findProblems(terms, context)
  if (errors.length > 0) {
    const message = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')
    throw new CatalogError('terms_invalid', message, { errors })
  }
  const rows = terms.view.rows.map((row) => fittingFilter(contract, row) ?? row)
  return inOrder({ ...terms, view: { ...terms.view, rows } })
}

/** Conditions are in each token, and products take tokens up to a length, longer ones nowhere. */
const MAX_ROWS_BYTES = 2_000

function findProblems({ scopes, view, ends_at }: Terms, { contract, at, anyScope }: TermsContext) {
  const problems: ProblemDetail[] = []
  const names = filterable(contract)
  const product = `${contract.id} ${contract.version}`
  for (const [i, scope] of scopes.entries())
    if (!anyScope && scope !== 'read' && scope !== 'aggregate')
      problems.push({
        pointer: `/scopes/${i}`,
        detail: 'consumers are granted read, or aggregate for totals alone',
      })
  if (!anyScope && scopes.length === 0 && !contract.flags)
    problems.push({ pointer: '/scopes', detail: `is empty, which is for flags, and ${product} has none` })
  for (const [i, each] of (view.classes ?? []).entries())
    if (fieldsOfClasses(contract, [each]).length === 0)
      problems.push({ pointer: `/view/classes/${i}`, detail: `${product} has no ${each} field` })
  for (const [i, column] of (view.columns ?? []).entries())
    if (!Object.hasOwn(contract.fields, column))
      problems.push({ pointer: `/view/columns/${i}`, detail: `${product} has no field ${column}` })
  for (const [i, row] of view.rows.entries()) {
    const pointer = `/view/rows/${i}`
    if (!names.includes(row.field))
      problems.push({ pointer, detail: `${product} is filtered by ${names.join(', ')}, not ${row.field}` })
    else if (!fittingFilter(contract, row))
      problems.push({ pointer, detail: `${row.op} with this value is no condition on ${row.field}` })
  }
  const bytes = new TextEncoder().encode(JSON.stringify(view.rows)).length
  if (bytes > MAX_ROWS_BYTES)
    problems.push({
      pointer: '/view/rows',
      detail: `the conditions are ${bytes} bytes of JSON, and ${MAX_ROWS_BYTES} fit into a token: choose rows by a field with fewer values`,
    })
  if (ends_at !== null && ends_at <= at)
    problems.push({ pointer: '/ends_at', detail: 'is not in the future' })
  return problems
}
