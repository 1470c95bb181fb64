/** The tables of exports, and of records that live in them alone. */
import { versionField, type Contract } from '@meshloop/contract'
import { column, sqlType, type Table } from './column.ts'

/** The table of records that live in files alone. */
export const ARCHIVED = '_archived'

/** What a product has that writes exports; more of it where `exports.hot` lets records leave D1. */
export const exportTables = (contract: Contract): readonly Table[] => [
  ...(contract.exports ? written : []),
  ...(contract.exports?.hot === undefined ? [] : archive(contract)),
]

const written: readonly Table[] = [
  {
    // A month of event time, `2026-11`: how often it changed, up to which change its files hold it, and in which files it is.
    name: '_partitions',
    columns: [
      column('month', 'TEXT', { pk: 1 }),
      column('changed', 'INTEGER', { notNull: true }),
      column('exported', 'INTEGER', { notNull: true }),
      // How often it had changed when the export began that is being written; and what of it is written, as JSON.
      column('taken', 'INTEGER'),
      column('progress', 'TEXT'),
      column('files', 'TEXT'),
    ],
    indexes: [],
  },
  {
    // Exports that can be read, and the one that is being written: without a manifest yet. `ended_at`: since when a newer one is there.
    name: '_exports',
    columns: [
      column('id', 'TEXT', { pk: 1 }),
      column('begun_at', 'TEXT', { notNull: true }),
      column('incarnation', 'TEXT', { notNull: true }),
      column('seq', 'INTEGER', { notNull: true }),
      column('as_of', 'TEXT'),
      column('made_at', 'TEXT'),
      column('ended_at', 'TEXT'),
      column('manifest', 'TEXT'),
    ],
    indexes: [],
  },
]

const archive = (contract: Contract): readonly Table[] => [
  {
    // A slim row for each record that lives in files alone: what is sent later is judged by it, and a month is written anew with it.
    name: ARCHIVED,
    columns: [
      ...contract.key.map((key, index) => column(key, sqlType(contract, key), { pk: index + 1 })),
      column('_month', 'TEXT', { notNull: true }),
      column('_version', sqlType(contract, versionField(contract)), { notNull: true }),
      column('_hash', 'TEXT', { notNull: true }),
      column('_source', 'TEXT', { notNull: true }),
    ],
    indexes: [],
  },
  {
    // How many rows of `_archived` are of a month.
    name: '_archived_months',
    columns: [column('month', 'TEXT', { pk: 1 }), column('records', 'INTEGER', { notNull: true })],
    indexes: [],
  },
  {
    // By sequence, the last number of a record that left: the feed does not tell it any more.
    name: '_left',
    columns: [column('sequence', 'TEXT', { pk: 1 }), column('seq', 'INTEGER', { notNull: true })],
    indexes: [],
  },
  {
    // Files of cold months that no month is made of any more, and since when: a restored database may name them again.
    name: '_unnamed',
    columns: [column('name', 'TEXT', { pk: 1 }), column('since', 'TEXT', { notNull: true })],
    indexes: [],
  },
]
