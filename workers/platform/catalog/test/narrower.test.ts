import type { RowFilter } from '@meshloop/access/claims'
import {
  classes,
  defineProduct,
  id,
  int,
  oneOf,
  text,
  time,
  type Class,
  type Contract,
} from '@meshloop/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Terms } from '../grants/grant.ts'
import { whereWider } from '../grants/narrower.ts'
import { fitTerms, inOrder } from '../grants/terms.ts'
import { viewUnder } from '../grants/view-under.ts'

const names = ['k', 'at', 'state', 'score', 'note', 'extra'] as const
const at = '2026-11-22T12:00:00.000Z'
const ends = [
  null,
  '2026-12-01T00:00:00.000Z',
  '2027-01-01T00:00:00.000Z',
  '2027-06-01T00:00:00.000Z',
] as const

/** A contract whose fields have these classes; `extra` is there or not, as after an added field. */
const contractOf = (of: readonly Class[], hasExtra: boolean): Contract => {
  const more = (i: number) => ({ class: of[i] ?? 'internal' })
  return defineProduct({
    id: 'a.random',
    version: '1.0.0',
    title: 'T',
    purpose: 'p',
    owner: { team: 't', support: 's@t.example' },
    freshness: 'PT5M',
    fields: {
      k: id('K', more(0)),
      at: time('T', more(1)),
      state: oneOf(['open', 'done', 'lost'], 'S', more(2)),
      score: int('S', more(3)),
      note: text('N', more(4)),
      ...(hasExtra ? { extra: text('E', { ...more(5), nullable: true }) } : {}),
    },
    key: ['k'],
    eventTime: 'at',
    indexes: ['state', 'score'],
  })
}

const classOf = fc.constantFrom(...classes)
const contracts = fc
  .tuple(fc.array(classOf, { minLength: 6, maxLength: 6 }), fc.boolean())
  .map(([of, hasExtra]) => contractOf(of, hasExtra))

const row: fc.Arbitrary<RowFilter> = fc.oneof(
  fc.record({
    field: fc.constant('state'),
    op: fc.constant('eq' as const),
    value: fc.constantFrom('open', 'done', 'lost'),
  }),
  fc.record({
    field: fc.constant('state'),
    op: fc.constant('in' as const),
    value: fc.uniqueArray(fc.constantFrom('open', 'done', 'lost'), { minLength: 1 }),
  }),
  fc.record({
    field: fc.constant('score'),
    op: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const),
    value: fc.integer({ min: 0, max: 4 }),
  }),
)

/** Terms that fit the contract. */
const termsFor = (contract: Contract): fc.Arbitrary<Terms> => {
  const present = classes.filter((each) =>
    Object.values(contract.fields).some((field) => field.class === each),
  )
  const fields = names.filter((name) => name in contract.fields)
  return fc.record({
    scopes: fc.uniqueArray(fc.constantFrom('read' as const, 'aggregate' as const), { minLength: 1 }),
    view: fc
      .tuple(
        fc.oneof(
          fc.record({ classes: fc.constant(null), columns: fc.constant(null) }),
          fc.record({
            classes: fc.uniqueArray(fc.constantFrom(...present), { minLength: 1 }),
            columns: fc.constant(null),
          }),
          fc.record({
            classes: fc.constant(null),
            columns: fc.uniqueArray(fc.constantFrom(...fields), { minLength: 1 }),
          }),
        ),
        fc.array(row, { maxLength: 3 }),
      )
      .map(([fieldsShown, rows]) => ({ ...fieldsShown, rows })),
    ends_at: fc.constantFrom(...ends),
    rows_per_day: fc.constantFrom(null, 1, 100, 5_000),
  })
}

/** Asked and given; half of those that are given are made of what was asked, so that many are narrower. */
const pairs = contracts.chain((contract) =>
  fc
    .tuple(termsFor(contract), termsFor(contract), fc.boolean(), fc.boolean())
    .map(([asked, other, mix, sameFields]) => ({
      contract,
      asked,
      given: mix
        ? {
            ...other,
            scopes: asked.scopes,
            view: {
              ...(sameFields ? asked.view : other.view),
              rows: [...asked.view.rows, ...other.view.rows],
            },
          }
        : other,
    })),
)

