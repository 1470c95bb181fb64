/** A field as a property of an ODCS document. */
import type { Field } from '../../definition/fields.ts'
import { kindOf, type Shape } from '../../definition/kinds.ts'
import { enumeration } from './enumeration.ts'
import { defined, type Json } from './json.ts'
import { say } from './said.ts'

/** The property of a field; the items of a list have no name. Its name in the contract is said, to be found again. */
export function writeProperty(field: Field, name?: string, rules: readonly Json[] = []): Json {
  const { odcs, sql } = kindOf(field.kind)
  const options = { ...odcs.logicalTypeOptions, ...limitsOf(field) }
  const quality = [...(field.values ? [enumeration(field.values)] : []), ...rules]
  const custom = [
    ...(name === undefined ? [] : [say('field', name)]),
    ...(field.unit === undefined ? [] : [{ property: 'unit', value: field.unit }]),
    ...(field.synonyms === undefined ? [] : [{ property: 'synonyms', value: field.synonyms }]),
  ]
  return defined({
    name,
    businessName: field.name,
    logicalType: odcs.logicalType,
    physicalType: sql,
    logicalTypeOptions: Object.keys(options).length === 0 ? undefined : options,
    description: field.means,
    required: !field.nullable,
    classification: field.class,
    examples: field.examples,
    transformSourceObjects: field.from,
    relationships:
      field.of === undefined ? undefined : [{ type: 'foreignKey', to: writeReference(field.of) }],
    quality: quality.length === 0 ? undefined : quality,
    items: field.items && writeProperty(field.items),
    properties:
      field.fields && Object.entries(field.fields).map(([member, each]) => writeProperty(each, member)),
    customProperties: custom.length === 0 ? undefined : custom,
  })
}

/** A field of another contract, in ODCS's fully qualified notation: `<file>.yaml#/schema/<table>/properties/<field>`. */
const writeReference = (reference: string): string =>
  reference.replace('#', '.odcs.yaml#/schema/records/properties/')

/** The field of another contract that a reference of ours names; undefined for any other. */
export const readReference = (to: unknown): `${string}.${string}#${string}` | undefined => {
  const [, product, field] =
    (typeof to === 'string' &&
      /^([a-z0-9-]+\.[a-z0-9-]+)\.odcs\.yaml#\/schema\/records\/properties\/([a-z0-9_]+)$/.exec(to)) ||
    []
  return product === undefined || field === undefined ? undefined : (`${product}#${field}` as const as `${string}.${string}#${string}`) // prettier-ignore
}

function limitsOf({ kind, min, max }: Shape): Json {
  if (kind === 'text') return { maxLength: max ?? 2_000 }
  if (kind === 'list') return { maxItems: max ?? 100 }
  return kind === 'int' || kind === 'money' || kind === 'number'
    ? defined({ minimum: min, maximum: max })
    : {}
}
