/**
 * Whose a record is: it belongs to the source that sent it, and no other source changes or deletes it, whatever its version.
 * A history that was loaded once (a backfill) is corrected by the sources that live; and what a source sent that sends no
 * more is anybody's.
 */
import type { Sources } from '@meshloop/access/batch'
import type { Contract, RowError } from '@meshloop/contract'
import { letsLeave } from '../exports/archived.ts'
import { jsonChunks } from '../store/json-chunks.ts'
import { and, guard, name, sql, statement, type SQL } from '../store/sql.ts'
import type { StoredRow } from '../store/stored-row.ts'

/** Tells the rows of a batch that are records of others. */
export interface Ownership {
  /** Positions, among `rows`, of what belongs to another source; and how many queries it took to know. */
  readonly foreign: (
    rows: readonly StoredRow[],
  ) => Promise<{ readonly places: ReadonlySet<number>; readonly queries: number }>
  /** Statements that fail the transaction if, by now, one of `rows` belongs to another source. */
  readonly guards: (rows: readonly StoredRow[]) => readonly SQL[]
}

/** What is wrong with a row that is a record of another source. */
export const foreignRecord = (contract: Contract): RowError => ({
  code: 'foreign_record',
  field: contract.key[0],
  detail: 'another source sent this record: only that one changes it',
})

/** Ownership as one source meets it. Costs nothing where no other source could own a record. */
export function ownershipOf(db: D1Database, contract: Contract, sources: Sources, source: string): Ownership {
  const others = Object.entries(sources).flatMap(([other, { backfill }]) =>
    other === source || (backfill && !sources[source]?.backfill) ? [] : [other],
  )
  const places = contract.key.map((key) => Object.keys(contract.fields).indexOf(key))
  const chunksOf = (rows: readonly StoredRow[]): string[] =>
    others.length === 0
      ? []
      : jsonChunks(
          rows.map(({ values }, at) => JSON.stringify([at, ...places.map((place) => values[place])])),
        )
  const sameKey = contract.key.map(
    (key, index) => sql`records.${name(key)} = json_extract(sent.value, ${sql.raw(`'$[${index + 1}]'`)})`,
  )
  const tables = letsLeave(contract) ? [sql`records`, sql`_archived AS records`] : [sql`records`]
  const owned = (select: SQL, keys: string): SQL =>
    sql.join(
      tables.map(
        (table) => sql`SELECT ${select} FROM json_each(${keys}) sent JOIN ${table} ON ${and(sameKey)}
    WHERE _source IN (SELECT value FROM json_each(${JSON.stringify(others)}))`,
      ),
      sql` UNION ALL `,
    )

  return {
    async foreign(rows) {
      const found: number[] = []
      const chunks = chunksOf(rows)
      for (const keys of chunks) {
        const query = owned(sql`json_extract(sent.value, '$[0]') AS at`, keys)
        const { results } = await statement(db, query).all<{ at: number }>()
        found.push(...results.map(({ at }) => at))
      }
      return { places: new Set(found), queries: chunks.length }
    },
    guards: (rows) => chunksOf(rows).map((keys) => guard(sql`NOT EXISTS (${owned(sql`1`, keys)})`)),
  }
}