const records = ['open', 'done', 'lost'].flatMap((state) =>
  [0, 1, 2, 3, 4].map((score) => ({ state, score })),
)

/** Whether the row's condition holds for a record, said another way than in SQL. */
const isChosen = ({ field, op, value }: RowFilter, record: { state: string; score: number }): boolean => {
  const own = field === 'state' ? record.state : record.score
  if (op === 'in') return value.includes(own)
  const order = own === value ? 0 : own < value ? -1 : 1
  return { eq: order === 0, gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[op]
}

/** Everything that terms show under a contract: a cell for each field and record. */
function cellsOf(contract: Contract, { view }: Terms): ReadonlySet<string> {
  const shown = viewUnder(contract, { view, decided_by: 'person:olga' })
  if ('reason' in shown) return new Set()
  const fields = shown.columns ?? Object.keys(contract.fields)
  const chosen = records.filter((record) => shown.rows.every((each) => isChosen(each, record)))
  return new Set(
    chosen.flatMap((record) => fields.map((field) => `${record.state} ${record.score} ${field}`)),
  )
}

/** The contract after a minor version: with a field that it had not. */
const grown = ({ contract, added }: { contract: Contract; added: Class }): Contract => ({
  ...contract,
  fields: { ...contract.fields, later: { ...text('L', { nullable: true }), class: added } },
})

describe('terms that are no wider than what was asked', () => {
  it('never show more, today and with a field that comes later', () => {
    let narrower = 0
    fc.assert(
      fc.property(pairs, classOf, ({ contract, asked, given }, added) => {
        if (whereWider(given, asked, contract) !== undefined) return
        narrower++
        for (const now of [contract, grown({ contract, added })]) {
          const most = cellsOf(now, asked)
          for (const cell of cellsOf(now, given)) expect(most).toContain(cell)
        }
        expect(asked.scopes.includes('read') || !given.scopes.includes('read')).toBe(true)
        expect(asked.ends_at === null || (given.ends_at !== null && given.ends_at <= asked.ends_at)).toBe(
          true,
        )
        expect((given.rows_per_day ?? Infinity) <= (asked.rows_per_day ?? Infinity)).toBe(true)
      }),
      { numRuns: 400 },
    )
    expect(narrower).toBeGreaterThan(20)
  })

  it('are the same terms, and the same with more conditions, fewer fields and an earlier end', () => {
    fc.assert(
      fc.property(
        contracts.chain((contract) => fc.tuple(fc.constant(contract), termsFor(contract), row)),
        ([contract, asked, more]) => {
          expect(whereWider(asked, asked, contract)).toBeUndefined()
          const { columns } = asked.view
          const less: Terms = {
            scopes: ['aggregate'],
            view: {
              ...asked.view,
              columns: columns && columns.slice(0, 1),
              rows: [...asked.view.rows, more],
            },
            ends_at: asked.ends_at === null ? '2026-11-23T00:00:00.000Z' : at,
            rows_per_day: asked.rows_per_day === null ? 7 : 1,
          }
          expect(whereWider(less, asked, contract)).toBeUndefined()
        },
      ),
    )
  })
})

describe('terms in order', () => {
  it('are the same whatever order they were said in, and fit as they are', () => {
    fc.assert(
      fc.property(
        contracts.chain((contract) => fc.tuple(fc.constant(contract), termsFor(contract))),
        ([contract, terms]) => {
          const turned: Terms = {
            scopes: terms.scopes.toReversed(),
            view: {
              classes: terms.view.classes && [...terms.view.classes, ...terms.view.classes],
              columns: terms.view.columns?.toReversed() ?? null,
              rows: [...terms.view.rows, ...terms.view.rows.toReversed()],
            },
            ends_at: terms.ends_at,
            rows_per_day: terms.rows_per_day,
          }
          expect(inOrder(turned)).toEqual(inOrder(terms))
          expect(fitTerms(terms, { contract, at, anyScope: false })).toEqual(inOrder(terms))
        },
      ),
    )
  })
})
