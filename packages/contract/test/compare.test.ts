import { describe, expect, it } from 'vitest'
import {
  affected,
  compareContracts,
  judgeVersion,
  nextVersion,
  stepBetween,
  type Effect,
  type Step,
} from '../src/compare/index.ts'
import { ContractError, readContract, type Contract } from '../src/index.ts'

type Json = Record<string, unknown>
const field = (kind: string, more: Json = {}) => ({
  kind,
  means: `The ${kind}`,
  class: 'internal',
  nullable: false,
  ...more,
})

const city = field('text', { means: 'Town' })
const zip = field('text', { means: 'Code', nullable: true, max: 10 })
const fields: Record<string, Json> = {
  order_id: field('id', { means: 'Number of the order' }),
  at: field('time', { means: 'When it was placed' }),
  changed_at: field('time', { means: 'Newest change' }),
  status: field('enum', { means: 'Where it stands', values: ['placed', 'paid', 'sent'] }),
  note: field('text', { means: 'Remark of the shop', nullable: true, max: 200, synonyms: ['comment'] }),
  long_note: field('text', { means: 'Letter to the shop' }),
  score: field('number', { means: 'Likelihood', min: 0, max: 1 }),
  items: field('int', { means: 'Articles', min: 0, unit: 'pieces' }),
  weight: field('number', { means: 'How heavy', nullable: true }),
  paid_cents: field('money', { means: 'What was paid', unit: 'currency' }),
  currency: field('text', { means: 'ISO 4217 code', max: 3 }),
  base_currency: field('text', { means: 'Currency of the books', max: 3 }),
  customer_id: field('id', { means: 'Who ordered', class: 'personal', of: 'customer.accounts#customer_id', from: ['customer.accounts#customer_id'] }),
  tags: field('list', { means: 'Labels', max: 10, items: field('enum', { values: ['gift', 'express'] }) }),
  place: field('struct', { means: 'Where it goes', fields: { city, zip } }),
} // prettier-ignore

const base: Json = {
  id: 'purchase.orders',
  version: '1.4.2',
  title: 'Orders',
  purpose: 'For the checks.',
  limitations: 'None.',
  terms: 'Inside the company.',
  price: { amount: 10, currency: 'EUR', unit: 'month' },
  owner: { team: 'Purchase', support: 'purchase@shop.example' },
  visibility: 'mesh',
  access: { automatic: ['public'] },
  fields,
  key: ['order_id'],
  eventTime: 'at',
  versionBy: 'changed_at',
  indexes: ['status', 'customer_id'],
  measures: { orders: { means: 'Orders', count: true }, turnover: { means: 'Turnover', sum: 'paid_cents' } },
  dimensions: ['status', 'currency'],
  rollups: [{ by: ['status'], measures: ['orders'] }],
  freshness: 'PT5M',
  frequency: 'PT1H',
  retention: 'P90D',
  availability: 99,
  lifecycle: { deprecated: '2027-01-01', endOfSupport: '2027-03-01', endOfLife: '2027-06-01' },
  quality: {
    paid: { means: 'Paid orders have an amount', nulls: 'paid_cents', severity: 'warning' },
    many: { means: 'Enough', rows: true, bound: { gt: 100 } },
    few: { means: 'Almost none', nulls: 'note', unit: 'percent', bound: { lt: 5 } },
  },
  flags: { set: 'risk', subject: 'order_id' },
  gate: ['freshness', 'quality'],
  reintegration: { decided_by: 'Board', why: 'Fraud', risk: 'Wrong', review_by: '2027-01-01' },
  carried: { tags: ['x'] },
}

type Edit = (contract: Json) => Json
const set =
  (more: Json): Edit =>
  (contract) => ({ ...contract, ...more })
const unset =
  (member: string): Edit =>
  ({ [member]: _gone, ...rest }) =>
    rest
const inFields =
  (more: Json): Edit =>
  (contract) => ({ ...contract, fields: { ...(contract['fields'] as Json), ...more } })
const inField = (name: string, more: Json): Edit => inFields({ [name]: { ...fields[name], ...more } })
const without = (name: string): Json => {
  const { [name]: _gone, ...rest } = fields
  return rest
}
const unfield = (name: string, member: string): Edit => {
  const { [member]: _gone, ...rest } = fields[name] ?? {}
  return inFields({ [name]: rest })
}
const inPlace = (members: Record<string, Json>): Edit => inField('place', { fields: members })
const rules = base['quality'] as Record<string, Json>
const inRule = (name: string, more: Json): Edit =>
  set({ quality: { ...rules, [name]: { ...rules[name], ...more } } })
const groups = { least: 5, of: 'customer_id', by: ['status', 'currency'] }
const access = { ...(base['access'] as Json), groups }
const inAccess = (more: Json): Edit => set({ access: { ...access, ...more } })
const inGroups = (more: Json): Edit => inAccess({ groups: { ...groups, ...more } })
const inLifecycle = (lifecycle: Json): Edit => set({ lifecycle })
const days = base['lifecycle'] as Json
const all =
  (...edits: Edit[]): Edit =>
  (contract) =>
    edits.reduce((so_far, edit) => edit(so_far), contract)
const noFlags = all(unset('flags'), unset('gate'), unset('reintegration'))

type Row = readonly [what: string, edit: Edit, code: string, readers: Effect, sources: Effect, step: Step]

