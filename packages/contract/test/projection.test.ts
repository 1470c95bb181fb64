/** Which older majors can be read from the records of a newer one. */
import { describe, expect, it } from 'vitest'
import {
  findProjectionProblems,
  id,
  int,
  list,
  money,
  oneOf,
  struct,
  text,
  time,
  type Contract,
  type Fields,
  type ProjectedField,
} from '../src/index.ts'

const frame = {
  id: 'shop.visits',
  title: 'Visits',
  purpose: 'For the checks.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  freshness: 'PT5M',
} as const

const newer: Contract = {
  ...frame,
  version: '2.1.0',
  fields: {
    visit_id: id('Visit'),
    at: time('When'),
    action: oneOf(['mailed', 'joined'], 'What happened'),
    note: text('Note', { max: 100, nullable: true }),
    count: int('How many', { min: 0, max: 10, unit: 'items' }),
    spent: money('Spent', { unit: 'currency' }),
    currency: text('Currency', { max: 3 }),
    who: id('Who', { class: 'personal' }),
    tags: list(id('Tag'), 'Tags', { max: 5 }),
    place: struct({ city: text('City', { max: 50, nullable: true }) }, 'Where'),
  },
  key: ['visit_id'],
  eventTime: 'at',
  indexes: ['action', 'who'],
  retention: 'P90D',
  availability: 99,
}

const projects = {
  major: 2,
  fields: {
    event: { from: 'action', values: { mailed: 'sent' } },
    customer: { from: 'who' },
    way: { constant: 'mail' },
  },
} as const

const older: Contract = {
  ...frame,
  version: '1.4.0',
  fields: {
    visit_id: id('Visit'),
    at: time('When'),
    event: oneOf(['sent', 'joined', 'left'], 'What happened'),
    customer: id('Who', { class: 'personal' }),
    way: oneOf(['mail', 'letter'], 'Way'),
    note: text('Note', { nullable: true }),
    spent: money('Spent', { unit: 'currency', nullable: true }),
    currency: text('Currency'),
    tags: list(id('Tag'), 'Tags'),
    place: struct({ city: text('City', { nullable: true }) }, 'Where'),
  },
  key: ['visit_id'],
  eventTime: 'at',
  indexes: ['event', 'customer', 'way'],
  retention: 'P30D',
  projects,
}

const withField = (name: string, field: Fields[string], source?: ProjectedField): Partial<Contract> => ({
  fields: { ...older.fields, [name]: field },
  ...(source ? { projects: { major: 2, fields: { ...projects.fields, [name]: source } } } : {}),
})
const from = (name: string, source: ProjectedField): Partial<Contract> => ({
  projects: { major: 2, fields: { ...projects.fields, [name]: source } },
})
const problems = (more: Partial<Contract>, of: Partial<Contract> = {}) =>
  findProjectionProblems({ ...older, ...more }, { ...newer, ...of })

