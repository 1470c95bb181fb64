/** `GET /changes`: the feed. */
import type { Runtime } from '../../env.ts'
import { newestExport } from '../../exports/stored-exports.ts'
import { ProductError } from '../../problems.ts'
import { followedBy, readChanges } from '../../query/changes.ts'
import { DEFAULT_LIMIT, listOf, numberOf, readParameters, textOf } from '../../query/parameters.ts'
import { showsAll, showsKey } from '../../query/visible.ts'
import { answer } from '../answer.ts'
import { changesParameters } from '../port-parameters.ts'
import type { Serving } from '../reading.ts'
import type { Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'
import { cursorsOf } from './cursors.ts'

/** The query that cursors of the feed belong to: it goes on with other fields and pages of another size too. */
export const FEED = 'changes'

/**
 * `GET /changes`. A view of some rows cannot follow: it would have to be told of rows that it may not see. A view without
 * the key cannot either: deletions are told by their key.
 */
export async function changes(runtime: Serving, shown: Shown, request: Request): Promise<Reply> {
  const { view } = shown
  if (view.rows.length > 0)
    throw new ProductError('rows_restricted', 'This grant shows some rows only. Read /records instead.')
  if (!showsKey(runtime.contract, view))
    throw new ProductError('key_hidden', 'This grant does not show the key. Read /records instead.')
  const values = readParameters(new URL(request.url).searchParams, changesParameters(runtime.contract, view))
  // Before the cursor, which is another view's after a change of the grant: nobody begins again what it may not follow.
  followedBy(runtime.reader, view)
  const cursors = cursorsOf(runtime, shown, FEED)
  const query = {
    after: await cursors.open(textOf(values, 'after'), 'after'),
    limit: numberOf(values, 'limit') ?? DEFAULT_LIMIT,
    fields: listOf(values, 'fields'),
    now: runtime.now(),
  }
  const page = await readChanges(runtime.reader, view, query).catch(async (error: unknown) => {
    throw showsAll(runtime.contract, view) ? await namingExport(runtime, error) : error
  })
  const next = JSON.stringify(await cursors.seal(page.next))
  return answer(runtime, request, {
    standing: page.standing,
    body: `{"changes":[${page.changes.join(',')}],"next_cursor":${next},"more":${page.more},"as_of":${JSON.stringify(page.as_of)}}`,
    view: `${view.id} ${page.as_of}`,
    // Who follows wants what is new, not a copy.
    headers: { 'cache-control': 'private, no-cache' },
  })
}

/**
 * Who has to begin again is told of the export to begin with. Not who may not read it: its name says when something was written,
 * which may be hidden.
 */
async function namingExport({ contract, env, reader }: Runtime, error: unknown): Promise<unknown> {
  if (!(error instanceof ProductError) || error.code !== 'resync_required' || !contract.exports) return error
  const id = await newestExport(reader.db)
  if (id === undefined) return error
  return new ProductError(error.code, `${error.message} Begin with the export ${env.BASE_URL}/exports/${id}.`)
}
