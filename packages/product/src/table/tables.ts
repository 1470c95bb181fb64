/** The tables of a product's database, as data: made from its contract, compared with what its migrations make. */
import { filterable, versionField, type Contract } from '@meshloop/contract'
import { column, sqlType, type Column, type SqlType, type Table } from './column.ts'
import { exportTables } from './export-tables.ts'
import { sequencesOf } from './levels.ts'

export { column, sqlType, type Column, type Index, type SqlType, type Table } from './column.ts'

/**
 * The table `records`: the contract's fields and the system's columns.
 *
 * Columns beside the key are nullable in SQL: what is required is the contract's business, since tombstones have
 * no other values and fields are added to tables that have rows.
 */
function recordsTable(contract: Contract): Table {
  const fields = Object.keys(contract.fields).map((name) => {
    const position = contract.key.indexOf(name) + 1
    return column(name, sqlType(contract, name), { pk: position })
  })
  const single = contract.key.length === 1 ? contract.key[0] : undefined
  const indexed = filterable(contract).filter((name) => name !== single)
  const together = (contract.indexes ?? []).filter((index) => typeof index !== 'string')
  return {
    name: 'records',
    columns: [...fields, ...systemColumns(contract)],
    indexes: [
      { name: 'records_seq', unique: true, columns: ['_seq'] },
      ...sequencesOf(contract).map(({ column: of }) => ({
        name: indexName(of),
        unique: true,
        columns: [of],
      })),
      ...indexed.map((name) => ({ name: indexName(name), unique: false, columns: [name] })),
      ...together.map((columns) => ({ name: indexName(columns.join('__')), unique: false, columns })),
    ],
  }
}

/** No field begins with an underscore: one that is called seq must not meet the index of the sequence. */
const indexName = (name: string): string => `records_${name === 'seq' ? '_seq' : name}`

const systemColumns = (contract: Contract): Column[] => [
  column('_seq', 'INTEGER', { notNull: true }),
  column('_version', sqlType(contract, versionField(contract)), { notNull: true }),
  column('_hash', 'TEXT', { notNull: true }),
  column('_deleted', 'INTEGER', { notNull: true }),
  column('_source', 'TEXT', { notNull: true }),
  ...sequencesOf(contract).map((sequence) => column(sequence.column, 'INTEGER')),
]

/** Name of the table that keeps a rollup. */
export const rollupName = (by: readonly string[]): string => `_rollup_${by.join('_').replaceAll('.', '_')}`

/** One table a rollup: a row a group, `grp` being the JSON array of its dimensions' values, `_n` its records. */
const rollupTables = (contract: Contract): Table[] =>
  (contract.rollups ?? []).map(({ by, measures }) => ({
    name: rollupName(by),
    columns: [
      column('grp', 'TEXT', { pk: 1 }),
      column('_n', 'INTEGER', { notNull: true }),
      ...measures.map((name) => column(name, totalType(contract, name), { notNull: true })),
    ],
    indexes: [],
  }))

function totalType(contract: Contract, name: string): SqlType {
  const measure = contract.measures?.[name]
  return measure && 'sum' in measure ? sqlType(contract, measure.sum) : 'INTEGER'
}