describe('an older major', () => {
  it('that renames, maps, fixes and loosens is served', () => {
    expect(problems({})).toEqual([])
  })

  it.each<[string, Partial<Contract>, string, RegExp]>([
    ['of another product', { id: 'shop.orders' }, 'id', /is not shop.visits/],
    ['of another newer major', { projects: { ...projects, major: 3 } }, 'projects.major', /2\.1\.0/],
    ['that is not older', { version: '2.0.0' }, 'version', /no older major/],
    ['with flags', { flags: { set: 'x', subject: 'customer' } }, 'flags', /newest/],
    ['with inputs', { inputs: [{ product: 'a.b', major: 1 }] }, 'inputs', /newest/],
    ['that places a field it has not', from('colour', { from: 'who' }), 'projects.fields.colour', /no field/],
    ['that places the name of every object', from('constructor', { from: 'who' }), 'projects.fields.constructor', /no field/],
    ['with another key', { key: ['customer'] }, 'key', /visit_id/],
    ['with a key in two parts', { key: ['visit_id', 'customer'] }, 'key', /visit_id/],
    ['with a constant key', from('visit_id', { constant: 'v' }), 'key', /visit_id/],
    ['with a field from nowhere', withField('lost', text('Lost')), 'projects.fields.lost', /no field of 2\.1\.0/],
    ['from what every object has', withField('lost', text('Lost'), { from: 'toString' }), 'projects.fields.lost', /no field of 2\.1\.0/],
    ['with a value where there may be none', withField('note', text('Note')), 'projects.fields.note', /may have no value/],
    ['with a constant that is none of its values', from('way', { constant: 'fax' }), 'projects.fields.way', /no value/],
    ['with a constant null', from('way', { constant: null }), 'projects.fields.way', /no value/],
    ['with a constant in another form', withField('since', time('Since'), { constant: '2026-01-01T01:00:00+01:00' }), 'projects.fields.since', /written "2026-01-01T00:00:00.000Z"/],
    ['of another kind', withField('customer', text('Who', { class: 'personal' })), 'projects.fields.customer', /a id is no text/],
    ['with another unit', withField('count', int('How many', { unit: 'dozens' })), 'projects.fields.count', /is in items/],
    ['with a lower greatest value', withField('count', int('How many', { max: 9, unit: 'items' })), 'projects.fields.count', /bounds/],
    ['with a greater least value', withField('count', int('How many', { min: 1, unit: 'items' })), 'projects.fields.count', /bounds/],
    ['with shorter texts', withField('note', text('Note', { max: 99, nullable: true })), 'projects.fields.note', /bounds/],
    ['with shorter lists', withField('tags', list(id('Tag'), 'Tags', { max: 4 })), 'projects.fields.tags', /bounds/],
    ['with items of another kind', withField('tags', list(int('Tag'), 'Tags')), 'projects.fields.tags.items', /a id is no int/],
    ['with other members', withField('place', struct({ town: text('City') }, 'Where')), 'projects.fields.place', /other members/],
    ['with a member that always has a value', withField('place', struct({ city: text('City') }, 'Where')), 'projects.fields.place.city', /may have no value/],
    ['with money in another currency', from('currency', { from: 'note' }), 'projects.fields.spent', /currency/],
    ['with values of what is no enum', from('customer', { from: 'who', values: { a: 'b' } }), 'projects.fields.customer', /enum/],
    ['with a value that the newer one has not', from('event', { from: 'action', values: { posted: 'sent' } }), 'projects.fields.event', /posted is no value/],
    ['with a value that it has not itself', from('event', { from: 'action', values: { mailed: 'posted' } }), 'projects.fields.event', /mailed becomes posted/],
    ['with a value that is left out', from('event', { from: 'action' }), 'projects.fields.event', /mailed becomes mailed/],
    ['with a name that means something else now', withField('count', int('Others', { unit: 'items' }), { constant: 1 }), 'projects.fields.count', /rename the newer one/],
    ['with an index that the newer one has not', { indexes: ['note'] }, 'projects.fields.note', /add note to the indexes/],
    ['that is fresher', { freshness: 'PT1M' }, 'freshness', /no fresher than PT5M/],
    ['that gets new data', { frequency: 'P1D' }, 'frequency', /at no time/],
    ['that keeps longer', { retention: 'P91D' }, 'retention', /P90D/],
    ['that keeps nearly for ever', { retention: 'P99999D' }, 'retention', /P90D/],
    ['that is more available', { availability: 99.9 }, 'availability', /99/],
    ['that is less careful', withField('customer', id('Who')), 'fields.customer.class', /personal/],
  ])('%s is not', (_, more, path, problem) => {
    expect(problems(more)).toContainEqual({ path, problem: expect.stringMatching(problem) })
  }) // prettier-ignore

  it('that is less careful with a part of a field is not', () => {
    const place = struct({ city: text('City', { nullable: true, class: 'personal' }) }, 'Where')
    expect(problems({}, { fields: { ...newer.fields, place } })).toContainEqual({
      path: 'fields.place.class',
      problem: expect.stringMatching(/personal/),
    })
    expect(problems(withField('place', place), { fields: { ...newer.fields, place } })).toEqual([])
  })

  it('that shows what the newer one keeps inside its domain is not', () => {
    expect(problems({}, { visibility: 'internal' })).toContainEqual(
      expect.objectContaining({ path: 'visibility' }),
    )
    expect(problems({ visibility: 'internal' }, { visibility: 'internal' })).toEqual([])
  })

  const groups = (least: number, of: string | undefined, ...by: string[]): Partial<Contract> => ({
    access: { groups: { least, ...(of !== undefined && { of }), by } },
  })
  const protects = groups(5, 'who', 'action', 'currency')
  const sums: Partial<Contract> = { measures: { spent: { means: 'Spent', sum: 'spent' } } }
  const merged: Partial<Contract> = from('event', { from: 'action', values: { mailed: 'joined' } })
  it.each<[string, Partial<Contract>, string[]]>([
    ['alike', groups(5, 'customer', 'currency', 'event'), []],
    ['more', groups(6, 'customer', 'event', 'currency'), ['access.groups.least']],
    ['nobody', {}, ['access.groups']],
    ['less', groups(4, 'customer', 'event', 'currency'), ['access.groups.least']],
    ['records', groups(5, undefined, 'event', 'currency'), ['access.groups.of']],
    ['by a finer cut', groups(5, 'customer', 'event', 'currency', 'note'), ['access.groups.by']],
    ['by a constant', groups(5, 'customer', 'event', 'way'), ['access.groups.by']],
    ['by the currency of its sums', { ...groups(5, 'customer', 'event'), ...sums }, []],
    ['by a coarser cut', groups(5, 'customer', 'event'), ['access.groups.by']],
    ['by values that are merged', { ...groups(5, 'customer', 'event', 'currency'), ...merged }, ['access.groups.by']],
  ])('that protects %s', (_, more, paths) => {
    expect(problems(more, protects).map(({ path }) => path)).toEqual(paths)
  }) // prettier-ignore

  it('is read from stored records, not from another projection', () => {
    const chained: Partial<Contract> = { projects: { major: 3, fields: {} } }
    expect(problems({}, chained)).toContainEqual({
      path: 'projects',
      problem: expect.stringMatching(/records of 3/),
    })
  })

  it('says how it reads them', () => {
    const { projects: _, ...alone } = older
    expect(findProjectionProblems(alone, newer)).toEqual([
      { path: 'projects', problem: expect.stringContaining('2.1.0') },
    ])
  })
})
