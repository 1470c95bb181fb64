import { struct, text, type Class, type Contract } from '@meshloop/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { isAutomatic } from '../grants/automatic.ts'
import { ask, longestDays } from '../grants/ask.ts'
import { change, revoke } from '../grants/change.ts'
import { approve } from '../grants/decide.ts'
import { findGrant } from '../grants/grant-store.ts'
import type { Terms } from '../grants/grant.ts'
import { rightsOf } from '../grants/rights.ts'
import { fieldsShown } from '../grants/terms.ts'
import { viewUnder } from '../grants/view-under.ts'
import type { Product } from '../products/product.ts'
import {
  auditTail,
  client,
  counts,
  makeClients,
  newConsumer,
  people,
  sceneAt,
  termsOf,
  today,
} from './access-people.ts'
import { accounts, fraud, orders, origin } from './contracts.ts'
import { deployed, env, migrate, register } from './mesh.ts'

const scene = sceneAt()
const host = 'https://access.team.example'
const { customer_id, ...otherFields } = orders.fields
/** Grants by itself what is internal. */
const open: Contract = { ...orders, id: 'purchase.open', access: { automatic: ['public', 'internal'] } }
const inner: Contract = {
  ...orders,
  id: 'purchase.inner',
  visibility: 'internal',
  access: { automatic: ['internal'] },
}
const subjectOf = (consumer: string, product = 'purchase.orders') => ({
  consumer,
  product,
  major: 1,
  purpose: 'Why',
})
const inDays = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString()

beforeAll(async () => {
  await migrate()
  await register(accounts)
  await register(orders)
  await register(fraud)
  await deployed(open, host)
  await deployed(inner, host)
})

const product = (contract: Contract): Product => ({
  id: contract.id,
  major: 1,
  domain: 'purchase',
  url: `${origin}/purchase/orders/v1`,
  contract,
  contract_hash: '',
  registered_by: '',
  registered_at: '',
  updated_at: '',
})

describe('terms that do not fit the contract are refused', () => {
  const { consumersMember: member } = people()

  it.each<[string, Terms, string]>([
    ['a field that is not there', termsOf({ columns: ['order_id', 'secret'] }), '/view/columns/1'],
    ['a name of every object', termsOf({ columns: ['constructor'] }), '/view/columns/0'],
    ['a class without a field', termsOf({ classes: ['internal', 'sensitive'] }), '/view/classes/1'],
    [
      'rows by what is not indexed',
      termsOf({ rows: [{ field: 'currency', op: 'eq', value: 'EUR' }] }),
      '/view/rows/0',
    ],
    ['rows by no field', termsOf({ rows: [{ field: 'nothing', op: 'eq', value: 1 }] }), '/view/rows/0'],
    [
      'a comparison that the kind has not',
      termsOf({ rows: [{ field: 'status', op: 'gt', value: 'paid' }] }),
      '/view/rows/0',
    ],
    [
      'a value of another kind',
      termsOf({ rows: [{ field: 'placed_at', op: 'gt', value: 7 }] }),
      '/view/rows/0',
    ],
    [
      'a value that never is',
      termsOf({ rows: [{ field: 'status', op: 'in', value: ['paid', 'lost'] }] }),
      '/view/rows/0',
    ],
    [
      'more conditions than a token holds',
      termsOf({
        rows: ['a', 'b'].map((shop) => ({
          field: 'order_id',
          op: 'in',
          value: Array.from({ length: 50 }, (_, n) => `ord_${n}_of_the_shop_${shop}`),
        })),
      }),
      '/view/rows',
    ],
    ['a scope of the steward', termsOf({}, { scopes: ['read', 'run'] }), '/scopes/1'],
    ['flags of a product without', termsOf({}, { scopes: [] }), '/scopes'],
    ['an end that has come', termsOf({}, { ends_at: today }), '/ends_at'],
    ['an end far away', termsOf({}, { ends_at: inDays(longestDays + 1) }), '/ends_at'],
  ])('%s', async (_name, terms, pointer) => {
    const consumer = await newConsumer()
    const before = await counts()
    await expect(ask(scene, member, subjectOf(consumer), terms)).rejects.toMatchObject({
      code: 'terms_invalid',
      errors: [{ pointer }],
    })
    expect(await counts()).toEqual(before)
  })

  it('and those that do are kept in their stored form', async () => {
    const rows = [{ field: 'placed_at', op: 'gte' as const, value: '2026-01-01T02:00:00+02:00' }]
    const terms = termsOf(
      { classes: ['personal', 'internal', 'personal'], rows },
      { ends_at: inDays(longestDays) },
    )
    const { wants } = await ask(scene, member, subjectOf(await newConsumer()), terms)
    expect(wants.view).toEqual({
      classes: ['internal', 'personal'],
      columns: null,
      rows: [{ ...rows[0], value: '2026-01-01T00:00:00.000Z' }],
    })
  })

  it('who says no end asks for a year', async () => {
    const subject = subjectOf(await newConsumer())
    const { wants } = await ask(scene, member, subject, termsOf({}, { ends_at: null }))
    expect(wants.ends_at).toBe(inDays(365))
  })

  it('flags are asked for where there are flags; the operator may grant without an end', async () => {
    const toFlags = { ...subjectOf(await newConsumer()), product: 'risk.fraud' }
    await expect(ask(scene, member, toFlags, termsOf({}, { scopes: [] }))).resolves.toMatchObject({
      state: 'waiting',
    })
    const endless = termsOf({}, { ends_at: null, scopes: ['check'] })
    const subject = subjectOf(await newConsumer())
    await expect(ask(scene, people().operator, subject, endless)).resolves.toMatchObject({ wants: endless })
  })
})