const changes: readonly Row[] = [
  // fields
  ['a nullable field is added', inFields({ extra: field('id', { nullable: true }) }), 'field_added', 'none', 'notice', 'minor'],
  ['a required field is added', inFields({ extra: field('bool') }), 'required_field_added', 'notice', 'breaks', 'major'],
  ['a field goes', set({ fields: without('weight') }), 'field_removed', 'breaks', 'breaks', 'major'],
  ['an indexed field goes', all(set({ fields: without('customer_id') }), set({ indexes: ['status'] })), 'field_removed', 'breaks', 'breaks', 'major'],
  ['a field is renamed, means are equal', set({ fields: { ...without('weight'), mass: fields['weight'] } }), 'field_renamed', 'breaks', 'breaks', 'major'],
  ['a field is renamed everywhere', all(set({ fields: { ...without('status'), state: fields['status'] } }), set({ indexes: ['state', 'customer_id'], dimensions: ['state', 'currency'], rollups: [{ by: ['state'], measures: ['orders'] }] })), 'field_renamed', 'breaks', 'breaks', 'major'],
  ['the key is renamed', all(set({ fields: { ...without('order_id'), number: fields['order_id'] } }), set({ key: ['number'], flags: { set: 'risk', subject: 'number' } })), 'field_renamed', 'breaks', 'breaks', 'major'],
  ['a currency is renamed', all(set({ fields: { ...without('currency'), iso_code: fields['currency'], paid_cents: { ...fields['paid_cents'], unit: 'iso_code' } } }), set({ dimensions: ['status', 'iso_code'] })), 'field_renamed', 'breaks', 'breaks', 'major'],
  ['a measured field is renamed', all(set({ fields: { ...without('paid_cents'), total_cents: fields['paid_cents'] } }), set({ measures: { orders: { means: 'Orders', count: true }, turnover: { means: 'Turnover', sum: 'total_cents' } }, quality: { ...rules, paid: { ...rules['paid'], nulls: 'total_cents' } } })), 'field_renamed', 'breaks', 'breaks', 'major'],
  ['a value becomes nullable', inField('items', { nullable: true }), 'nullable_added', 'breaks', 'none', 'major'],
  ['a value becomes required', inField('note', { nullable: false }), 'nullable_removed', 'notice', 'breaks', 'major'],
  ['an int becomes a number', inField('items', { kind: 'number' }), 'kind_changed', 'breaks', 'breaks', 'major'],
  ['an enum becomes text', inFields({ status: { ...without('x')['note'] as Json, means: 'Where it stands', nullable: false, synonyms: undefined, max: undefined } }), 'kind_changed', 'breaks', 'breaks', 'major'],
  ['a value is added', inField('status', { values: ['placed', 'paid', 'sent', 'back'] }), 'enum_value_added', 'breaks', 'none', 'major'],
  ['a value goes', inField('status', { values: ['placed', 'paid'] }), 'enum_value_removed', 'breaks', 'breaks', 'major'],
  ['values in another order', inField('status', { values: ['sent', 'paid', 'placed'] }), 'rewritten', 'none', 'none', 'patch'],
  ['a greatest length is lifted', inField('note', { max: 300 }), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a greatest length goes back to the kind’s', unfield('note', 'max'), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a length is limited', inField('note', { max: 100 }), 'bound_tightened', 'none', 'breaks', 'major'],
  ['a length is limited to what it was by default', inField('long_note', { max: 2000 }), 'rewritten', 'none', 'none', 'patch'],
  ['a length is limited above the default', inField('long_note', { max: 2001 }), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a lowest value sinks', inField('items', { min: -1 }), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a lowest value goes', unfield('items', 'min'), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a lowest value rises', inField('items', { min: 1 }), 'bound_tightened', 'none', 'breaks', 'major'],
  ['a highest value rises', inField('score', { max: 2 }), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a highest value is set', inField('items', { max: 99 }), 'bound_tightened', 'none', 'breaks', 'major'],
  ['a list may be longer', inField('tags', { max: 11 }), 'bound_lifted', 'breaks', 'none', 'major'],
  ['a list’s items get a value', inField('tags', { items: field('enum', { values: ['gift', 'express', 'x'] }) }), 'enum_value_added', 'breaks', 'none', 'major'],
  ['a list’s items lose a value', inField('tags', { items: field('enum', { values: ['gift'] }) }), 'enum_value_removed', 'notice', 'breaks', 'major'],
  ['a list’s items become another kind', inField('tags', { items: field('id', { means: 'The enum' }) }), 'kind_changed', 'breaks', 'breaks', 'major'],
  ['a member is added, nullable', inPlace({ city, zip, street: field('text', { nullable: true }) }), 'field_added', 'none', 'notice', 'minor'],
  ['a member is added, required', inPlace({ city, zip, street: field('text') }), 'required_field_added', 'notice', 'breaks', 'major'],
  ['a member goes', inPlace({ city }), 'field_removed', 'breaks', 'breaks', 'major'],
  ['a member is renamed', inPlace({ town: city, zip }), 'field_renamed', 'breaks', 'breaks', 'major'],
  ['a member becomes nullable', inPlace({ city: { ...city, nullable: true }, zip }), 'nullable_added', 'breaks', 'none', 'major'],
  ['a member is limited', inPlace({ city, zip: { ...zip, max: 5 } }), 'bound_tightened', 'none', 'breaks', 'major'],
  ['a class is raised', inField('items', { class: 'sensitive' }), 'class_raised', 'breaks', 'none', 'major'],
  ['a class is lowered', inField('customer_id', { class: 'internal' }), 'class_lowered', 'notice', 'none', 'minor'],
  ['a unit changes', inField('items', { unit: 'dozens' }), 'unit_changed', 'breaks', 'breaks', 'major'],
  ['a unit goes', unfield('items', 'unit'), 'unit_removed', 'breaks', 'notice', 'major'],
  ['a unit is stated', inField('weight', { unit: 'kg' }), 'unit_stated', 'notice', 'notice', 'minor'],
  ['a currency is another field', inField('paid_cents', { unit: 'base_currency' }), 'currency_changed', 'breaks', 'breaks', 'major'],
  ['a reference is added', inField('order_id', { of: 'shop.carts#cart_id' }), 'reference_added', 'none', 'none', 'minor'],
  ['a reference changes', inField('customer_id', { of: 'shop.visits#visitor_id' }), 'reference_changed', 'breaks', 'notice', 'major'],
  ['a reference goes', unfield('customer_id', 'of'), 'reference_removed', 'breaks', 'notice', 'major'],
  ['a meaning is reworded', inField('weight', { means: 'How heavy it is' }), 'meaning_reworded', 'notice', 'none', 'patch'],
  ['a business name is given', inField('weight', { name: 'Weight' }), 'name_changed', 'none', 'none', 'patch'],
  ['synonyms change', inField('note', { synonyms: ['remark'] }), 'synonyms_changed', 'none', 'none', 'patch'],
  ['examples are given', inField('weight', { examples: [1.5] }), 'examples_changed', 'none', 'none', 'patch'],
  ['lineage changes', inField('customer_id', { from: [] }), 'lineage_changed', 'notice', 'none', 'patch'],
  // how records are found
  ['the key grows', set({ key: ['order_id', 'at'] }), 'key_changed', 'breaks', 'breaks', 'major'],
  ['the event time is another', set({ eventTime: 'changed_at' }), 'event_time_changed', 'breaks', 'notice', 'major'],
  ['the version is another', set({ versionBy: 'items' }), 'version_field_changed', 'breaks', 'breaks', 'major'],
  ['an index is added', set({ indexes: ['status', 'customer_id', 'score'] }), 'index_added', 'none', 'none', 'minor'],
  ['an index goes', set({ indexes: ['status'] }), 'index_removed', 'breaks', 'none', 'major'],
  ['an index of several fields is added', set({ indexes: ['status', 'customer_id', ['status', 'customer_id']] }), 'composite_index_added', 'none', 'none', 'patch'],
  ['a field is left in an index of several', set({ indexes: [['status', 'customer_id']] }), 'composite_index_added', 'none', 'none', 'patch'],
  ['another budget', set({ limits: { scan: 50_000 } }), 'limits_changed', 'notice', 'none', 'minor'],
  ['indexes in another order', set({ indexes: ['customer_id', 'status'] }), 'rewritten', 'none', 'none', 'patch'],
  ['an index that the key has anyway', set({ indexes: ['status', 'customer_id', 'order_id'] }), 'rewritten', 'none', 'none', 'patch'],
  ['a measure is added', set({ measures: { ...(base['measures'] as Json), items: { means: 'Articles', sum: 'items' } } }), 'measure_added', 'none', 'none', 'minor'],
  ['a measure goes', set({ measures: { orders: { means: 'Orders', count: true } } }), 'measure_removed', 'breaks', 'none', 'major'],
  ['a measure sums another field', set({ measures: { ...(base['measures'] as Json), turnover: { means: 'Turnover', sum: 'items' } } }), 'measure_changed', 'breaks', 'none', 'major'],
  ['a measure counts otherwise', set({ measures: { ...(base['measures'] as Json), turnover: { means: 'Turnover', distinct: 'paid_cents' } } }), 'measure_changed', 'breaks', 'none', 'major'],
  ['a measure is reworded', set({ measures: { ...(base['measures'] as Json), turnover: { means: 'Sum', sum: 'paid_cents' } } }), 'measure_reworded', 'notice', 'none', 'patch'],
  ['a dimension is added', set({ dimensions: ['status', 'currency', 'customer_id'] }), 'dimension_added', 'none', 'none', 'minor'],
  ['a dimension goes', set({ dimensions: ['status'] }), 'dimension_removed', 'breaks', 'none', 'major'],
  ['a rollup goes', unset('rollups'), 'rollup_removed', 'notice', 'none', 'minor'],
  ['a rollup is added', set({ rollups: [...(base['rollups'] as Json[]), { by: ['currency'], measures: ['orders'] }] }), 'rollup_added', 'none', 'none', 'patch'],
  ['a port goes', set({ ports: ['records', 'changes'] }), 'port_removed', 'breaks', 'none', 'major'],
  ['all ports are named', set({ ports: ['changes', 'records', 'aggregate'] }), 'rewritten', 'none', 'none', 'patch'],
  // promises
  ['less fresh', set({ freshness: 'PT10M' }), 'freshness_worsened', 'breaks', 'none', 'major'],
  ['fresher', set({ freshness: 'PT1M' }), 'freshness_improved', 'none', 'notice', 'minor'],
  ['as fresh in other words', set({ freshness: 'PT300S' }), 'rewritten', 'none', 'none', 'patch'],
  ['less often', set({ frequency: 'P1D' }), 'frequency_worsened', 'breaks', 'none', 'major'],
  ['no frequency', unset('frequency'), 'frequency_worsened', 'breaks', 'none', 'major'],
  ['more often', set({ frequency: 'PT5M' }), 'frequency_improved', 'none', 'notice', 'minor'],
  ['kept shorter', set({ retention: 'P30D' }), 'retention_worsened', 'breaks', 'none', 'major'],
  ['kept longer', set({ retention: 'P365D' }), 'retention_improved', 'none', 'none', 'minor'],
  ['no retention', unset('retention'), 'retention_worsened', 'breaks', 'none', 'major'],
  ['deletions told for a time alone', set({ tombstones: 'P30D' }), 'tombstones_worsened', 'breaks', 'none', 'major'],
  ['bulk files', set({ exports: {} }), 'exports_added', 'none', 'none', 'minor'],
  ['less available', set({ availability: 98.9 }), 'availability_worsened', 'breaks', 'none', 'major'],
  ['no availability', unset('availability'), 'availability_worsened', 'breaks', 'none', 'major'],
  ['more available', set({ availability: 99.9 }), 'availability_improved', 'none', 'none', 'minor'],
  ['support ends earlier', inLifecycle({ ...days, endOfSupport: '2027-02-28' }), 'end_of_support_nearer', 'breaks', 'none', 'major'],
  ['support ends later', inLifecycle({ ...days, endOfSupport: '2027-04-01' }), 'end_of_support_postponed', 'notice', 'none', 'minor'],
  ['life ends earlier', inLifecycle({ ...days, endOfLife: '2027-05-31' }), 'end_of_life_nearer', 'breaks', 'none', 'major'],
  ['life has no end', inLifecycle({ deprecated: days['deprecated'], endOfSupport: days['endOfSupport'] }), 'end_of_life_postponed', 'notice', 'none', 'minor'],
  ['deprecated later', inLifecycle({ ...days, deprecated: '2027-02-01' }), 'deprecation_changed', 'notice', 'none', 'minor'],
  ['generally available', inLifecycle({ ...days, generalAvailability: '2026-12-01' }), 'general_availability_changed', 'notice', 'none', 'minor'],
  // quality
  ['a rule is added', set({ quality: { ...rules, more: { means: 'Once', duplicates: ['order_id'] } } }), 'quality_rule_added', 'none', 'notice', 'minor'],
  ['a rule goes', set({ quality: { paid: rules['paid'], many: rules['many'] } }), 'quality_rule_removed', 'breaks', 'none', 'major'],
  ['a rule is looser', inRule('paid', { bound: { lte: 1 } }), 'quality_rule_loosened', 'breaks', 'none', 'major'],
  ['a rule is looser at its other end', inRule('many', { bound: { gt: 99 } }), 'quality_rule_loosened', 'breaks', 'none', 'major'],
  ['a rule is stricter', inRule('many', { bound: { between: [100, 200] } }), 'quality_rule_tightened', 'none', 'notice', 'minor'],
  ['a rule is as strict in other words', inRule('many', { bound: { gte: 101 } }), 'rewritten', 'none', 'none', 'patch'],
  ['per cent may lie between whole ones', inRule('few', { bound: { lte: 4 } }), 'quality_rule_tightened', 'none', 'notice', 'minor'],
  ['a rule’s bound is spelled out', inRule('paid', { bound: { eq: 0 } }), 'rewritten', 'none', 'none', 'patch'],
  ['a rule counts another field', inRule('few', { nulls: 'weight' }), 'quality_rule_changed', 'breaks', 'notice', 'major'],
  ['a rule counts in rows', inRule('few', { unit: 'rows' }), 'quality_rule_changed', 'breaks', 'notice', 'major'],
  ['a rule weighs less', inRule('paid', { severity: 'info' }), 'severity_lowered', 'breaks', 'none', 'major'],
  ['a rule weighs more', inRule('paid', { severity: 'error' }), 'severity_raised', 'none', 'notice', 'minor'],
  ['a rule is reworded', inRule('paid', { means: 'Has an amount' }), 'quality_rule_reworded', 'notice', 'none', 'patch'],
  // who may read it, and for what
  ['internal to its domain', set({ visibility: 'internal' }), 'visibility_narrowed', 'breaks', 'none', 'major'],
  ['visibility left out', unset('visibility'), 'rewritten', 'none', 'none', 'patch'],
  ['dearer', set({ price: { amount: 11, currency: 'EUR', unit: 'month' } }), 'price_raised', 'breaks', 'none', 'major'],
  ['cheaper', set({ price: { amount: 9, currency: 'EUR', unit: 'month' } }), 'price_lowered', 'notice', 'none', 'minor'],
  ['free of charge', unset('price'), 'price_lowered', 'notice', 'none', 'minor'],
  ['another currency', set({ price: { amount: 9, currency: 'USD', unit: 'month' } }), 'price_unit_changed', 'breaks', 'none', 'major'],
  ['paid by use', set({ price: { amount: 10, currency: 'EUR', unit: 'megabyte' } }), 'price_unit_changed', 'breaks', 'none', 'major'],
  ['other terms', set({ terms: 'Not for advertising.' }), 'terms_changed', 'notice', 'none', 'minor'],
  // flags
  ['flags go', all(unset('flags'), unset('gate')), 'flags_removed', 'breaks', 'none', 'major'],
  ['another flag set', set({ flags: { set: 'context', subject: 'order_id' } }), 'flag_set_changed', 'breaks', 'none', 'major'],
  ['another subject', set({ flags: { set: 'risk', subject: 'customer_id' } }), 'flag_subject_changed', 'breaks', 'none', 'major'],
  ['a gate rule goes', set({ gate: ['freshness'] }), 'gate_rule_removed', 'breaks', 'none', 'major'],
  ['a gate rule is added', unset('gate'), 'gate_rule_added', 'notice', 'none', 'minor'],
  ['the decision is reviewed', set({ reintegration: { decided_by: 'Board', why: 'Fraud', risk: 'Wrong', review_by: '2028-01-01' } }), 'decision_changed', 'notice', 'none', 'patch'],
  // texts
  // access
  ['nothing is granted by the contract', unset('access'), 'automatic_removed', 'notice', 'none', 'minor'],
  ['more is granted by the contract', set({ access: { automatic: ['public', 'internal'] } }), 'automatic_added', 'notice', 'none', 'minor'],
  ['another title', set({ title: 'All orders' }), 'title_changed', 'none', 'none', 'patch'],
  ['another purpose', set({ purpose: 'For more.' }), 'purpose_changed', 'none', 'none', 'patch'],
  ['other limitations', set({ limitations: 'Some.' }), 'limitations_changed', 'notice', 'none', 'patch'],
  ['another team', set({ owner: { team: 'Sales', support: 'purchase@shop.example' } }), 'team_changed', 'notice', 'notice', 'patch'],
  ['another support channel', set({ owner: { team: 'Purchase', support: 'help@shop.example' } }), 'support_changed', 'notice', 'notice', 'patch'],
  ['another rest of a document', set({ carried: { tags: ['y'] } }), 'carried_changed', 'none', 'none', 'patch'],
  ['another product', set({ id: 'purchase.baskets' }), 'id_changed', 'breaks', 'breaks', 'major'],
] // prettier-ignore

const contract = (json: Json): Contract => readContract(JSON.parse(JSON.stringify(json)))
const compare = (edit: Edit, from: Edit = set({})) =>
  compareContracts(contract(from(base)), contract(edit(from(base))))

describe('one change', () => {
  it.each(changes)('%s', (_what, edit, code, readers, sources, step) => {
    const { findings, ...verdict } = compare(edit)
    const [finding] = findings
    expect(findings.map((one) => one.code)).toEqual(code === 'flags_removed' ? [code, 'rewritten'] : [code])
    expect(finding).toMatchObject({ readers, sources, step })
    expect(verdict).toEqual({
      step,
      readers: readers === 'breaks' ? 'breaks' : 'compatible',
      sources: sources === 'breaks' ? 'breaks' : 'compatible',
    })
    expect(finding?.remedy !== undefined).toBe(step === 'major')
    expect(finding?.what).not.toMatch(/undefined|\[object/)
  })

  it('is asked of both sides at least 60 times', () => expect(changes.length).toBeGreaterThan(100))
})

describe('changes against what is not in the contract above', () => {
  it.each<readonly [...Row, from: Edit]>([
    ['a first end of life, unannounced', inLifecycle({ endOfLife: '2027-06-01' }), 'end_of_life_set', 'breaks', 'none', 'major', unset('lifecycle')],
    ['a first end of support, unannounced', inLifecycle({ endOfSupport: '2027-06-01' }), 'end_of_support_set', 'breaks', 'none', 'major', unset('lifecycle')],
    ['a first end of life of what was deprecated', inLifecycle({ deprecated: '2027-01-01', endOfLife: '2027-06-01' }), 'end_of_life_announced', 'notice', 'none', 'minor', inLifecycle({ deprecated: '2027-01-01' })],
    ['an index of several fields goes', set({ indexes: ['status', 'customer_id'] }), 'composite_index_removed', 'notice', 'none', 'minor', set({ indexes: ['status', 'customer_id', ['status', 'customer_id']] })],
    ['a value goes that nobody filters by', inField('status', { values: ['placed', 'paid'] }), 'enum_value_removed', 'notice', 'breaks', 'major', set({ indexes: ['customer_id'] })],
    ['a value of a derived product goes, which readers filter by', inField('status', { values: ['placed', 'paid'] }), 'enum_value_removed', 'breaks', 'none', 'major', set({ inputs: [{ product: 'customer.accounts', major: 1 }] })],
    ['a rollup keeps more', set({ rollups: [{ by: ['status'], measures: ['items', 'orders'] }], measures: { orders: { means: 'Orders', count: true }, items: { means: 'I', sum: 'items' } } }), 'rollup_added', 'none', 'none', 'patch', set({ rollups: [{ by: ['status'], measures: ['orders'] }], measures: { orders: { means: 'Orders', count: true }, items: { means: 'I', sum: 'items' } } })],
    ['a rollup in another order', set({ rollups: [{ by: ['status', 'currency'], measures: ['turnover', 'orders'] }] }), 'rewritten', 'none', 'none', 'patch', set({ rollups: [{ by: ['currency', 'status'], measures: ['orders', 'turnover'] }] })],
    ['a first sum of money beside other measures', set({ measures: base['measures'] }), 'measure_added', 'breaks', 'none', 'major', set({ measures: { orders: { means: 'Orders', count: true } } })],
    ['a first measure, of money', set({ measures: base['measures'], rollups: [] }), 'measure_added', 'none', 'none', 'minor', all(unset('measures'), set({ rollups: [] }))],
    ['a first ratio of money beside other measures', set({ measures: { orders: { means: 'Orders', count: true }, most: { means: 'M', max: 'paid_cents' }, each: { means: 'E', ratio: ['most', 'orders'] } } }), 'measure_added', 'breaks', 'none', 'major', set({ measures: { orders: { means: 'Orders', count: true } } })],
    ['a least becomes a greatest', set({ measures: { ...(base['measures'] as Json), last: { means: 'Last', min: 'at' } } }), 'measure_changed', 'breaks', 'none', 'major', set({ measures: { ...(base['measures'] as Json), last: { means: 'Last', max: 'at' } } })],
    ['a ratio is of something else', set({ measures: { ...(base['measures'] as Json), each: { means: 'Each', ratio: ['turnover', 'orders'] } } }), 'measure_changed', 'breaks', 'none', 'major', set({ measures: { ...(base['measures'] as Json), each: { means: 'Each', ratio: ['orders', 'turnover'] } } })],
    ['no bulk files', unset('exports'), 'exports_removed', 'breaks', 'none', 'major', set({ exports: {} })],
    ['rarer bulk files', set({ exports: { every: 'PT2H' } }), 'exports_worsened', 'breaks', 'none', 'major', set({ exports: {} })],
    ['bulk files more often', set({ exports: { every: 'PT30M' } }), 'exports_improved', 'none', 'none', 'minor', set({ exports: {} })],
    ['bulk files that are kept for less', set({ exports: { keep: 'P1D' } }), 'exports_worsened', 'breaks', 'none', 'major', set({ exports: {} })],
    ['records stay in D1 for a time alone', all(set({ exports: { hot: 'P90D' } }), noFlags), 'exports_worsened', 'breaks', 'none', 'major', all(set({ exports: {} }), noFlags)],
    ['records stay in D1 for less', all(set({ exports: { hot: 'P90D' } }), noFlags), 'exports_worsened', 'breaks', 'none', 'major', all(set({ exports: { hot: 'P99D' } }), noFlags)],
    ['records stay in D1 for longer', all(set({ exports: { hot: 'P36500D' } }), noFlags), 'exports_improved', 'none', 'none', 'minor', all(set({ exports: { hot: 'P99D' } }), noFlags)],
    ['records leave D1 no more, and those that left are forgotten', all(set({ exports: {} }), noFlags), 'exports_hot_removed', 'breaks', 'none', 'major', all(set({ exports: { hot: 'P99D' } }), noFlags)],
    ['bulk files as usual, spelled out', set({ exports: { every: 'PT1H', keep: 'P7D' } }), 'rewritten', 'none', 'none', 'patch', set({ exports: {} })],
    ['deletions told for longer', set({ tombstones: 'P60D' }), 'tombstones_improved', 'none', 'none', 'minor', set({ tombstones: 'P30D' })],
    ['a rollup by the day', set({ rollups: [...(base['rollups'] as Json[]), { by: ['status', 'at.day'], measures: ['orders'] }] }), 'rollup_added', 'none', 'none', 'patch', set({})],
    ['another sum in the same currency', set({ measures: { ...(base['measures'] as Json), more: { means: 'More', sum: 'paid_cents' } } }), 'measure_added', 'none', 'none', 'minor', set({})],
    ['valid values in another order', set({ quality: { state: { means: 'Known', invalid: 'status', valid: ['paid', 'sent'] } } }), 'rewritten', 'none', 'none', 'patch', set({ quality: { state: { means: 'Known', invalid: 'status', valid: ['sent', 'paid'] } } })],
    ['conditions in another order, and none spelled out', set({ quality: { sane: { means: 'Sane', holds: [{ field: 'items', is: 'gt', value: 0 }, { field: 'score', is: 'gt', value: 0 }], when: [] } } }), 'rewritten', 'none', 'none', 'patch', set({ quality: { sane: { means: 'Sane', holds: [{ field: 'score', is: 'gt', value: 0 }, { field: 'items', is: 'gt', value: 0 }] } } })],
    ['a first retention', set({ retention: 'P365D' }), 'retention_improved', 'none', 'none', 'minor', unset('retention')],
    ['a first frequency', set({ frequency: 'PT1H' }), 'frequency_improved', 'none', 'notice', 'minor', unset('frequency')],
    ['a first price', set({ price: { amount: 1, currency: 'EUR', unit: 'month' } }), 'price_introduced', 'breaks', 'none', 'major', unset('price')],
    ['a price of nothing', set({ price: { amount: 0, currency: 'EUR', unit: 'month' } }), 'rewritten', 'none', 'none', 'patch', unset('price')],
    ['groups are larger', inGroups({ least: 10 }), 'least_raised', 'notice', 'none', 'minor', set({ access })],
    ['groups are smaller', inGroups({ least: 3 }), 'least_lowered', 'notice', 'none', 'minor', set({ access })],
    ['persons are told by their records', inGroups({ of: undefined }), 'persons_changed', 'notice', 'none', 'minor', set({ access })],
    ['persons are told by another field', inGroups({ of: 'note' }), 'persons_changed', 'notice', 'none', 'minor', set({ access })],
    ['groups are no longer by a field', inGroups({ by: ['status'] }), 'group_removed', 'breaks', 'none', 'major', set({ access })],
    ['groups in another order', inGroups({ by: ['currency', 'status'] }), 'rewritten', 'none', 'none', 'patch', set({ access })],
    ['totals are no longer protected', inAccess({ groups: undefined }), 'groups_removed', 'notice', 'none', 'minor', set({ access })],
    ['what groups are by is renamed', all(inGroups({ by: ['state', 'currency'] }), set({ fields: { ...without('status'), state: fields['status'] } }), set({ indexes: ['state', 'customer_id'], dimensions: ['state', 'currency'], rollups: [{ by: ['state'], measures: ['orders'] }] })), 'field_renamed', 'breaks', 'breaks', 'major', set({ access })],
    ['totals are protected', set({ access }), 'groups_added', 'notice', 'none', 'minor', inAccess({ groups: undefined })],
    ['groups are by one more', inGroups({ by: ['status', 'currency'] }), 'group_added', 'notice', 'none', 'minor', inGroups({ by: ['status'] })],
    ['no rules spelled out', set({ access: {} }), 'rewritten', 'none', 'none', 'patch', unset('access')],
    ['open to the mesh', set({ visibility: 'mesh' }), 'visibility_widened', 'none', 'none', 'minor', set({ visibility: 'internal' })],
    ['a port is added', set({ ports: ['records', 'changes'] }), 'port_added', 'none', 'none', 'minor', set({ ports: ['records'] })],
    ['flags are added', set({ flags: { set: 'risk', subject: 'order_id' } }), 'flags_added', 'none', 'none', 'minor', all(unset('flags'), unset('gate'))],
    ['an event time that is the version too', set({ eventTime: 'changed_at' }), 'event_time_changed', 'breaks', 'notice', 'major', unset('versionBy')],
    ['a product becomes derived', set({ inputs: [{ product: 'customer.accounts', major: 1 }] }), 'ingest_closed', 'notice', 'breaks', 'major', unset('inputs')],
    ['a derived product takes in rows', unset('inputs'), 'ingest_opened', 'notice', 'none', 'minor', set({ inputs: [{ product: 'customer.accounts', major: 1 }] })],
    ['an input is added', set({ inputs: [{ product: 'customer.accounts', major: 1 }] }), 'input_added', 'notice', 'none', 'minor', set({ inputs: [] })],
    ['a required field of an older major', inFields({ extra: field('bool') }), 'required_field_added', 'notice', 'none', 'minor', set({ projects: { major: 2, fields: {} } })],
    ['an input is another major', set({ inputs: [{ product: 'customer.accounts', major: 2 }] }), 'input_removed', 'notice', 'none', 'minor', set({ inputs: [{ product: 'customer.accounts', major: 1 }] })],
    ['a required field of a derived product', inFields({ extra: field('bool') }), 'required_field_added', 'notice', 'none', 'minor', set({ inputs: [{ product: 'customer.accounts', major: 1 }] })],
    ['an older major is now a projection', set({ projects: { major: 2, fields: {} } }), 'projection_moved', 'notice', 'notice', 'patch', unset('projects')],
    ['a projection from another field', set({ projects: { major: 2, fields: { note: { from: 'letter' } } } }), 'projection_changed', 'breaks', 'none', 'major', set({ projects: { major: 2, fields: { note: { from: 'remark' } } } })],
    ['a projection with another constant', set({ projects: { major: 2, fields: { items: { constant: 1 } } } }), 'projection_changed', 'breaks', 'none', 'major', set({ projects: { major: 2, fields: { items: { constant: 0 } } } })],
    ['a projection spelled out', set({ projects: { major: 2, fields: { note: { from: 'note' } } } }), 'rewritten', 'none', 'none', 'patch', set({ projects: { major: 2, fields: {} } })],
  ])('%s', (_what, edit, code, readers, sources, step, from) => {
    const { findings } = compare(edit, from)
    expect(findings[0]).toMatchObject({ code, readers, sources, step })
    expect(findings[0]?.remedy !== undefined).toBe(step === 'major')
  }) // prettier-ignore
})

it.each([
  [
    'told to those who send them',
    'the number weight is gone; rows that still have it are quarantined',
    set({}),
  ],
  [
    'not spoken of where there are none',
    'the number weight is gone',
    set({ inputs: [{ product: 'customer.accounts', major: 1 }] }),
  ],
])('what becomes of rows is %s', (_how, what, from) =>
  expect(compare((json) => ({ ...json, fields: without('weight') }), from).findings[0]?.what).toBe(what),
)

describe('the step of a version', () => {
  const found = compare(
    all(inField('items', { class: 'personal' }), set({ frequency: 'PT5M', title: 'T' })),
  ).findings
  const isPersonal = ({ path }: { path: string }) => path === 'fields.items.class'

  it.each([
    ['1.4.3', false, 'patch', ['class_raised', 'frequency_improved'], '2.0.0'],
    ['1.5.0', false, 'minor', ['class_raised'], '2.0.0'],
    ['1.4.3', true, 'patch', ['class_raised', 'frequency_improved'], '1.5.0'],
    ['1.5.0', true, 'minor', [], '1.5.0'],
    ['1.4.1', true, 'backwards', ['class_raised', 'frequency_improved', 'title_changed'], '1.5.0'],
    ['2.0.0', false, 'major', [], '2.0.0'],
  ])('to %s, excused: %s', (version, excused, taken, untold, needed) => {
    const judged = judgeVersion(
      { version: '1.4.2' },
      { version } as Contract,
      found,
      excused ? isPersonal : undefined,
    )
    expect({ ...judged, untold: judged.untold.map(({ code }) => code) }).toEqual({
      taken,
      needed,
      untold,
      isEnough: untold.length === 0,
    })
  })
})

describe('renames', () => {
  const codes = (edit: Edit) => compare(edit).findings.map(({ code, path }) => `${code} ${path}`)

  it.each([
    ['the same words in another order', { ...fields['note'], means: 'Shop’s remark' }, ['field_renamed fields.note', 'meaning_reworded fields.note.means']],
    ['the older name as a synonym', { ...fields['note'], means: 'Anything', synonyms: ['note'] }, ['field_renamed fields.note', 'meaning_reworded fields.note.means', 'synonyms_changed fields.note.synonyms']],
    ['renamed and required', { ...fields['note'], nullable: false }, ['field_renamed fields.note', 'nullable_removed fields.note.nullable']],
    ['another meaning', { ...fields['note'], means: 'Name of a dog' }, ['field_removed fields.note', 'field_added fields.remark']],
    ['another kind', field('id', { means: 'Remark of the shop', nullable: true }), ['field_removed fields.note', 'field_added fields.remark']],
    ['another class', { ...fields['note'], class: 'personal' }, ['field_removed fields.note', 'field_added fields.remark']],
  ])('%s', (_what, remark, expected) => {
    const found = codes(all(set({ fields: { ...without('note'), remark } }), set({ quality: { ...rules, few: { ...rules['few'], nulls: 'remark' } } })))
    expect(found.filter((one) => !one.includes('quality'))).toEqual(expected)
  }) // prettier-ignore

  it('are those that an older major declares', () => {
    const older = contract({
      ...base,
      flags: undefined,
      projects: { major: 2, fields: { note: { from: 'letter' }, weight: { constant: null } } },
    })
    const newer = contract({
      ...base,
      version: '2.0.0',
      flags: undefined,
      fields: {
        ...fields,
        note: undefined,
        weight: undefined,
        letter: { ...fields['note'], means: 'All else' },
      },
      quality: { ...rules, few: { ...rules['few'], nulls: 'letter' } },
    })
    const found = compareContracts(older, newer)
    expect(found.findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'field_renamed fields.note',
      'meaning_reworded fields.note.means',
      'field_removed fields.weight',
    ])
    expect(found.step).toBe('major')
  })
})

describe('who would break', () => {
  const { findings } = compare(all(inField('status', { values: ['a', 'placed', 'paid', 'sent'] }), inField('note', { max: 300 }), set({ title: 'x' }))) // prettier-ignore
  it.each([
    ['one that reads such a field', { consumer: 'a', fields: ['status', 'at'] }, ['enum_value_added']],
    ['one that may read all', { consumer: 'a', fields: null }, ['enum_value_added', 'bound_lifted']],
    ['one that reads others', { consumer: 'a', fields: ['at'] }, undefined],
    ['one that reads none', { consumer: 'a', fields: [] }, undefined],
  ])('%s', (_what, use, codes) => {
    expect(affected({ findings }, [use])[0]?.findings.map(({ code }) => code)).toEqual(codes)
  })

  it('is everybody where a change concerns all, and each once', () => {
    const uses = [{ consumer: 'a', fields: ['at'] }, { consumer: 'b', fields: [] }, { consumer: 'a', fields: null }] // prettier-ignore
    const found = affected(compare(set({ freshness: 'P1D' })), uses)
    expect(found.map(({ consumer, findings: all_of }) => [consumer, all_of.length])).toEqual([['a', 1], ['b', 1]]) // prettier-ignore
  })

  it('is told by older names', () => {
    const renamed = all(set({ fields: { ...without('status'), state: fields['status'] } }), set({ indexes: ['customer_id'], dimensions: ['currency'], rollups: [] })) // prettier-ignore
    expect(new Set(compare(renamed).findings.flatMap((finding) => finding.fields ?? []))).toEqual(new Set(['status'])) // prettier-ignore
  })
})

describe('versions', () => {
  it.each([
    ['1.2.3', '1.2.3', 'none'],
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.9.3', '1.10.0', 'minor'],
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '1.2.2', 'backwards'],
    ['2.0.0', '1.9.9', 'backwards'],
  ])('from %s to %s is %s', (from, to, step) => expect(stepBetween(from, to)).toBe(step))

  it.each([
    ['none', '1.2.3'],
    ['patch', '1.2.4'],
    ['minor', '1.3.0'],
    ['major', '2.0.0'],
  ] as const)('after 1.2.3 with %s comes %s', (step, version) => {
    expect(nextVersion('1.2.3', step)).toBe(version)
  })

  it.each(['', '1.2', 'v1.2.3', '1.2.3-rc', '1.2.3\n', '9999999.0.0'])('%j is none', (text) => {
    expect(() => stepBetween('1.0.0', text)).toThrow(ContractError)
    expect(() => nextVersion(text, 'patch')).toThrow(ContractError)
  })
})
