/** Checkout, address, inbox and confirmation over HTTP: what follows from what, and what is refused. */
import { beforeEach, describe, expect, test } from 'vitest'
import { cancelUnanswered } from '../confirm.ts'
import { flush } from '../outbox/flush.ts'
import { bindings } from './bindings.ts'
import { NOW, openShop, ordinary, problemOf, type Shop } from './shop.ts'

const HOUR = 3_600_000
const outrageous = { total_cents: 190_000, shipping_address_id: 'adr_new' }

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
  await shop.publish({ cust_1: {}, cust_taken: { email_changed_ms: NOW - HOUR, new_device_ms: NOW - HOUR } })
})

interface InboxJson {
  readonly messages: readonly {
    readonly sent_to: string
    readonly more: number
    readonly parts: readonly {
      readonly kind: string
      readonly subject_id: string
      readonly because: readonly string[]
      readonly confirm: string | null
    }[]
  }[]
}
const inbox = async (customer: string) => (await shop.request(`/inbox/${customer}`)).json<InboxJson>()
const linkOf = async (orderId: string, customer = 'cust_1') => {
  const parts = (await inbox(customer)).messages.flatMap((message) => message.parts)
  return (
    parts.find(({ subject_id }) => subject_id === orderId)?.confirm?.replace('/shop/storefront', '') ?? ''
  )
}
const statuses = async (orderId: string) =>
  shop.sent
    .flatMap(({ batch }) => batch.rows as { order_id?: string; status?: string }[])
    .filter(({ order_id }) => order_id === orderId)
    .map(({ status }) => status)

describe('checkout', () => {
  test('an ordinary order is paid at once and alerts nobody', async () => {
    const { status, order } = await shop.order()
    expect(status).toBe(201)
    expect(order).toMatchObject({
      status: 'paid',
      decision: { outcome: 'approve', policy: 'known', points: 0, reasons: [] },
      flag: { state: 'known', cause: null },
    })
    expect(await inbox('cust_1')).toEqual({ messages: [] })
    expect(await (await shop.request(`/orders/${order.order_id}`)).json()).toEqual(order)
  })

  test('something outrageous to a brand-new address waits, and the customer is asked in plain words', async () => {
    const { order } = await shop.order(outrageous)
    expect(order).toMatchObject({ status: 'placed', decision: { outcome: 'step_up', policy: 'known' } })
    expect(order.decision.reasons.map(({ code }) => code)).toEqual([
      'AMOUNT_ABOVE_NORMAL',
      'ADDRESS_JUST_CHANGED',
    ])
    const { messages } = await inbox('cust_1')
    expect(messages).toMatchObject([{ sent_to: 'your usual contact address', parts: [{ kind: 'order' }] }])
    expect(messages[0]?.parts[0]?.because).toEqual([
      '€1,900.00 is 48 times your usual €40.00.',
      'It goes to an address where no order older than two weeks went.',
    ])
  })

  test('with a new card too it is held for a person, and the link can only cancel it', async () => {
    await shop.publish({ cust_1: { address_changed_ms: NOW - HOUR } }, { epoch: NOW + 1 })
    shop.forget()
    const { order } = await shop.order({ ...outrageous, payment_method_id: 'card_new' })
    expect(order).toMatchObject({ status: 'placed', decision: { outcome: 'review', points: 900 } })
    const link = await linkOf(order.order_id)
    expect(await problemOf(await shop.post(link, { answer: 'me' }))).toEqual({
      status: 409,
      code: 'answer_refused',
    })
    expect(await (await shop.post(link, { answer: 'not_me' })).json()).toMatchObject({ status: 'cancelled' })
    expect(await statuses(order.order_id)).toEqual(['placed', 'cancelled'])
  })

  test('what the flag says of the order before steps up an ordinary one', async () => {
    const reasons = [
      { code: 'AMOUNT_ABOVE_NORMAL', points: 300 },
      { code: 'ADDRESS_JUST_CHANGED', points: 250 },
    ]
    await shop.publish({ cust_1: { score: 550, reasons } }, { epoch: NOW + 1 })
    shop.forget()
    const { order } = await shop.order()
    expect(order).toMatchObject({ status: 'placed', decision: { outcome: 'step_up', points: 550 } })
  })

  test('the fourth order within an hour counts, without any flag knowing of the others', async () => {
    for (let n = 0; n < 3; n++) expect((await shop.order()).order.decision.points).toBe(0)
    expect((await shop.order()).order.decision.reasons).toMatchObject([{ code: 'ORDER_BURST' }])
    shop.clock.nowMs += HOUR + 1_000
    await shop.publish({ cust_1: {} })
    expect((await shop.order()).order.decision.reasons).toEqual([])
  })

  test('the same cart twice is one order; with other content it is refused', async () => {
    const first = await shop.order({ cart_id: 'cart_1' })
    const again = await shop.order({ cart_id: 'cart_1' })
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.order).toEqual(first.order)
    const both = await Promise.all([shop.order({ cart_id: 'cart_2' }), shop.order({ cart_id: 'cart_2' })])
    expect(new Set(both.map(({ order }) => order.order_id)).size).toBe(1)
    for (const other of [
      { total_cents: 1 },
      { customer_id: 'cust_2' },
      { shipping_address_id: 'adr_other' },
      { shipping_address_id: null },
      { payment_method_id: 'card_other' },
      { currency: 'USD' },
      { item_count: 2 },
    ])
      expect((await shop.order({ cart_id: 'cart_1', ...other })).order.code).toBe('cart_reused')
  })

  test('the way from an order to the flag that covers it is measured', async () => {
    const { order } = await shop.order()
    expect(order.loop).toMatchObject({ flag_after_ms: null })
    shop.clock.nowMs += 41_000
    await shop.publish({ cust_1: {} }, { watermark: NOW + 30_000 })
    shop.clock.nowMs += 4_000
    const seen = await (await shop.request(`/orders/${order.order_id}`)).json()
    expect(seen).toMatchObject({ loop: { flag_after_ms: 41_000, first_read_after_ms: 45_000 } })
  })
})

