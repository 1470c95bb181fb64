/** Valid contracts at random, contracts that differ from one a little, and records of a contract. */
import fc from 'fast-check'
import { ContractError, readContract, type Contract, type Field } from '../src/index.ts'

/** Names that every object inherits are names of fields too. */
const names = ['prototype', 'valueof', 'status', 'placed_at', 'amount', 'note', 'city', 'tags', 'score', 'day', 'ok', 'ref'] // prettier-ignore
const words = ['order', 'customer', 'when', 'paid', 'the', 'number', 'of', '<b>', '"; --', 'ü', '::error::', '\u001B[31m', '%0A'] // prettier-ignore

const name = fc.constantFrom(...names)
const means = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
  .map((all) => `To ${all.join(' ')}`)
const duration = fc.constantFrom('PT5M', 'PT60M', 'PT1H', 'P1D', 'P30D', 'P90D')
const reference = fc.constantFrom('purchase.orders#order_id', 'customer.accounts#customer_id')
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })

const common = {
  means,
  nullable: fc.boolean(),
  class: fc.constantFrom('public', 'internal', 'personal', 'sensitive'),
  name: optional(fc.constantFrom('Order number', 'City')),
  synonyms: optional(fc.uniqueArray(name, { maxLength: 2 })),
  of: optional(reference),
  from: optional(fc.uniqueArray(reference, { maxLength: 2 })),
}
const bounds = fc
  .record({ min: optional(fc.integer({ min: -5, max: 5 })), max: optional(fc.integer({ min: 5, max: 12 })) })
  .map(pruned)
const unit = optional(fc.constantFrom('seconds', 'metres'))

const simple = fc.oneof(
  fc.record({ kind: fc.constantFrom('id', 'bool', 'time', 'date'), ...common }),
  fc.record({ kind: fc.constant('text'), ...common, max: optional(fc.integer({ min: 0, max: 3000 })) }),
  fc.record({ kind: fc.constantFrom('int', 'number'), ...common, unit, bounds }),
  fc.record({
    kind: fc.constant('enum'),
    ...common,
    values: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'constructor'), { minLength: 1 }),
  }),
)
const nested = fc.oneof(
  fc.record({ kind: fc.constant('struct'), ...common, fields: fc.dictionary(name, simple.map(flat), { minKeys: 1, maxKeys: 3 }) }),
  fc.record({ kind: fc.constant('list'), ...common, max: optional(fc.integer({ min: 0, max: 120 })), items: simple.map(flat) }),
) // prettier-ignore

/** A field of any kind but money, which needs its currency beside it. */
const arbitraryField: fc.Arbitrary<Field> = fc
  .oneof({ weight: 4, arbitrary: simple }, { weight: 1, arbitrary: nested })
  .map((field) => flat(field) as unknown as Field) // readContract checks it below

const bound = fc.oneof(
  fc.tuple(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), fc.integer({ min: 0, max: 6 })).map(([is, n]) => ({ [is]: n })),
  fc.constantFrom({ between: [1, 4] }, { between: [0, 9] }, { notBetween: [1, 4] }),
) // prettier-ignore

/** Needs `key_id` and `at`, which every contract here has. */
const rule = fc.record({
  means,
  severity: optional(fc.constantFrom('info', 'warning', 'error')),
  dimension: optional(fc.constantFrom('accuracy', 'uniqueness')),
  bound,
  counted: fc.constantFrom<object>(
    { nulls: 'key_id' },
    { duplicates: ['key_id', 'at'] },
    { rows: true },
    { missing: 'key_id', standIns: ['-'] },
    { holds: [{ field: 'at', is: 'gt', value: '2026-01-31T09:30:00.000Z' }] },
  ),
})

const arbitraryAccess = fc.record({
  automatic: optional(fc.constantFrom(['public'], ['internal', 'public'])),
  groups: optional(fc.record({ least: fc.integer({ min: 2, max: 6 }), of: optional(fc.constant('at_too')) })),
})

/** By what may name a group, if there is anything. */
function groupsOf(rule: object | undefined, fields: Record<string, object>, picked: readonly string[]) {
  const by = picked.filter((each) => {
    const { class: care } = fields[each] as Field
    return each !== 'key_id' && each !== 'at_too' && (care === 'public' || care === 'internal')
  })
  return rule && by.length > 0 ? { ...rule, by } : undefined
}

