/** Writes rows set-based: one statement a chunk, newest version wins, rollups move in the same transaction. */
import type { Contract } from '@meshloop/contract'
import { overtaking, type Overtaking } from '../exports/archived.ts'
import { markLeftMonths } from '../exports/left-months.ts'
import { sequencesOf, type Sequence } from '../table/levels.ts'
import { moveTotals } from './rollups.ts'
import { briefItems, briefRows, sentRows, type SentRows } from './sent-rows.ts'
import { and, commas, item, name, sql, type SQL } from './sql.ts'
import type { StoredRow } from './stored-row.ts'

/** Statements for one transaction. `counts[i]` says whether the changes of statement i are accepted rows. */
export interface RowWrites {
  readonly statements: readonly SQL[]
  readonly counts: readonly boolean[]
}

/**
 * Who wins over a record that exists: `newest`, the greater version, for what sources send; `replace`, always the
 * new content, for what is built from inputs (whose corrections may well be older).
 */
export type Precedence = 'newest' | 'replace'

/** The statements that write these rows, in the order given; needs the state row to exist. */
export function writeRows(
  contract: Contract,
  source: string,
  rows: readonly StoredRow[],
  precedence: Precedence = 'newest',
): RowWrites {
  const writes = sentRows(contract, rows).flatMap((sent) => {
    const overtaken = overtaking(contract, sent)
    const move = (sign: SQL): SQL[] =>
      (contract.rollups ?? []).map((rollup) => moveTotals(contract, rollup, sentKeys(contract, sent), sign))
    const uncounted = (statement: SQL) => ({ statement, counts: false })
    return [
      ...[...move(sql`-`), ...markLeftMonths(contract, sent), ...overtaken.before].map(uncounted),
      { statement: upsert(contract, source, sent, precedence, overtaken), counts: true },
      ...[
        ...overtaken.after,
        ...move(sql`+`),
        sql`UPDATE _state SET seq = max(seq, coalesce((SELECT max(_seq) FROM records), 0))`,
      ].map(uncounted),
    ]
  })
  const all = [...(writes.length === 0 ? [] : makeUp(contract)), ...writes]
  return { statements: all.map((w) => w.statement), counts: all.map((w) => w.counts) }
}

/** A Worker of before a sequence wrote rows without it: they come before all that is numbered from now on. */
const makeUp = (contract: Contract) =>
  sequencesOf(contract).map(({ column }) => ({
    statement: sql`UPDATE records SET ${name(column)} = _seq WHERE ${name(column)} IS NULL`,
    counts: false,
  }))

/** Condition of the records whose keys these rows have. */
const sentKeys = (contract: Contract, sent: SentRows): SQL =>
  sql`(${commas(contract.key.map(name))}) IN (SELECT ${commas(briefItems(contract).key)} FROM ${briefRows(sent)})`

function upsert(
  contract: Contract,
  source: string,
  { whole }: SentRows,
  precedence: Precedence,
  { isNewer }: Overtaking,
): SQL {
  const fields = Object.keys(contract.fields)
  const columns = [...fields, '_version', '_hash', '_deleted']
  const changing = [...columns, '_seq', '_source'].filter((column) => !contract.key.includes(column))
  const sequences = sequencesOf(contract)
  const seq = sql`(SELECT seq FROM _state) + key + 1`
  return sql`
    INSERT INTO records (${commas([...columns, '_source', '_seq', ...sequences.map(({ column }) => column)].map(name))})
    SELECT ${commas([...columns.map((_, index) => item(index)), sql`${source}`, seq, ...sequences.map(() => seq)])}
    FROM json_each(${whole}) WHERE ${precedence === 'newest' ? isNewer : livingOrKnown(contract, fields)}
    ON CONFLICT (${commas(contract.key.map(name))}) DO UPDATE SET
      ${commas([...changing.map((column) => sql`${name(column)} = excluded.${name(column)}`), ...sequences.map(moveSequence)])}
    WHERE ${precedence === 'newest' ? newer : sql`excluded._hash <> records._hash`}`
}

/** A sequence moves on with its fields. Compared as one value each: a chain of ORs would be too deep for D1. */
function moveSequence({ column, fields }: Sequence): SQL {
  const shown = (of: 'excluded' | 'records'): SQL =>
    commas(['_deleted', ...fields].map((field) => sql`${sql.raw(of)}.${name(field)}`))
  return sql`${name(column)} = CASE WHEN (${shown('excluded')}) IS NOT (${shown('records')}) THEN excluded._seq ELSE records.${name(column)} END`
}

const newer = sql`excluded._version > records._version
  OR (excluded._version = records._version AND excluded._hash > records._hash)`

/** The deletion of a record that never was is nothing to tell anyone. */
const livingOrKnown = (contract: Contract, fields: readonly string[]): SQL => sql`(
  ${item(fields.length + 2)} = 0 OR EXISTS (SELECT 1 FROM records r
    WHERE ${and(contract.key.map((key) => sql`r.${name(key)} = ${item(fields.indexOf(key))}`))}))`
