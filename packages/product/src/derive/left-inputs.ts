/**
 * Inputs that an earlier version of the derivation read, and this one does not: what was mirrored of them goes, a few rows a run.
 * Nobody takes over any more what is corrected or erased in them. A later version that reads one again begins from nothing.
 */
import { removeQuarantined } from '../ingest/quarantine.ts'
import { commas, name, sql, statement } from '../store/sql.ts'
import { committer } from './commit.ts'
import type { Derivation } from './derivation.ts'
import { mirrorName } from './mirrored.ts'

/** Forgets how far they were read and what of them was set aside, and takes up to `rows` rows out of each of their mirrors. Where there are none nothing is written. */
export async function forgetLeft(
  db: D1Database,
  { inputs }: Derivation,
  { sweepRows: rows }: { readonly sweepRows: number },
): Promise<void> {
  const read = JSON.stringify(Object.values(inputs).map(({ of }) => of.id))
  const mirrors = JSON.stringify(Object.keys(inputs).map(mirrorName))
  const [state, left, mirrored] = await db.batch<Record<string, unknown>>([
    statement(db, sql`SELECT run FROM _state`),
    statement(
      db,
      // A row of another kind has no place in a feed: see `reached`.
      sql`SELECT name FROM _progress WHERE cursor GLOB '{*' AND name NOT IN (SELECT value FROM json_each(${read}))`,
    ),
    statement(
      db,
      sql`SELECT m.name AS mirror, json_group_array(c.name) AS key FROM sqlite_master m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name GLOB ${mirrorName('*')} AND m.name NOT IN (SELECT value FROM json_each(${mirrors})) AND c.pk > 0
        GROUP BY m.name`,
    ),
  ])
  const full = await withRows(db, (mirrored?.results ?? []) as unknown as Mirror[]) // as it is selected above
  const products = (left?.results ?? []).map((row) => String(row['name']))
  if (products.length === 0 && full.length === 0) return
  const emptied = full.map(({ mirror, key }) => {
    const own = commas((JSON.parse(key) as string[]).map(name))
    return sql`DELETE FROM ${name(mirror)} WHERE (${own}) IN (SELECT ${own} FROM ${name(mirror)} LIMIT ${rows})`
  })
  await committer(
    db,
    Number(state?.results[0]?.['run']),
  )([
    ...products.map((product) => removeQuarantined(product)),
    sql`DELETE FROM _progress WHERE name IN (SELECT value FROM json_each(${JSON.stringify(products)}))`,
    ...emptied,
  ])
}

interface Mirror {
  readonly mirror: string
  /** The columns of its primary key, as a JSON array. */
  readonly key: string
}

async function withRows(db: D1Database, mirrors: readonly Mirror[]): Promise<readonly Mirror[]> {
  if (mirrors.length === 0) return mirrors
  const found = await db.batch(
    mirrors.map(({ mirror }) => statement(db, sql`SELECT 1 AS one FROM ${name(mirror)} LIMIT 1`)),
  )
  return mirrors.filter((_, at) => (found[at]?.results.length ?? 0) > 0)
}