/** A valid contract. Its key is `key_id`, its event time `at` or `at_too`; money is `paid_cents` in `currency`. */
export const arbitraryContract: fc.Arbitrary<Contract> = fc
  .record({
    fields: fc.dictionary(name, arbitraryField, { maxKeys: 6 }),
    money: fc.boolean(),
    picks: fc.array(fc.nat(20), { maxLength: 3 }),
    more: fc.record({
      title: means,
      purpose: means,
      limitations: optional(means),
      terms: optional(means),
      price: optional(fc.record({ amount: fc.integer({ min: 0, max: 3 }), currency: fc.constantFrom('EUR', 'USD'), unit: fc.constantFrom('month', 'megabyte') })), // prettier-ignore
      owner: fc.record({ team: means, support: means }),
      visibility: optional(fc.constantFrom('mesh', 'internal')),
      eventTime: fc.constantFrom('at', 'at_too'),
      versionBy: optional(fc.constantFrom('at', 'at_too')),
      ports: optional(fc.uniqueArray(fc.constantFrom('records', 'aggregate', 'changes'), { minLength: 1 })),
      freshness: duration,
      frequency: optional(duration),
      retention: optional(duration),
      tombstones: optional(fc.constantFrom('P7D', 'P30D')),
      exports: optional(
        fc.record({
          every: optional(fc.constantFrom('PT1H', 'PT6H')),
          keep: optional(fc.constantFrom('P1D', 'P7D')),
        }),
      ),
      availability: optional(fc.constantFrom(90, 99, 99.5)),
      lifecycle: optional(
        fc.record({ deprecated: optional(fc.constantFrom('2026-02-01', '2026-03-01')), endOfSupport: optional(fc.constantFrom('2026-04-01', '2026-05-01')), endOfLife: optional(fc.constantFrom('2026-06-01', '2026-07-01')) }), // prettier-ignore
      ),
      inputs: optional(fc.constantFrom([], [{ product: 'purchase.orders', major: 1 }])),
      gate: optional(fc.uniqueArray(fc.constantFrom('freshness', 'drift', 'quality'))),
    }),
    quality: optional(fc.dictionary(name, rule.map(({ counted, ...frame }) => ({ ...frame, ...counted })), { maxKeys: 2 })), // prettier-ignore
    flags: optional(fc.constantFrom('risk', 'context')),
    access: optional(arbitraryAccess),
    carried: optional(fc.constantFrom({ tags: ['x'] }, { tags: ['y'] })),
  })
  .map(({ fields, money, picks, more, quality, flags, access, carried }) => {
    const all: Record<string, object> = {
      key_id: { kind: 'id', means: 'Key', class: 'internal', nullable: false },
      at: { kind: 'time', means: 'At', class: 'internal', nullable: false },
      at_too: { kind: 'time', means: 'Later', class: 'internal', nullable: false },
      ...fields,
      ...(money && {
        paid_cents: { kind: 'money', means: 'Paid', class: 'internal', nullable: true, unit: 'currency' },
        currency: { kind: 'text', means: 'Currency', class: 'public', nullable: true, max: 3 },
      }),
    }
    const ordered = Object.keys(all).filter((each) => !['list', 'struct'].includes((all[each] as Field).kind))
    const picked = [...new Set(picks.flatMap((pick) => ordered[pick % ordered.length] ?? []))]
    const together = picked.find((each) => each !== 'key_id' && each !== 'at')
    return readContract(
      pruned({
        id: 'shop.random',
        version: '1.0.0',
        fields: all,
        key: ['key_id'],
        indexes: [...picked, ...(together === undefined ? [] : [[together, 'at']])],
        limits: picked.length === 2 ? { scan: 5_000 } : undefined,
        dimensions: picked,
        measures: {
          total: { means: 'All', count: true },
          keys: { means: 'Keys', distinct: picked[0] ?? 'key_id' },
          ...(money && {
            turnover: { means: 'Paid', sum: 'paid_cents' },
            each: { means: 'Paid by one', average: 'paid_cents' },
            most: { means: 'Paid at most', max: 'paid_cents' },
          }),
          first: { means: 'First of all', min: 'key_id' },
          share: { means: 'Keys of all', ratio: ['keys', 'total'] },
        },
        rollups:
          picked.length > 1
            ? [{ by: [...picked, `${String(more['eventTime'])}.day`], measures: ['total'] }]
            : undefined,
        access: access && { ...access, groups: groupsOf(access.groups, all, picked) },
        quality,
        flags: flags && { set: flags, subject: 'key_id' },
        reintegration: flags && { decided_by: 'Board', why: 'w', risk: 'r', review_by: '2027-01-01' },
        carried,
        ...more,
      }),
    )
  })

/** A contract and another one that differs from it in up to three places. */
export const arbitraryChange: fc.Arbitrary<{ before: Contract; after: Contract }> = fc
  .record({
    before: arbitraryContract,
    other: arbitraryContract,
    edits: fc.array(fc.record({ how: fc.nat(5), at: fc.nat(400), what: fc.nat(11) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ before, other, edits }) => {
    let after = before
    for (const edit of edits) after = readable(edited(after, other, edit)) ?? after
    return { before, after }
  })

/** A record that the contract's schema accepts. */
export const arbitraryRecord = ({
  fields,
}: Pick<Contract, 'fields'>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([each, field]) => [each, valueOf(field)])))

