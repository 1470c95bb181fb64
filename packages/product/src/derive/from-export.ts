/** One step of filling a mirror from an input's newest export: a file. What is newer comes from the changes after it. */
import type { ExportFile } from '@meshloop/client'
import type { Contract } from '@meshloop/contract'
import { quarantine } from '../ingest/quarantine.ts'
import { ProductError } from '../problems.ts'
import type { Json } from '../store/stored-row.ts'
import { committer } from './commit.ts'
import type { Derivation, Followed } from './derivation.ts'
import { applyChanges, unfitting } from './mirror.ts'
import { beginAnew, reached, type Place } from './place.ts'

/** Reads exports of inputs. */
export interface ReadExports {
  /** Id of the newest; undefined when there is none, or this product's grant shows a part of the records. */
  readonly newest: (input: Contract) => Promise<string | undefined>
  /** Its files in their order, and the cursor of the changes after it; undefined once it is kept no longer. */
  readonly open: (
    input: Contract,
    id: string,
  ) => Promise<{ readonly files: readonly ExportFile[]; readonly changes_after: string } | undefined>
  /** The records of a file; undefined once it is kept no longer. */
  readonly file: (input: Contract, id: string, file: ExportFile) => Promise<readonly Json[] | undefined>
}

/** Rows of one transaction. */
const ROWS = 2_000

/** What a step works with. */
export interface Filling {
  readonly db: D1Database
  readonly derivation: Derivation
  readonly readExports?: ReadExports
  readonly now: () => number
}

/**
 * Does the next step, if the mirror is to be filled from an export: the rows read, and those of them that are against the
 * input's contract; undefined when it is not.
 *
 * @throws {ProductError} `input_unavailable` when records left the input's database and no export holds them.
 */
export async function exportStep(
  { db, derivation, readExports, now }: Filling,
  key: string,
  input: Followed,
  place: Place,
): Promise<{ readonly changes: number; readonly refused: number } | undefined> {
  const { of } = input
  if (place.isFilled || place.cursor !== undefined || place.filling.sweptTo !== undefined) return undefined
  if (!of.exports || !readExports) return undefined
  const { export: open, ...filling } = place.filling
  const id = open?.id ?? (await readExports.newest(of))
  if (id === undefined || id === filling.without) {
    if (of.exports.hot === undefined) return undefined
    throw new ProductError(
      'input_unavailable',
      `${of.id} keeps older records in its exports alone, and this product can read none: there is none since it was restored, or none at all, or the grant does not show everything.`,
    )
  }
  const found = await readExports.open(of, id)
  const at = { id, file: open?.file ?? 0, row: open?.row ?? 0 }
  const file = found?.files[at.file]
  if (found && file === undefined) {
    const end = {
      filling: { ...filling, from: id },
      cursor: found.changes_after,
      isFilled: false,
      asOf: undefined,
    }
    await committer(db, place.run)(reached(derivation, input, end))
    return { changes: 0, refused: 0 }
  }
  const records = file === undefined ? undefined : await readExports.file(of, id, file)
  if (!records) {
    await committer(db, place.run)(beginAnew(input, filling))
    return { changes: 0, refused: 0 }
  }
  let run = place.run
  let refused = 0
  for (let row = at.row; row === at.row || row < records.length; row += ROWS) {
    const changes = records.slice(row, row + ROWS).map((record) => ({ op: 'upsert' as const, record }))
    const rejected = unfitting(input, changes)
    refused += rejected.length
    const isLast = row + ROWS >= records.length
    const next = isLast ? { id, file: at.file + 1, row: 0 } : { ...at, row: row + ROWS }
    await committer(
      db,
      run++,
    )([
      ...applyChanges(derivation, key, input, { ...filling, changes }),
      ...(await quarantine(of.id, rejected, now())),
      ...reached(derivation, input, {
        filling: { ...filling, export: next },
        isFilled: false,
        asOf: undefined,
      }),
    ])
  }
  return { changes: records.length - at.row, refused }
}
