/** Cursors as the ports take and give them. */
import type { Runtime } from '../../env.ts'
import { openCursor, sealCursor, type Position } from '../../query/cursor.ts'
import type { Shown } from '../shown.ts'

/** Cursors of one query for whom it is answered. */
export function cursorsOf({ contract, cursorKeys }: Runtime, { view, consumer }: Shown, query: string) {
  const holder = { product: contract.id, view: view.id, consumer }
  return {
    open: async (cursor: string | undefined, parameter?: string): Promise<Position | undefined> =>
      cursor === undefined ? undefined : openCursor(await cursorKeys(), holder, query, cursor, parameter),
    seal: async (at: Position): Promise<string> => sealCursor(await cursorKeys(), holder, query, at),
  }
}
