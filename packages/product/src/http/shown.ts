/** What a consumer's token shows of a product. */
import { hasScope, type AccessClaims, type View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { fittingView } from '../query/visible.ts'

/** What a consumer's token shows. */
export interface Shown {
  readonly view: View
  /** Id of who reads; of an agent, of whom it acts for. */
  readonly consumer: string
  /** The token allows totals, and no records. */
  readonly totalsOnly: boolean
}

/** What claims show that were seen before: a verified token is the same object each time. */
const known = new WeakMap<AccessClaims, { readonly contract: Contract; readonly shown: Shown }>()

/** What claims with `read` or `aggregate` show. @throws {ProductError} `view_unfit` */
export function shownBy(contract: Contract, claims: AccessClaims & { readonly view: View }): Shown {
  const before = known.get(claims)
  if (before?.contract === contract) return before.shown
  const view = fittingView(contract, claims.view)
  const shown: Shown = { view, consumer: claims.sub, totalsOnly: !hasScope(claims, 'read') }
  known.set(claims, { contract, shown })
  return shown
}

/** Whether the view hides nothing. What it costs to read any other is told nowhere. */
export const isWhole = ({ view, totalsOnly }: Pick<Shown, 'view' | 'totalsOnly'>): boolean =>
  view.columns === null && view.rows.length === 0 && !totalsOnly
