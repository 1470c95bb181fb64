/** Groups read a page at a time. */
import { expect } from 'vitest'
import type { Bench } from '../src/testing/bench.ts'

interface Page {
  readonly groups: readonly object[]
  readonly truncated: boolean
  readonly next_cursor: string | null
}

/** All groups of a query, in pages of so many; its own limit counts no more. */
export async function pagesOf(
  bench: Bench,
  path: string,
  limit: number,
  init?: RequestInit,
): Promise<object[]> {
  const [port = '', query] = path.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('limit', String(limit))
  const all: object[] = []
  for (let isMore = true; isMore;) {
    const page: Page = await bench.json(`${port}?${parameters.toString()}`, init)
    expect(page.truncated).toBe(page.next_cursor !== null)
    expect(page.groups.length).toBeLessThanOrEqual(limit)
    all.push(...page.groups)
    parameters.set('cursor', page.next_cursor ?? '')
    isMore = page.next_cursor !== null
  }
  return all
}
