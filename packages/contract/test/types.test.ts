import { expect, expectTypeOf, it } from 'vitest'
import {
  defineProduct,
  id,
  list,
  money,
  oneOf,
  recordSchema,
  struct,
  text,
  time,
  type Row,
} from '../src/index.ts'

const visits = defineProduct({
  id: 'shop.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'For the types.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: {
    visit_id: id('Visit'),
    started_at: time('Begin'),
    channel: oneOf(['web', 'app'], 'Way in'),
    spent_cents: money('Spent', { unit: 'currency', nullable: true }),
    currency: text('Currency'),
    pages: list(text('Page'), 'Pages seen'),
    device: struct({ os: text('System'), country: text('Country', { nullable: true }) }, 'Device'),
  },
  key: ['visit_id'],
  eventTime: 'started_at',
  freshness: 'PT5M',
})

interface Visit {
  visit_id: string
  started_at: string
  channel: 'web' | 'app'
  spent_cents: number | null
  currency: string
  pages: string[]
  device: { os: string; country: string | null }
}

it('infers the record from the fields', () => {
  expectTypeOf<Row<typeof visits>>().toEqualTypeOf<Visit>()
  expectTypeOf(recordSchema(visits).parse).returns.toEqualTypeOf<Visit>()
})

it('refuses wrong names while compiling', () => {
  const rest = {
    id: 'a.b',
    version: '1.0.0',
    title: 'B',
    purpose: 'p',
    owner: { team: 't', support: 's' },
    freshness: 'PT5M',
  } as const
  const fields = { a_id: id('A'), at: time('At') }
  // Only the types are looked at: nothing of this runs.
  const never = () => {
    // @ts-expect-error a key is a field
    defineProduct({ ...rest, fields, eventTime: 'at', key: ['b_id'] })
    // @ts-expect-error an event time is a time
    defineProduct({ ...rest, fields, key: ['a_id'], eventTime: 'a_id' })
    defineProduct({
      ...rest,
      fields,
      key: ['a_id'],
      eventTime: 'at',
      // @ts-expect-error only numbers are summed
      measures: { x: { means: 'm', sum: 'at' } },
    })
    const good = { ...rest, fields, key: ['a_id'], eventTime: 'at' } as const
    // @ts-expect-error a rule is on a field
    defineProduct({ ...good, quality: { x: { means: 'm', nulls: 'b_id' } } })
    // @ts-expect-error a condition is on fields
    defineProduct({ ...good, quality: { x: { means: 'm', holds: [{ field: 'at', is: 'gt', other: 'b' }] } } })
    // @ts-expect-error a rule counts one thing
    defineProduct({ ...good, quality: { x: { means: 'm' } } })
    // @ts-expect-error a version orders
    defineProduct({ ...good, versionBy: 'a_id' })
    // @ts-expect-error a way out is one of a closed list
    defineProduct({ ...good, ports: ['sql'] })
    // @ts-expect-error groups are cut by fields
    defineProduct({ ...good, access: { groups: { least: 5, by: ['b_id'] } } })
    // @ts-expect-error what is personal is granted by somebody
    defineProduct({ ...good, access: { automatic: ['personal'] } })
    // @ts-expect-error a day is written YYYY-MM-DD
    defineProduct({ ...good, lifecycle: { endOfLife: 'soon' } })
    // @ts-expect-error a duration has no calendar units
    defineProduct({ ...good, retention: 'P1M' })
    // @ts-expect-error a reference is <domain>.<product>#<field>
    id('A', { of: 'orders' })
    // @ts-expect-error options are named exactly
    id('A', { nulable: true })
  }
  expectTypeOf(never).toBeFunction()
})

it('refuses what a union of types lets through', () => {
  const define = (quality: object) => () =>
    defineProduct({ ...visits, quality: quality as NonNullable<(typeof visits)['quality']> })
  const two = { means: 'm', nulls: 'channel', duplicates: ['channel'] }
  expect(define({ two })).toThrow(/quality.two: counts nulls and duplicates/)
  const bounds = { means: 'm', nulls: 'channel', bound: { gt: 0, lt: 9 } }
  expect(define({ bounds })).toThrow(/quality.bounds.bound: names exactly one/)
  expect(define({ good: { means: 'm', nulls: 'channel' } })).not.toThrow()
})
