/** One field in two contracts: what it holds, what it means, and who may see it. */
import type { Fields } from '../definition/contract.ts'
import { classes, type Field } from '../definition/fields.ts'
import { compareBounds, compareValues } from './values.ts'
import { differ, rewritten, shown, type Change } from './change.ts'

/** Which field it is. */
export interface FieldPlace {
  readonly path: string
  /** Older name of the contract's field that it is or belongs to, as findings carry it. */
  readonly fields: readonly string[]
  /** Whether readers filter by it. */
  readonly isFiltered?: boolean
}

type Members = (before: Fields, after: Fields, path: string, within: string) => Iterable<Change>
type FieldMember = Exclude<keyof Field, '~value'>
type FieldComparer = (before: Field, after: Field, at: FieldPlace, members: Members) => Iterable<Change>

/** Changes of a field that both contracts have; `members` compares those of a struct. */
export function* compareField(
  before: Field,
  after: Field,
  at: FieldPlace,
  members: Members,
): Generator<Change> {
  for (const [member, compare] of Object.entries(comparers)) {
    const name = member as FieldMember // a key of the table
    if (before.kind !== after.kind && shapeMembers.has(name)) continue // another kind holds other values anyway
    if (!differ(before[name], after[name])) continue
    const path = name === 'items' || name === 'fields' ? at.path : `${at.path}.${name}`
    const changes = [...compare(before, after, { ...at, path }, members)]
    yield* changes.length > 0 ? changes : [rewritten(`${at.path}.${name}`)]
  }
}

/** What a kind makes of its values. */
const shapeMembers: ReadonlySet<FieldMember> = new Set(['unit', 'values', 'min', 'max', 'items', 'fields'])

/** Says that a text is another one. */
const worded =
  (code: string, readers: 'none' | 'notice' = 'none') =>
  (before: Field, after: Field, { path, fields }: FieldPlace): Change[] => {
    const member = path.slice(path.lastIndexOf('.') + 1) as FieldMember // the path ends with it
    const what = `it is ${shown(after[member])}, was ${shown(before[member])}`
    return [{ code, path, what, readers, step: 'patch', fields }]
  }

const comparers: { readonly [M in FieldMember]: FieldComparer } = {
  kind: (before, after, { path, fields }) => [
    {
      code: 'kind_changed',
      path,
      what: `a ${before.kind} became a ${after.kind}`,
      readers: 'breaks',
      sources: 'breaks',
      remedy: `Add a field of kind ${after.kind} beside it, nullable within this major, and drop the old one with the next major.`,
      fields,
    },
  ],
  nullable: (_before, after, { path, fields }) => [
    after.nullable
      ? {
          code: 'nullable_added',
          path,
          what: 'it always had a value, now it may have none',
          readers: 'breaks',
          remedy: 'Give those records a value that the field allows, or make it nullable with a new major.',
          fields,
        }
      : {
          code: 'nullable_removed',
          path,
          what: 'it may no longer be without a value; records stored before may have none',
          rows: 'rows without it are quarantined',
          readers: 'notice',
          sources: 'breaks',
          remedy:
            'Keep it nullable within this major and add a quality rule that counts nulls; require it in the next major, once all sources send it.',
          fields,
        },
  ],
  class: (before, after, { path, fields }) =>
    classes.indexOf(after.class) > classes.indexOf(before.class)
      ? [
          {
            code: 'class_raised',
            path,
            what: `${before.class} data became ${after.class}: grants that were given before may not cover it`,
            readers: 'breaks',
            remedy: `Publish it as ${after.class} with a new major, so that readers ask for a grant that covers it. If it was ${after.class} all along, have an exception from breaking-change-needs-major recorded, and the grants confirmed.`,
            fields,
          },
        ]
      : [{ code: 'class_lowered', path, what: `${before.class} data became ${after.class}`, readers: 'notice', fields }], // prettier-ignore
  unit: compareUnit,
  values: compareValues,
  min: (before, after, at) => compareBounds('min', before, after, at),
  max: (before, after, at) => compareBounds('max', before, after, at),
  items: (before, after, { path, fields }, members) =>
    before.items && after.items
      ? compareField(before.items, after.items, { path: `${path}.items`, fields }, members)
      : [],
  fields: (before, after, { path, fields: [within = ''] }, members) =>
    members(before.fields ?? {}, after.fields ?? {}, path, within),
  of: ({ of: before }, { of: after }, { path, fields }) =>
    before === undefined
      ? [{ code: 'reference_added', path, what: `it refers to ${after}`, fields }]
      : [
          {
            code: after === undefined ? 'reference_removed' : 'reference_changed',
            path,
            what: `it referred to ${before}, now to ${after ?? 'nothing'}: joins no longer match`,
            readers: 'breaks',
            sources: 'notice',
            remedy: `Keep the reference to ${before} and add a field of its own for the other.`,
            fields,
          },
        ],
  means: worded('meaning_reworded', 'notice'),
  name: worded('name_changed'),
  synonyms: worded('synonyms_changed'),
  from: worded('lineage_changed', 'notice'),
  examples: worded('examples_changed'),
}

function compareUnit(before: Field, after: Field, { path, fields }: FieldPlace): Change[] {
  if (before.kind === 'money')
    return [
      {
        code: 'currency_changed',
        path,
        what: `its currency was in ${before.unit}, now it is in ${after.unit}`,
        readers: 'breaks',
        sources: 'breaks',
        remedy:
          'Add an amount with its own currency field beside it, and drop the old one with the next major.',
        fields,
      },
    ]
  if (before.unit === undefined)
    return [{ code: 'unit_stated', path, what: `its unit is ${shown(after.unit)}; none was stated`, readers: 'notice', sources: 'notice', fields }] // prettier-ignore
  return [
    {
      code: after.unit === undefined ? 'unit_removed' : 'unit_changed',
      path,
      what: `it was in ${shown(before.unit)}, now it is in ${after.unit === undefined ? 'no stated unit' : shown(after.unit)}`,
      readers: 'breaks',
      sources: after.unit === undefined ? 'notice' : 'breaks',
      remedy: `Keep this field in ${shown(before.unit)} and add one in the other unit, with the unit in its name.`,
      fields,
    },
  ]
}
