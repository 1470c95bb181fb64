/** JSON Schema, Markdown and the agents' tool of a contract. */
import { describe, expect, it } from 'vitest'
import { defineProduct, id, int, list, oneOf, struct, text, time } from '../src/index.ts'
import { toJsonSchema, toMarkdown, toTool } from '../src/documents/index.ts'

const product = defineProduct({
  id: 'shop.visits',
  version: '2.1.0',
  title: 'Visits',
  purpose: 'What people looked at.',
  terms: 'For reports only.',
  owner: { team: 'Shop', support: '#shop-data' },
  fields: {
    visit_id: id('Visit', { name: 'Visit number', synonyms: ['session'], examples: ['v1'] }),
    at: time('When it began'),
    state: oneOf(['on', 'off'], 'State', { class: 'personal', nullable: true }),
    customer_id: id('Who', { of: 'customer.accounts#customer_id' }),
    pages: list(struct({ path: text('Path', { examples: ['/a'] }), ms: int('Time on it', { unit: 'ms' }) }, 'A page'), 'Pages', { max: 9 }),
  },
  key: ['visit_id'],
  eventTime: 'at',
  indexes: ['state', ['state', 'at']],
  limits: { scan: 50_000, requests: 600 },
  measures: { visits: { means: 'How many', count: true } },
  dimensions: ['state', 'at'],
  access: { automatic: ['public', 'internal'], groups: { least: 5, of: 'customer_id', by: ['at'] } },
  freshness: 'PT5M',
  lifecycle: { endOfLife: '2027-06-01' },
  quality: { known: { means: 'Visitors are known', nulls: 'customer_id', bound: { lt: 5 }, unit: 'percent' } },
}) // prettier-ignore

it('JSON Schema tells names, meanings and examples at every level', () => {
  expect(toJsonSchema(product)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['visit_id', 'at', 'state', 'customer_id', 'pages'],
    properties: {
      visit_id: { title: 'Visit number', description: 'Visit', examples: ['v1'] },
      state: { type: ['string', 'null'], enum: ['on', 'off', null] },
      pages: {
        type: 'array',
        maxItems: 9,
        items: {
          type: 'object',
          description: 'A page',
          required: ['path', 'ms'],
          properties: { path: { description: 'Path', examples: ['/a'] }, ms: { description: 'Time on it' } },
        },
      },
    },
  })
})

it('a member that may have no value may be missing: it may have been added after the record was stored', () => {
  const place = struct({ city: text('City'), street: text('Street', { nullable: true }) }, 'Place')
  const { required, properties } = toJsonSchema({ ...product, fields: { ...product.fields, place } }) as {
    required: string[]
    properties: Record<string, unknown>
  }
  expect(required).toContain('state') // nullable too, but a column: answers always have it
  expect(properties['place']).toMatchObject({ required: ['city'], properties: { street: {} } })
})

it('no schema of an answer forbids what a minor version may add', () => {
  expect(
    JSON.stringify([toJsonSchema(product), toTool(product, 'https://data.example').outputSchema]),
  ).not.toMatch(/additionalProperties|unevaluatedProperties/)
})

describe('the tool for agents', () => {
  const tool = toTool(product, 'https://data.example/shop/visits/v2')

  it('has names that every agent takes, and only reads', () => {
    expect(tool.name).toBe('shop_visits_v2_records')
    expect(tool.annotations).toMatchObject({ readOnlyHint: true })
    for (const name of Object.keys(tool.inputSchema['properties'] as object))
      expect(name).toMatch(/^[\w-]{1,64}$/)
  })

  it('filters by what may be filtered by, with the operators of its kind', () => {
    expect(tool.inputSchema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        at: { properties: { eq: { type: 'string' }, gte: {}, lt: {} } },
        visit_id: { properties: { prefix: { type: 'string' } } },
        state: {
          properties: { eq: { enum: ['on', 'off'] }, in: { type: 'array' }, null: { type: 'boolean' } },
        },
      },
    })
    expect(tool.inputSchema['properties']).not.toHaveProperty('customer_id')
    expect(tool.inputSchema).not.toHaveProperty('properties.visit_id.properties.null')
    expect(tool.outputSchema).toMatchObject({
      properties: { records: { items: { properties: { pages: {} } } } },
    })
  })
})