/** What every product's database has beside its records. */
const systemTables: readonly Table[] = [
  {
    // One row: the sequence of accepted changes, the life of this database, and the count of derivation commits.
    name: '_state',
    columns: [
      column('one', 'INTEGER', { pk: 1, check: 'one = 1' }),
      column('incarnation', 'TEXT', { notNull: true }),
      column('seq', 'INTEGER', { notNull: true }),
      column('run', 'INTEGER', { notNull: true }),
      // The change up to which deletions are forgotten: null while none is.
      column('floor', 'INTEGER'),
      // What `_progress` says, as a JSON object of as_of by name, and the `seq + run` as of which it does: one row is read for all.
      column('progress', 'TEXT'),
      column('progress_at', 'INTEGER'),
    ],
    indexes: [],
  },
  {
    // How far each source, or each input of a derived product, is complete.
    name: '_progress',
    columns: [
      column('name', 'TEXT', { pk: 1 }),
      column('as_of', 'TEXT'),
      column('n', 'INTEGER'),
      column('cursor', 'TEXT'),
      column('next_as_of', 'TEXT'),
    ],
    indexes: [],
  },
  {
    // Numbered batches whose claims wait for a missing one before them.
    name: '_batches',
    columns: [
      column('source', 'TEXT', { pk: 1 }),
      column('n', 'INTEGER', { pk: 2 }),
      column('complete_up_to', 'TEXT'),
    ],
    indexes: [],
  },
  {
    name: '_quarantine',
    columns: [
      column('id', 'TEXT', { pk: 1 }),
      column('source', 'TEXT', { notNull: true }),
      column('received_at', 'TEXT', { notNull: true }),
      column('errors', 'TEXT', { notNull: true }),
      column('row', 'TEXT', { notNull: true }),
      // 1: `row` is all that was sent, and can be judged again; 0: its beginning.
      column('whole', 'INTEGER'),
    ],
    indexes: [{ name: '_quarantine_source', unique: false, columns: ['source', 'received_at'] }],
  },
  {
    // What the quality rules of a major counted last: `results` is JSON, `seq` the change up to which they hold.
    name: '_quality',
    columns: [
      column('major', 'INTEGER', { pk: 1 }),
      column('tried_at', 'TEXT', { notNull: true }),
      column('judged_at', 'TEXT'),
      column('contract', 'TEXT'),
      column('seq', 'INTEGER'),
      column('records', 'INTEGER'),
      column('results', 'TEXT'),
    ],
    indexes: [],
  },
  {
    // Requests by which a consumer read a field on a day (UTC); of the field '' all of its requests.
    name: '_usage',
    columns: [
      column('day', 'TEXT', { pk: 1 }),
      column('major', 'INTEGER', { pk: 2 }),
      column('consumer', 'TEXT', { pk: 3 }),
      column('field', 'TEXT', { pk: 4 }),
      column('requests', 'INTEGER', { notNull: true }),
    ],
    indexes: [],
  },
  {
    // What a consumer's requests cost in an hour (UTC, `2026-11-01T09`): rows as D1 bills them.
    name: '_cost',
    columns: [
      column('hour', 'TEXT', { pk: 1 }),
      column('major', 'INTEGER', { pk: 2 }),
      column('consumer', 'TEXT', { pk: 3 }),
      column('requests', 'INTEGER', { notNull: true }),
      column('rows_read', 'INTEGER', { notNull: true }),
      column('rows_written', 'INTEGER', { notNull: true }),
    ],
    indexes: [],
  },
  {
    // Writes that were sent with an Idempotency-Key: `answer` is null while the first one is at work.
    name: '_idempotency',
    columns: [
      column('source', 'TEXT', { pk: 1 }),
      column('key', 'TEXT', { pk: 2 }),
      column('body', 'TEXT', { notNull: true }),
      column('at', 'TEXT', { notNull: true }),
      column('answer', 'TEXT'),
    ],
    indexes: [{ name: '_idempotency_at', unique: false, columns: ['at'] }],
  },
  {
    // The change that was the last one at a moment: from it follows how old a deletion is.
    name: '_marks',
    columns: [column('at', 'TEXT', { pk: 1 }), column('seq', 'INTEGER', { notNull: true })],
    indexes: [],
  },
  {
    // One row: 32 random bytes in base64url, made once, from which the keys of cursors follow.
    name: '_secret',
    columns: [
      column('one', 'INTEGER', { pk: 1, check: 'one = 1' }),
      column('secret', 'TEXT', { notNull: true }),
    ],
    indexes: [],
  },
  {
    // A write to it fails, and with it the whole transaction, when a guard's condition does not hold.
    name: '_guard',
    columns: [
      column('one', 'INTEGER', { pk: 1 }),
      column('ok', 'INTEGER', { notNull: true, check: 'ok = 1' }),
    ],
    indexes: [],
  },
]

/** All tables of a product without inputs. */
export const tablesOf = (contract: Contract): Table[] => [
  recordsTable(contract),
  ...rollupTables(contract),
  ...exportTables(contract),
  ...systemTables,
]
