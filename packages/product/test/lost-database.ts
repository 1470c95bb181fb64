/** A database whose connection breaks. */

/** The database, lost at one of its batches, before or after the commit; `at`: which, none for null. */
export function lost(db: D1Database, at: number | null, committed: boolean): D1Database {
  let batches = 0
  const batch: D1Database['batch'] = async (statements) => {
    const isLost = batches++ === at
    if (isLost && !committed) throw new Error('connection lost')
    const results = await db.batch<never>(statements)
    if (isLost) throw new Error('connection lost')
    return results
  }
  const failing: Pick<D1Database, 'prepare' | 'batch'> = { prepare: (query) => db.prepare(query), batch }
  return failing as D1Database // the two methods that a run uses
}