describe('the page', () => {
  it('tells what a contract promises', () => {
    const page = toMarkdown(product)
    for (const line of [
      '# Visits',
      '`shop.visits`, version `2.1.0`, by Shop (\\#shop-data)',
      'For reports only.',
      '| `visit_id` | id, key | internal |  | Visit number. Visit. Also: session. E.g. "v1" |',
      '| `state` | enum, may have no value, one of on, off | personal |  | State. |',
      '| `pages[].ms` | int | internal | ms | Time on it. |',
      '- `customer_id` is `customer_id` of `customer.accounts`',
      '- Together: `state`, then `at`',
      '- A query reads at most 50000 rows',
      '- A consumer asks at most 600 times a minute',
      '- `visits` (count of records): How many',
      '- Granted without asking: `public` and `internal` fields',
      '- Totals, for whoever is shown totals alone: by `at` alone, and of groups of at least 5 different `customer_id`',
      '- Fresh: complete up to at most `PT5M` ago',
      '- `known` (error): Visitors are known. Records without customer\\_id: < 5 per cent',
      '- Answers until 2027-06-01',
    ])
      expect(page.split('\n')).toContain(line)
  })

  it.each([
    ['a heading', 'x\n# Now do this'],
    ['a heading below itself', 'x\n==='],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['an entity', '&lt;script&gt;'],
    ['a link', '[here](https://evil.example)'],
    ['a picture', '![x](https://evil.example/x.png)'],
    ['a bare link', 'https://evil.example/ and www.evil.example'],
    ['an autolink', '<https://evil.example>'],
    ['a link elsewhere', '[x]: https://evil.example'],
    ['another cell', 'x | y | z'],
    ['a code fence', '```\nx\n```'],
    ['a list', '- x'],
    ['a numbered list', '1. x'],
    ['another numbered list', '1) x'],
    ['a quotation', '> x'],
    ['an escape', '\\# x \\| y'],
    ['a line', '***'],
    ['a task', '- [x] done'],
    ['text that runs the other way', 'abc\u202ecba'],
  ])('takes %s for text', (_, hostile) => {
    const page = toMarkdown({
      ...product,
      title: hostile,
      purpose: hostile,
      owner: { team: hostile, support: hostile },
      fields: {
        ...product.fields,
        at: time(hostile, { name: hostile, unit: hostile }),
        state: oneOf([hostile], hostile),
      },
      quality: { known: { means: hostile, invalid: 'state', valid: [hostile] } },
    })
    // What is left when everything escaped is taken away has no sign that makes markup, but for our own.
    const bare = page.replaceAll(/\\[!-/:-@[-`{-~]/g, '')
    const ours = bare
      .split('\n')
      .filter((line) => /^(#{1,2} |\| |- |\|---)/.test(line) || line.startsWith('`shop.visits`'))
    expect(bare).not.toMatch(
      /<(?! \d)[a-z!/]|\]\(|\]:|https?:\/\/|www\.|&\w+;|[\u202a-\u202e]|^```|^>|^={3}|^\*\*\*|^\d+[.)] /m,
    )
    for (const row of ours.filter((line) => line.startsWith('| ')))
      expect(row.split('|'), row).toHaveLength(7)
    expect(ours.filter((line) => line.startsWith('#'))).toEqual([
      expect.stringMatching(/^# /),
      ...[
        'Terms of use',
        'Fields',
        'Joins',
        'Filters',
        'Measures',
        'Access',
        'Promises',
        'Quality',
        'Lifecycle',
      ].map((name) => `## ${name}`),
    ])
  })
})
