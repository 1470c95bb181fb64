/**
 * Files of months whose records leave, or have left, D1: what no month is made of any more stays in the bucket for as long as
 * the database can be restored to a moment at which one was. Without them a restored database would have lost what is in files
 * alone. Nobody reads them over HTTP once the exports that name them are kept no longer.
 */
import { jsonChunks } from '../store/json-chunks.ts'
import { item, sql, statement, type SQL } from '../store/sql.ts'
import { letsLeave } from './archived.ts'
import { firstHotMonth } from './evict.ts'
import { FILES } from './files.ts'
import type { Exporting } from './exporting.ts'

/** How far back D1 can be restored (Time Travel). */
const RESTORED_MS = 30 * 86_400_000
/** R2 deletes so many objects by one call. */
const MOST_DELETED = 1_000
/** Characters of the month that a file's name begins with. */
const MONTH_CHARS = 7

/** What a clean-up does with such files. */
export interface ColdFiles {
  /** Whether a file is one of them. */
  readonly includes: (file: string) => boolean
  /** Notes since when no month is made of them, unless one is. */
  readonly note: (since: ReadonlyMap<string, string>) => Promise<void>
  /** Deletes those of which it is so for long enough, but for what is still named. */
  readonly deleteForgotten: (named: ReadonlySet<string>) => Promise<void>
}

/** Condition of rows of `_unnamed`: no database that can still be restored names the file. */
export const isForgotten = ({ now }: Pick<Exporting, 'now'>): SQL =>
  sql`since < ${new Date(now() - RESTORED_MS).toISOString()}`

/** `held`: files that a month is made of now. Of products whose records all stay in D1 none is cold. */
export async function coldFiles(exporting: Exporting, held: ReadonlySet<string>): Promise<ColdFiles> {
  const { db, bucket, contract, now } = exporting
  if (!letsLeave(contract)) return none
  const { results } = await statement(db, sql`SELECT month FROM _archived_months`).all<{ month: string }>()
  const archived = new Set(results.map(({ month }) => month))
  const hot = firstHotMonth(contract, now())
  const includes = (file: string): boolean => {
    const month = file.slice(0, MONTH_CHARS)
    return month < hot || archived.has(month)
  }
  return {
    includes,
    async note(since) {
      const unnamed = [...since].filter(([file]) => includes(file) && !held.has(file))
      for (const rows of jsonChunks(unnamed.map((each) => JSON.stringify(each))))
        await statement(
          db,
          sql`INSERT INTO _unnamed (name, since) SELECT ${item(0)}, ${item(1)} FROM json_each(${rows}) WHERE true ON CONFLICT DO NOTHING`,
        ).run()
    },
    async deleteForgotten(named) {
      const found = await statement(
        db,
        sql`SELECT name FROM _unnamed WHERE ${isForgotten(exporting)} ORDER BY name LIMIT ${MOST_DELETED}`,
      ).all<{ name: string }>()
      const gone = found.results.map(({ name }) => name).filter((file) => !named.has(file))
      if (gone.length === 0) return
      await bucket.delete(gone.map((file) => FILES + file))
      const names = JSON.stringify(gone)
      await statement(
        db,
        sql`DELETE FROM _unnamed WHERE name IN (SELECT value FROM json_each(${names}))`,
      ).run()
    },
  }
}

const none: ColdFiles = {
  includes: () => false,
  note: async () => undefined,
  deleteForgotten: async () => undefined,
}
