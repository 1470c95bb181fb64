/** Which requests look into the memory, and under which names. */
import type { Runtime } from '../env.ts'
import type { Way } from '../http/offered-ports.ts'
import { perQuery } from '../http/per-query.ts'
import { isWhole, type Shown } from '../http/shown.ts'
import { standingOf } from '../query/records.ts'
import { sql, statement } from '../store/sql.ts'
import { standingColumns, stateRow, type Standing } from '../store/state.ts'
import type { WaitUntil } from '../http/router.ts'
import type { Look } from './memo.ts'

/** Ports whose answers follow from the records alone. */
const remembered: readonly Way[] = ['records', 'aggregate', 'changes']

/** A request for what is made of records, and for whom. */
export interface Requested {
  readonly request: Request
  readonly port: Way
  readonly shown: Shown
  readonly waitUntil: WaitUntil
}

/**
 * The request's look into the memory. `Cache-Control: no-cache` finds nothing there, `no-store` leaves nothing there either.
 *
 * The name of an answer has a line for each thing that it depends on. None of these has an end of line in it: nobody can write one
 * part so that it looks like another.
 * The consumer is a part of it because cursors are its own.
 */
export function lookFor(
  { memo, locationCache, contractHash }: Runtime,
  { request, port, shown, waitUntil }: Requested,
): Look | undefined {
  const { headers, url } = request
  const control = headers.get('cache-control') ?? ''
  if (!remembered.includes(port) || /no-store/i.test(control)) return undefined
  const accept = headers.get('accept')
  const prefer = headers.get('prefer')
  const key = `${contractHash}\n${ordered(shown, url, () => inOrder(url))}\n${said(accept)}\n${said(prefer)}\n${whoAndWhat(shown)}`
  const isAll = isWhole(shown)
  const elsewhere = isAll && port === 'aggregate' ? locationCache(key, waitUntil) : undefined
  const look = memo.look({ key, isWhole: isAll, elsewhere })
  return /no-cache/i.test(control) ? { ...look, find: async () => undefined } : look
}

const ordered = perQuery<string>()

/** The address with its parameters in one order, so that all orders share an answer. What has a fragment stays as it is. */
function inOrder(url: string): string {
  const from = url.indexOf('?') + 1
  if (from === 0 || !url.includes('&', from) || url.includes('#')) return url
  return url.slice(0, from) + url.slice(from).split('&').toSorted().join('&')
}

/** A header that was left out is told from any that was sent. */
const said = (header: string | null): string => (header === null ? '' : `:${header}`)

/** Of what was shown before: of a token it is the same object each time. */
const named = new WeakMap<Shown, string>()

/** Who reads, and the whole of what it is shown. */
function whoAndWhat(shown: Shown): string {
  const { view, consumer, totalsOnly } = shown
  const name = named.get(shown) ?? JSON.stringify([view, consumer, totalsOnly])
  named.set(shown, name)
  return name
}

/** Asks where the database stands: one row. */
export const readStanding = async (db: D1Database, expected: readonly string[]): Promise<Standing> =>
  standingOf(
    (await statement(db, sql`SELECT ${standingColumns(expected)} FROM ${stateRow}`).first<Standing>()) ??
      undefined,
  )
