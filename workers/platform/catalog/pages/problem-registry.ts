/** Every code of every package, for the problem pages. */
import { accessProblems } from '@meshloop/access/verify'
import { problems as productProblems } from '@meshloop/product/problems'
import { catalogProblems } from '../problems.ts'

/** What the page of a code says. */
export interface ProblemEntry {
  readonly code: string
  /** HTTP status. */
  readonly status: number
  readonly title: string
  /** How to go on. */
  readonly help: string
  /** Who answers with it. Two registries may share a code where it means the same to both. */
  readonly from: string
}

/** All entries by code. */
export function allProblems(): readonly ProblemEntry[] {
  return [
    ...entries('a product', productProblems),
    ...entries('whoever checks a token or a batch', accessProblems),
    ...entries('the catalog', catalogProblems),
  ].toSorted((a, b) => (a.code < b.code ? -1 : 1))
}

/** Entries of one code; none if it is unknown here. */
export const problemsOf = (code: string): readonly ProblemEntry[] =>
  allProblems().filter((entry) => entry.code === code)

function entries(
  from: string,
  registry: Readonly<Record<string, { status: number; title: string; help: string }>>,
): readonly ProblemEntry[] {
  return Object.entries(registry).map(([code, entry]) => ({ code, from, ...entry }))
}
