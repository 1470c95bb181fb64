/** Random contracts, views and histories: what tests of views are about. */
import type { RowFilter, View } from '@meshloop/access/claims'
import {
  bool,
  classes,
  id,
  int,
  list,
  oneOf,
  struct,
  text,
  time,
  type Class,
  type Contract,
} from '@meshloop/contract'
import * as fc from 'fast-check'

/** A row or a record. */
export type Json = Readonly<Record<string, unknown>>

const SHOPS = ['a', 'b', 'c'] as const
const field = (of: Readonly<Partial<Record<string, Class>>>) => (name: string) => ({
  class: of[name] ?? 'internal',
})
const names = ['at', 'shop', 'units', 'ok', 'note', 'who', 'tags'] as const

/** A contract whose fields have any classes; `home` is classed by what is inside of it. */
export const contracts: fc.Arbitrary<Contract> = fc
  .record({
    classed: fc.record({
      ...Object.fromEntries(names.map((name) => [name, fc.constantFrom(...classes)])),
      // Views that show the key and hide the version are where changes can be hidden.
      k: fc.constantFrom('public', 'public', 'internal'),
      part: fc.constantFrom('public', 'public', 'internal'),
      rev: fc.constantFrom('sensitive', 'sensitive', 'internal'),
    }),
    inside: fc.constantFrom(...classes),
    isSingle: fc.boolean(),
    indexes: fc.subarray(['units', 'ok', 'note', 'who']),
  })
  .map(({ classed, inside, isSingle, indexes }) => {
    const of = field(classed)
    return {
      id: 'a.views',
      version: '1.0.0',
      title: 'T',
      purpose: 'p',
      owner: { team: 't', support: 's@t.example' },
      freshness: 'PT5M',
      fields: {
        k: id('Key', of('k')),
        part: int('Part', of('part')),
        at: time('When', of('at')),
        rev: int('Version', of('rev')),
        shop: oneOf(SHOPS, 'Shop', of('shop')),
        units: int('Units', { nullable: true, ...of('units') }),
        ok: bool('Fine', of('ok')),
        note: text('Note', { nullable: true, ...of('note') }),
        who: id('Who', { nullable: true, ...of('who') }),
        tags: list(id('Tag'), 'Tags', of('tags')),
        home: struct({ city: text('City', { class: inside }) }, 'Home', { class: 'public' }),
      },
      key: isSingle ? ['k'] : ['k', 'part'],
      eventTime: 'at',
      versionBy: 'rev',
      indexes: ['shop', ...indexes],
      measures: {
        all: { means: 'All', count: true },
        units: { means: 'Units', sum: 'units' },
        people: { means: 'People', distinct: 'who' },
      },
      dimensions: ['shop', 'ok', 'who'],
      rollups: [{ by: ['shop'], measures: ['all', 'units'] }],
    } satisfies Contract
  })

/** What a record says, beside its key and version. */
export const contents = fc.record({
  at: fc.integer({ min: 0, max: 2 }).map((hour) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString()),
  shop: fc.constantFrom(...SHOPS),
  units: fc.constantFrom(null, -1, 0, 2),
  ok: fc.boolean(),
  note: fc.constantFrom(null, '', 'x', "it's"),
  who: fc.constantFrom(null, 'w1', 'w2'),
  tags: fc.constantFrom<string[][]>([], ['t'], ['t', 'u']),
  home: fc.constantFrom('Ulm', 'Rome').map((city) => ({ city })),
})

/** The class that a view of all fields up to it shows of a contract. */
const classWithin = ({ fields }: Contract, name: string): Class => {
  const { class: own = 'public', fields: parts = {}, items } = fields[name] ?? {}
  const all = [own, ...Object.values(parts).map((part) => part.class), ...(items ? [items.class] : [])]
  return classes.findLast((each) => all.includes(each)) ?? 'public'
}

/** Names of a contract's fields that are classed up to a class. */
export const fieldsUpTo = (contract: Contract, top: Class): string[] =>
  Object.keys(contract.fields).filter(
    (name) => classes.indexOf(classWithin(contract, name)) <= classes.indexOf(top),
  )

/** Kinds of views, by what they hide. */
export const hiding = ['classes', 'columns', 'rows', 'rows and columns', 'the key', 'key and time'] as const

const someRows: fc.Arbitrary<RowFilter> = fc.constantFrom(
  { field: 'shop', op: 'eq', value: 'a' },
  { field: 'shop', op: 'in', value: ['a', 'b'] },
)

/** The content of a view of a contract that hides something of a kind. */
export function viewsThatHide(
  kind: (typeof hiding)[number],
  contract: Contract,
): fc.Arbitrary<Omit<View, 'id'>> {
  const all = Object.keys(contract.fields)
  const without = (hidden: readonly string[]) =>
    fc.subarray(
      all.filter((name) => !hidden.includes(name)),
      { minLength: 1 },
    )
  const columns: fc.Arbitrary<string[] | null> = {
    classes: fc.constantFrom(
      ...classes.map((top) => fieldsUpTo(contract, top)).filter((shown) => shown.length > 0),
    ),
    columns: fc.subarray(all).map((some) => [...new Set([...contract.key, ...some])]),
    rows: fc.constant(null),
    'rows and columns': without([]),
    'the key': without(['k']).map((some) => [...new Set(['at', ...some])]),
    'key and time': without([...contract.key, 'at']),
  }[kind]
  const rows = kind.startsWith('rows') ? someRows.map((filter) => [filter]) : fc.constant([])
  return fc.record({ columns, rows })
}

/** Names of what a view shows. */
export const shownOf = (contract: Contract, { columns }: Pick<View, 'columns'>): string[] =>
  Object.keys(contract.fields).filter((name) => columns === null || columns.includes(name))

/** Whether a view shows the row: shops are all that views of these tests choose by. */
export const showsRow = ({ rows }: Pick<View, 'rows'>, row: Json): boolean =>
  rows.every(({ field: name, op, value }) =>
    op === 'in' ? value.includes(row[name] as string) : op === 'eq' && row[name] === value,
  )