describe('the contract grants by itself', () => {
  const { consumersMember: member } = people()
  const rows = [{ field: 'status', op: 'eq' as const, value: 'paid' }]

  it.each<[string, string, Terms, 'approved' | 'waiting']>([
    ['a class that it says so of', 'purchase.open', termsOf({ classes: ['internal'] }), 'approved'],
    [
      'fields of such a class, and fewer rows',
      'purchase.open',
      termsOf({ columns: ['order_id'], rows }),
      'approved',
    ],
    [
      'totals of them',
      'purchase.open',
      termsOf({ columns: ['status'] }, { scopes: ['aggregate'] }),
      'approved',
    ],
    ['no other class beside it', 'purchase.open', termsOf({ classes: ['internal', 'personal'] }), 'waiting'],
    [
      'no field of another class',
      'purchase.open',
      termsOf({ columns: ['order_id', 'customer_id'] }),
      'waiting',
    ],
    ['not everything, where there is another class', 'purchase.open', termsOf(), 'waiting'],
    [
      'no rows that a field of another class chooses',
      'purchase.keyed',
      termsOf({ columns: ['order_id'], rows: [{ field: 'customer_id', op: 'eq', value: 'c1' }] }),
      'waiting',
    ],
    ['nothing, where it does not say so', 'purchase.orders', termsOf({ classes: ['internal'] }), 'waiting'],
  ])('%s', async (_name, id, terms, state) => {
    if (id === 'purchase.keyed') await deployed({ ...open, id, indexes: ['status', 'customer_id'] }, host)
    const consumer = await newConsumer()
    const request = await ask(scene, member, subjectOf(consumer, id), terms)
    expect(request.state).toBe(state)
    const grant = await findGrant(env.DB, subjectOf(consumer, id))
    if (state === 'waiting') return expect(grant).toBeNull()
    expect(grant).toMatchObject({ id: request.granted, version: 1, decided_by: `contract:${id}@1.2.0` })
    const [entry] = await auditTail(1)
    return expect(entry).toMatchObject({
      what: 'grant.approved',
      by: `contract:${id}@1.2.0`,
      about: { request: request.id, grant: request.granted, asked_by: 'person:gil', consumer },
    })
  })

  it('other terms of what it granted, but nothing that a person has decided about', async () => {
    const subject = subjectOf(await newConsumer(), 'purchase.open')
    const again = () => ask(scene, member, subject, termsOf({ classes: ['internal'] }))
    const { granted } = await again()
    expect(await ask(scene, member, subject, termsOf({ columns: ['order_id'] }))).toMatchObject({ granted })
    expect(await findGrant(env.DB, subject)).toMatchObject({ version: 2 })
    await revoke(scene, people().owner, granted ?? '', { reason: 'Not you' })
    expect(await again()).toMatchObject({ state: 'waiting' })
  })

  it('nothing to other domains where the product is internal, and then it is not there at all', async () => {
    const terms = termsOf({ classes: ['internal'] })
    const inside = await newConsumer('purchase')
    expect(await ask(scene, people().owner, subjectOf(inside, 'purchase.inner'), terms)).toMatchObject({
      state: 'approved',
    })
    const outside = await newConsumer()
    const toHidden = ask(scene, member, subjectOf(outside, 'purchase.inner'), terms).catch(
      (error: Error) => error,
    )
    const toUnknown = ask(scene, member, subjectOf(outside, 'purchase.nosuch'), terms).catch(
      (error: Error) => error,
    )
    const [hidden, unknown] = await Promise.all([toHidden, toUnknown])
    expect(hidden).toMatchObject({ code: 'product_unknown' })
    expect(JSON.stringify(hidden).replaceAll('inner', 'nosuch')).toBe(JSON.stringify(unknown))
    expect(String(hidden).replaceAll('inner', 'nosuch')).toBe(String(unknown))
  })
})