function valueOf(field: Field): fc.Arbitrary<unknown> {
  const value = presentValueOf(field)
  return field.nullable ? fc.option(value, { nil: null }) : value
}

function presentValueOf({ kind, min, max, values = [], items, fields = {} }: Field): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'id':
      return fc.stringMatching(/^[a-z0-9]{1,8}$/)
    case 'text':
      return fc.integer({ min: 0, max: max ?? 2000 }).map((length) => 'x'.repeat(length))
    case 'enum':
      return fc.constantFrom(...values)
    case 'int':
    case 'money':
      return fc.integer({ min: min ?? -1000, max: max ?? 1000 })
    case 'number':
      return fc.double({ min: min ?? -1000, max: max ?? 1000, noNaN: true })
    case 'bool':
      return fc.boolean()
    case 'time':
      return fc.constantFrom('2026-01-31T09:30:00.000Z', '2026-11-01T00:00:00.000Z')
    case 'date':
      return fc.constantFrom('2026-01-31', '2026-11-01')
    case 'list':
      return items ? fc.array(valueOf(items), { maxLength: Math.min(max ?? 100, 100) }) : fc.constant([])
    case 'struct':
      return arbitraryRecord({ fields })
  }
}

/** Bounds become members of their own, what is absent is left out. */
function flat({ bounds: own = {}, ...field }: Record<string, unknown> & { bounds?: object }): object {
  return pruned({ ...field, ...own })
}

function pruned(value: unknown): object {
  return JSON.parse(JSON.stringify(value)) as object // JSON leaves out what is undefined
}

type Edit = { readonly how: number; readonly at: number; readonly what: number }

/** Takes a member from another contract, gives a field another definition or name, or changes one value somewhere. */
function edited(contract: Contract, other: Contract, { how, at, what }: Edit): unknown {
  const copy = JSON.parse(JSON.stringify(contract)) as Record<string, Record<string, unknown>>
  const pick = <T>(all: readonly T[]): T | undefined => all[at % Math.max(all.length, 1)]
  const member = pick(
    Object.keys({ ...contract, ...other }).filter((each) => each !== 'version' && each !== 'id'),
  )
  const field = pick(Object.keys(contract.fields))
  const newer = pick(Object.values(other.fields))
  if (how === 0 && member !== undefined)
    return pruned({ ...copy, [member]: (other as unknown as Record<string, unknown>)[member] })
  if (how === 1 && newer) return { ...copy, fields: { ...copy['fields'], [names[what] ?? 'note']: newer } }
  if (how === 2 && field !== undefined) {
    const { [field]: gone, ...rest } = copy['fields'] ?? {}
    return { ...copy, fields: what % 2 === 0 ? rest : { ...rest, [`${field}_too`]: gone } }
  }
  if (how > 3) changeValuesOfField(copy['fields'] ?? {}, at, what)
  else changeOneValue(copy, at, what)
  return copy
}

/** Lets a field, an item or a member have other values than before. */
function changeValuesOfField(fields: Record<string, unknown>, at: number, what: number): void {
  const all = Object.values(fields) as Record<string, unknown>[]
  const field = all[at % Math.max(all.length, 1)]
  if (!field) return
  const { items, fields: members, values, max, min } = field
  if (items && what % 2 === 0) return changeValuesOfField({ items }, at, what)
  if (members && what % 2 === 0) return changeValuesOfField(members as Record<string, unknown>, at, what)
  const by = what % 2 === 0 ? 1 : -1
  if (what < 4) field['nullable'] = !field['nullable']
  else if (Array.isArray(values)) field['values'] = by > 0 ? [...values, 'more'] : values.slice(1)
  else if (what < 8) field['max'] = typeof max === 'number' ? max + by : 9
  else field['min'] = typeof min === 'number' ? min + by : 0
}

function changeOneValue(root: object, at: number, what: number): void {
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const walk = (holder: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (key === 'version' || key === 'id') continue
      places.push({ holder, key })
      if (typeof value === 'object' && value !== null) walk(value as Record<string, unknown>)
    }
  }
  walk(root as Record<string, unknown>)
  const place = places[(at * 7 + what) % places.length]
  if (!place) return
  const { holder, key } = place
  const value = holder[key]
  if (Array.isArray(value)) holder[key] = what % 2 === 0 ? value.slice(1) : value.toReversed()
  else if (typeof value === 'number') holder[key] = value + (what % 2 === 0 ? 1 : -1)
  else if (typeof value === 'boolean') holder[key] = !value
  else if (typeof value === 'string') holder[key] = what % 3 === 0 ? 'sensitive' : `${value}x`
  else Reflect.deleteProperty(holder, key)
}

function readable(json: unknown): Contract | undefined {
  try {
    return readContract(json)
  } catch (error) {
    if (error instanceof ContractError) return undefined
    throw error
  }
}
