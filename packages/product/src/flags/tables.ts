/** The tables of the flags port, in the product's own database. */
import { column, type Table } from '../table/tables.ts'

const pageColumns = [
  column('slot', 'INTEGER', { pk: 1 }),
  // Empty: the slot has no page.
  column('name', 'TEXT', { notNull: true }),
  column('bytes', 'INTEGER', { notNull: true }),
  column('entries', 'INTEGER', { notNull: true }),
]

/** What a product with a flags port has beside its other tables. Times are Unix ms. */
export const flagsTables: readonly Table[] = [
  {
    // One row. `fence` rises with each run, `step` with each transaction; `seq` is how far the records were read.
    name: '_flags_state',
    columns: [
      column('one', 'INTEGER', { pk: 1, check: 'one = 1' }),
      column('fence', 'INTEGER', { notNull: true }),
      column('step', 'INTEGER', { notNull: true }),
      column('offered_at', 'INTEGER', { notNull: true }),
      // What the entries were made with; another one makes them anew.
      column('aud', 'TEXT', { notNull: true }),
      column('sid', 'TEXT', { notNull: true }),
      column('contract', 'TEXT', { notNull: true }),
      column('seq', 'INTEGER', { notNull: true }),
      column('bits', 'INTEGER'),
      // What the staged pages and the current pages stand for, as JSON.
      column('staged', 'TEXT'),
      column('current', 'TEXT'),
    ],
    indexes: [],
  },
  {
    name: '_flags_entries',
    columns: [
      column('place', 'INTEGER', { pk: 1 }),
      column('tag', 'TEXT', { pk: 2 }),
      column('json', 'TEXT', { notNull: true }),
    ],
    indexes: [],
  },
  {
    // Places whose entries changed since their page was staged.
    name: '_flags_dirty',
    columns: [column('place', 'INTEGER', { pk: 1 })],
    indexes: [],
  },
  {
    // The pages that the next content has other than the current one. `put_at` is null until the put is acknowledged.
    name: '_flags_staged',
    columns: [...pageColumns, column('put_at', 'INTEGER')],
    indexes: [],
  },
  {
    // The pages that heads name. `lost`: missing or damaged in KV, to be put again.
    name: '_flags_current',
    columns: [
      ...pageColumns,
      column('put_at', 'INTEGER', { notNull: true }),
      column('lost', 'INTEGER', { notNull: true }),
    ],
    indexes: [],
  },
  {
    // Every head that may still be accepted; complete values of the latest, as base64.
    name: '_flags_log',
    columns: [
      column('epoch', 'INTEGER', { pk: 1 }),
      column('expires', 'INTEGER', { notNull: true }),
      column('fingerprint', 'TEXT', { notNull: true }),
      column('sid', 'TEXT', { notNull: true }),
      column('bits', 'INTEGER', { notNull: true }),
      column('oldest_put_at', 'INTEGER'),
      column('value', 'TEXT'),
    ],
    indexes: [],
  },
]