describe('what a token shows', () => {
  const consumer = client('growth.views')
  const under = (contract: Contract, at = today) => rightsOf(env.DB, consumer, product(contract), at)
  const more = (name: string, of: Class): Contract => ({
    ...orders,
    fields: { ...orders.fields, [name]: { ...orders.fields.currency, class: of } },
  })

  /** The grant of the consumer, made anew under these terms. */
  async function grant(terms: Terms) {
    const request = await ask(scene, people().operator, subjectOf('growth.views'), terms)
    const { granted } = await approve(scene, people().operator, request.id)
    return granted ?? ''
  }

  beforeAll(() => makeClients(consumer))

  it('is the fields of its classes, with those that came later, and none of another class', async () => {
    await grant(termsOf({ classes: ['internal'] }))
    const own = Object.keys(otherFields)
    expect((await under(orders)).view?.columns).toEqual(own.toSorted())
    expect((await under(more('channel', 'internal'))).view?.columns).toEqual([...own, 'channel'].toSorted())
    expect((await under(more('phone', 'personal'))).view?.columns).toEqual(own.toSorted())
  })

  it('is the named fields that are still there', async () => {
    await grant(termsOf({ columns: ['order_id', 'customer_id'] }))
    expect((await under({ ...orders, fields: otherFields })).view?.columns).toEqual(['order_id'])
    expect((await under(more('phone', 'personal'))).view?.columns).toEqual(['customer_id', 'order_id'])
  })

  it('is everything, where everything was granted', async () => {
    await grant(termsOf())
    expect((await under(more('phone', 'personal'))).view?.columns).toBeNull()
  })

  it('is nothing, where no field of the grant is left', async () => {
    await grant(termsOf({ classes: ['personal'] }))
    const none = {
      ...orders,
      fields: { ...otherFields, customer_id: { ...customer_id, class: 'internal' as const } },
    }
    expect(await under(none)).toEqual({ scopes: [], reason: expect.stringContaining('shows no field') })
  })

  it('is nothing, where its rows are chosen by what is no longer there', async () => {
    await grant(termsOf({ columns: ['order_id'], rows: [{ field: 'status', op: 'eq', value: 'paid' }] }))
    expect((await under(orders)).view?.rows).toEqual([{ field: 'status', op: 'eq', value: 'paid' }])
    const { status: _, ...without } = orders.fields
    const renamed = { ...orders.fields, status: { ...orders.fields.status, values: ['placed', 'settled'] } }
    for (const fields of [without, renamed])
      expect(await under({ ...orders, fields })).toEqual({
        scopes: [],
        reason: expect.stringContaining('chooses rows'),
      })
  })

  it('carries the version, and nothing once it ended, was revoked, or the product became internal', async () => {
    const id = await grant(termsOf({ columns: ['order_id'] }))
    const { version } = (await findGrant(env.DB, subjectOf('growth.views'))) ?? {}
    expect(await under(orders)).toMatchObject({
      scopes: ['read'],
      grant: { id, version, ends_at: '2027-06-01T00:00:00.000Z' },
    })
    expect(await under(orders, '2027-06-01T00:00:00.000Z')).toMatchObject({ scopes: [] })
    expect(await under({ ...orders, visibility: 'internal' })).toEqual({ scopes: [] })
    const scopes = ['aggregate'] as const
    await change(scene, people().owner, id, {
      terms: termsOf({ columns: ['order_id'] }, { scopes: [...scopes] }),
      reason: 'Totals',
    })
    expect(await under(orders)).toMatchObject({ scopes, grant: { version: (version ?? 0) + 1 } })
    await revoke(scene, people().owner, id, { reason: 'Over' })
    expect(await under(orders)).toMatchObject({ scopes: [], reason: expect.stringContaining('revoked') })
  })

  it('is never personal by the contract’s own decision, whatever the field became', async () => {
    await makeClients(client('growth.auto'))
    await ask(
      scene,
      people().operator,
      subjectOf('growth.auto', 'purchase.open'),
      termsOf({ columns: ['order_id', 'currency'] }),
    )
    const later = {
      ...open,
      fields: { ...open.fields, currency: { ...open.fields['currency'], class: 'personal' } },
    }
    const rights = await rightsOf(env.DB, client('growth.auto'), product(later as Contract), today)
    expect(rights.view?.columns).toEqual(['order_id'])
    const whole = { view: termsOf().view, decided_by: 'contract:purchase.open@1.2.0' }
    expect(viewUnder(orders, whole)).toEqual({ columns: Object.keys(otherFields), rows: [] })
  })

  it('is nothing that came later in a class of which the contract does not decide', async () => {
    const fields = Object.fromEntries(
      Object.entries(otherFields).map(([name, field]) => [name, { ...field, class: 'public' as const }]),
    )
    const shown: Contract = { ...orders, id: 'purchase.shown', fields, access: { automatic: ['public'] } }
    await deployed(shown, host)
    const subject = subjectOf(await newConsumer(), shown.id)
    await ask(scene, people().operator, subject, termsOf())
    const grant = await findGrant(env.DB, subject)
    if (!grant) throw new Error('The contract grants it by itself.')
    const margin = { ...orders.fields.total_cents, class: 'internal' as const }
    const later = { ...shown, fields: { ...fields, margin } }
    expect(viewUnder(later, grant)).toEqual({ columns: Object.keys(fields), rows: [] })
  })

  it('is nothing personal inside of a field, whatever class the whole has', () => {
    const street = text('Street and number', { class: 'personal' })
    const whole = struct({ street, country: text('ISO 3166 code') }, 'Where it goes')
    const shipped: Contract = { ...open, fields: { ...otherFields, whole } }
    const internal = termsOf({ classes: ['internal'] })
    const columns = Object.keys(otherFields)
    expect(fieldsShown(shipped, internal.view)).toEqual(columns)
    expect(isAutomatic(shipped, internal)).toBe(true)
    expect(isAutomatic(shipped, termsOf({ columns: ['whole'] }))).toBe(false)
    const byContract = { view: termsOf().view, decided_by: 'contract:purchase.open@1.2.0' }
    expect(viewUnder(shipped, byContract)).toEqual({ columns, rows: [] })
  })
})