describe('the answer to "was it you?"', () => {
  test('counts once, for its order only, and looking is not answering', async () => {
    const { order } = await shop.order(outrageous)
    const { order: other } = await shop.order(outrageous)
    const link = await linkOf(order.order_id)
    expect(await shop.html(link)).toContain('It was me')
    const answers = await Promise.all([
      shop.post(link, { answer: 'me' }),
      shop.post(link, { answer: 'not_me' }),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    expect(await problemOf(await shop.post(link, { answer: 'me' }))).toEqual({
      status: 409,
      code: 'link_used',
    })
    const [first, second] = await statuses(order.order_id)
    expect([first, ['paid', 'cancelled'].includes(second ?? '')]).toEqual(['placed', true])
    expect(await statuses(order.order_id)).toHaveLength(2)
    expect(await statuses(other.order_id)).toEqual(['placed'])
    expect(await linkOf(order.order_id)).toBe('')
  })

  test('comes too late after a day', async () => {
    const { order } = await shop.order(outrageous)
    const link = await linkOf(order.order_id)
    shop.clock.nowMs += 24 * HOUR + 1_000
    expect(await problemOf(await shop.post(link, { answer: 'me' }))).toEqual({
      status: 410,
      code: 'link_expired',
    })
    expect(await statuses(order.order_id)).toEqual(['placed'])
    await cancelUnanswered(shop.world)
    await cancelUnanswered(shop.world)
    await flush(shop.world)
    expect(await statuses(order.order_id)).toEqual(['placed', 'cancelled'])
  })

  test('lifts nothing but its own order: the next is asked for again', async () => {
    const { order } = await shop.order(outrageous)
    await shop.post(await linkOf(order.order_id), { answer: 'me' })
    expect((await shop.order(outrageous)).order.decision.outcome).toBe('step_up')
  })
})

describe('alerts', () => {
  test('one message an incident, a few a day, and every order keeps its link', async () => {
    for (let n = 0; n < 12; n++) await shop.order(outrageous)
    const flooded = await inbox('cust_1')
    expect(flooded.messages).toHaveLength(1)
    expect(flooded.messages[0]).toMatchObject({ more: 2 })
    for (let n = 0; n < 6; n++) {
      shop.clock.nowMs += HOUR + 1_000
      await shop.publish({ cust_1: {} })
      await shop.order(outrageous)
    }
    expect((await inbox('cust_1')).messages).toHaveLength(3)
  })

  test('go to the contact data of before a recent change', async () => {
    const { order } = await shop.order({ ...outrageous, customer_id: 'cust_taken' })
    expect(order.decision.reasons.map(({ code }) => code)).toContain('TAKEOVER_SIGNALS')
    const { messages } = await inbox('cust_taken')
    expect(messages[0]?.sent_to).toBe('the contact address you had before 22 Nov 2026, 11:00 UTC')
  })
})

describe('a change of address', () => {
  test('becomes an event of customer.accounts, and the shop itself remembers it at the next checkout', async () => {
    const response = await shop.post('/address', { customer_id: 'cust_1', country: 'DE' })
    expect(response.status).toBe(201)
    const changed = await response.json<{ address_id: string; event_id: string; happened_at: string }>()
    expect(changed).toMatchObject({ alerted: false })
    const { product, batch } = shop.sent.find(({ batch: { rows } }) => rows.length > 0) ?? {}
    expect(product).toBe('customer.accounts')
    expect(batch?.rows).toEqual([
      {
        event_id: changed.event_id,
        customer_id: 'cust_1',
        event: 'address_changed',
        happened_at: changed.happened_at,
        details: { address_id: changed.address_id, country: 'DE', device_id: null },
      },
    ])
    const { order } = await shop.order({ shipping_address_id: changed.address_id })
    expect(order.decision).toMatchObject({ outcome: 'approve', points: 250 })
  })

  test('alerts where there were signs of a takeover', async () => {
    const response = await shop.post('/address', { customer_id: 'cust_taken' })
    expect(await response.json()).toMatchObject({ alerted: true })
    expect((await inbox('cust_taken')).messages[0]?.parts[0]).toMatchObject({
      kind: 'address',
      because: [
        'The e-mail address was changed 1 hour before.',
        'Somebody signed in from a new device 1 hour before.',
      ],
    })
  })

  test('of somebody new alerts nobody', async () => {
    const response = await shop.post('/address', { customer_id: 'cust_nobody' })
    expect(await response.json()).toMatchObject({ alerted: false })
  })
})

describe('hostile input', () => {
  const bad: [what: string, path: string, body: unknown, status: number, code: string][] = [
    ['no JSON', '/checkout', '{', 400, 'body_malformed'],
    ['a list', '/checkout', [], 400, 'input_invalid'],
    ['null', '/checkout', 'null', 400, 'input_invalid'],
    ['nothing', '/checkout', {}, 400, 'input_invalid'],
    ['a negative amount', '/checkout', { ...ordinary, total_cents: -1 }, 400, 'input_invalid'],
    ['a huge amount', '/checkout', { ...ordinary, total_cents: 1e15 }, 400, 'input_invalid'],
    ['an amount beyond numbers', '/checkout', { ...ordinary, total_cents: 1e308 }, 400, 'input_invalid'],
    ['a broken amount', '/checkout', { ...ordinary, total_cents: 10.5 }, 400, 'input_invalid'],
    ['an amount as text', '/checkout', { ...ordinary, total_cents: '100' }, 400, 'input_invalid'],
    ['another currency', '/checkout', { ...ordinary, currency: 'XXX' }, 400, 'input_invalid'],
    ['an order id of the caller', '/checkout', { ...ordinary, order_id: 'ord_1' }, 400, 'input_invalid'],
    ['a status of the caller', '/checkout', { ...ordinary, status: 'paid' }, 400, 'input_invalid'],
    ['blanks in an id', '/checkout', { ...ordinary, customer_id: 'a b' }, 400, 'input_invalid'],
    ['a long id', '/checkout', { ...ordinary, customer_id: 'x'.repeat(65) }, 400, 'input_invalid'],
    ['a body of 20 KB', '/checkout', { ...ordinary, session_id: 'x'.repeat(20_000) }, 413, 'body_too_large'],
    ['a country in words', '/address', { customer_id: 'cust_1', country: 'Germany' }, 400, 'input_invalid'],
    ['a link of nobody', '/confirm/0123', { answer: 'me' }, 404, 'link_unknown'],
    ['SQL for a link', "/confirm/'%20OR%201=1--", { answer: 'me' }, 404, 'link_unknown'],
    ['another address', '/elsewhere', {}, 404, 'not_found'],
  ]
  test.each(bad)('%s is refused', async (_what, path, body, status, code) => {
    const before = await bindings.DB.prepare('SELECT count(*) AS n FROM orders').first<{ n: number }>()
    const response = await shop.post(path, body)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await problemOf(response)).toEqual({ status, code })
    expect(await bindings.DB.prepare('SELECT count(*) AS n FROM orders').first()).toEqual(before)
    expect(shop.sent).toEqual([])
  })

  test('an answer that is none, an order of nobody, a body of another kind', async () => {
    const { order } = await shop.order(outrageous)
    const link = await linkOf(order.order_id)
    expect(await problemOf(await shop.post(link, { answer: 'yes' }))).toEqual({
      status: 400,
      code: 'input_invalid',
    })
    expect(await problemOf(await shop.request('/orders/ord_x'))).toEqual({
      status: 404,
      code: 'order_unknown',
    })
    const text = await shop.request('/checkout', { method: 'POST', body: 'hello' })
    expect(await problemOf(text)).toEqual({ status: 415, code: 'media_type' })
  })

  test('HTML in names stays text on every page', async () => {
    const customer = '"><script>alert(1)</script>'
    const { order } = await shop.order({
      ...outrageous,
      customer_id: customer,
      shipping_address_id: '<img/src=x>',
    })
    const link = await linkOf(order.order_id, encodeURIComponent(customer))
    const pages = [
      '/',
      `/customers/${encodeURIComponent(customer)}?moved=%3Cimg%3E`,
      `/orders/${order.order_id}`,
      `/inbox/${encodeURIComponent(customer)}`,
      link,
    ]
    for (const path of pages) {
      const response = await shop.request(path, { headers: { accept: 'text/html' } })
      expect(response.status, path).toBe(200)
      const html = await response.text()
      expect(html).toContain('<!doctype html>')
      expect(html, path).not.toMatch(/<script|<img/)
    }
  })
})

describe('the page', () => {
  const fields = {
    customer_id: 'cust_1',
    cart_id: 'c1',
    currency: 'EUR',
    address: 'adr_home',
    card: 'card_main',
  }

  test('orders articles at the shop’s prices and a free amount, and leads to the order', async () => {
    const response = await shop.form('/checkout', {
      ...fields,
      count_teapot: '2',
      amount: '10.5',
      total_cents: '1',
    })
    expect(response.status).toBe(303)
    const path = response.headers.get('location')?.replace('/shop/storefront', '') ?? ''
    expect(await (await shop.request(path)).json()).toMatchObject({
      total_cents: 2 * 3_490 + 1_050,
      item_count: 3,
      shipping_address_id: 'adr_home',
    })
  })

  test('sent twice is one order, to the same new address', async () => {
    const twice = { ...fields, amount: '20', address: 'new', card: 'new' }
    const [first, second] = [await shop.form('/checkout', twice), await shop.form('/checkout', twice)]
    expect(first.status).toBe(303)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
  })

  test.each(['cross-site', 'same-site'])(
    'takes no form of another site (%s), but may be linked to',
    async (site) => {
      const from = (path: string, init: RequestInit = {}) =>
        shop.request(path, { ...init, headers: { 'sec-fetch-site': site } })
      const body = new URLSearchParams({ ...fields, amount: '20', country: 'DE', answer: 'me' })
      for (const path of ['/sign-in', '/checkout', '/address', '/confirm/x'])
        expect(await problemOf(await from(path, { method: 'POST', body }))).toEqual({
          status: 403,
          code: 'foreign_site',
        })
      expect((await from('/customers/cust_1')).status).toBe(200)
    },
  )

  test.each([
    ['an empty cart', {}, 'The cart’s total is at least 1 cent'],
    ['an amount in words', { amount: 'lots' }, 'The amount is a price such as 19.90'],
    ['a negative count', { count_lamp: '-3' }, 'The number of lamp is a whole number up to 999'],
    ['too much', { amount: '999999999' }, 'The cart’s total is at most'],
    ['no address chosen', { amount: '5', address: '' }, 'The address is 1 to 64'],
  ])('%s comes back with the form', async (_what, more, words) => {
    const response = await shop.form('/checkout', { ...fields, ...more })
    expect(response.status).toBe(400)
    const html = await response.text()
    expect(html).toContain(words)
    if ('amount' in more) expect(html).toContain(`value="${more.amount}"`)
  })

  test('needs no script and takes nothing from elsewhere', async () => {
    const response = await shop.request('/customers/cust_1')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const html = await response.text()
    expect(html).not.toMatch(/<script|<style| style=| onclick=/)
    expect((await shop.request('/style.css')).headers.get('content-type')).toContain('text/css')
  })

  test('knows addresses and cards of orders made elsewhere, asked for once', async () => {
    shop.answers.set('purchase.orders', {
      records: [
        {
          placed_at: '2026-10-01T00:00:00.000Z',
          shipping_address_id: 'adr_home',
          payment_method_id: 'card_main',
        },
        { placed_at: '2026-09-01T00:00:00.000Z', shipping_address_id: 'adr_office', payment_method_id: null },
      ],
    })
    const html = await shop.html('/customers/cust_1')
    await shop.html('/customers/cust_1')
    for (const id of ['adr_home', 'adr_office', 'card_main']) expect(html).toContain(`value="${id}"`)
    expect(shop.asked).toHaveLength(1)
    expect(shop.asked[0]).toMatch(/^purchase.orders \/records\?customer_id=cust_1&/)
  })
})
