/** The tables that a derived product has beside those of every product. */
import { column, sqlType, type Index, type Table } from '../table/tables.ts'
import { isWhole, type Derivation, type Followed } from './derivation.ts'
import { mirroredFields, mirrorName } from './mirrored.ts'

/** A mirror for each input; the keys whose records must be built anew, and where such keys are still looked for; what the last runs did. */
export const derivationTables = ({ out, inputs }: Derivation): Table[] => {
  const all = Object.values(inputs)
  const partly = all.filter((input) => !isWhole(out, input) && !input.leader).map(({ parts }) => parts)
  const led = (key: string) => all.flatMap(({ leader }) => (leader?.name === key ? [leader.fields] : []))
  return [
    ...Object.entries(inputs).map(([key, input]) =>
      mirrorTable(key, input, isWhole(out, input) ? partly : [], led(key)),
    ),
    { name: '_dirty', columns: [column('key', 'TEXT', { pk: 1 })], indexes: [] },
    {
      // A walk through the rows of a mirror (or of `records`) that have `value` (a JSON array) in `parts` of the key, or in fields
      // of the mirror where `name` says so: all rows without parts.
      name: '_walks',
      columns: [
        column('name', 'TEXT', { pk: 1 }),
        column('parts', 'TEXT', { pk: 2 }),
        column('value', 'TEXT', { pk: 3 }),
        column('after', 'TEXT', { notNull: true }),
        // 1: it must begin again once it is through, for what changed behind it.
        column('again', 'INTEGER', { notNull: true }),
      ],
      indexes: [],
    },
    {
      name: '_runs',
      columns: [
        column('n', 'INTEGER', { pk: 1 }),
        column('at', 'TEXT', { notNull: true }),
        column('report', 'TEXT', { notNull: true }),
      ],
      indexes: [],
    },
  ]
}

/** `walked`: the parts of the key by which other inputs make its rows' keys dirty; `led`: the fields by which it leads to others. */
function mirrorTable(
  key: string,
  input: Followed,
  walked: readonly (readonly string[])[],
  led: readonly (readonly string[])[],
): Table {
  const { of, by, parts, each } = input
  const table = mirrorName(key)
  const index = (suffix: string, columns: readonly string[]): Index => ({
    name: `${table}_${suffix}`,
    unique: false,
    columns: [...new Set(columns)],
  })
  const walks = new Map([
    ...walked.map((own) => [own.join('_'), own.flatMap((part) => by[parts.indexOf(part)] ?? [])] as const),
    ...led.map((fields) => [`field_${fields.join('_')}`, fields] as const),
  ])
  return {
    name: table,
    columns: [
      ...mirroredFields(input).map((field) =>
        column(field, sqlType(of, field), { pk: of.key.indexOf(field) + 1 }),
      ),
      column('_life', 'INTEGER'),
    ],
    indexes: [
      index('by', [...by, ...(each === undefined ? [] : [each]), of.eventTime, ...of.key]),
      ...[...walks].map(([suffix, columns]) => index(`by_${suffix}`, [...columns, ...of.key])),
    ],
  }
}
