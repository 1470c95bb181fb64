/** Cursors as the ports take and give them. */
import type { Runtime } from '../../env.ts'
import { boundTo, openCursor, sealCursor, type Position } from '../../query/cursor.ts'
import type { Shown } from '../shown.ts'

/** The query string of the next page, up to its cursor. */
export function upToCursor(sent: URLSearchParams): string {
  const others = new URLSearchParams(sent)
  others.delete('cursor')
  return `?${others.size === 0 ? '' : `${others.toString()}&`}cursor=`
}

/** Cursors of one query for whom it is answered. */
export function cursorsOf(
  { contract, cursorKeys }: Pick<Runtime, 'contract' | 'cursorKeys'>,
  { view, consumer }: Shown,
  query: string,
) {
  const bound = boundTo({ product: contract.id, view: view.id, consumer }, query)
  return {
    open: async (cursor: string | undefined, parameter?: string): Promise<Position | undefined> =>
      cursor === undefined ? undefined : openCursor(await cursorKeys(), bound, cursor, parameter),
    seal: async (at: Position): Promise<string> => sealCursor(await cursorKeys(), bound, at),
  }
}
