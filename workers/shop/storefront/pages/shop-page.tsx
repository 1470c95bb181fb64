/** The shop: cart and checkout, the account's address, and beside them what the shop knows. */
import type { Alarm } from '../alarm.ts'
import type { FlagSeen } from '../flag.ts'
import type { Message } from '../inbox.ts'
import type { Order } from '../order.ts'
import { base, inboxPath, orderPath } from '../paths.ts'
import { duration, money } from '../words.ts'
import { FlagCard } from './flag-card.tsx'
import { page } from './frame.tsx'
import { Badge, loopWords } from './order-words.tsx'
import { AddressForm, CheckoutForm, type FormsContent } from './shop-forms.tsx'

/** What the page shows. */
export interface ShopContent extends FormsContent {
  readonly flag: FlagSeen
  readonly orders: readonly Order[]
  readonly messages: readonly Message[]
  readonly alarms: readonly Alarm[]
  readonly catalog: string
  readonly nowMs: number
  /** Id of an address that was just made the customer's. */
  readonly moved?: string
}

/** The page. */
export function shopPage(content: ShopContent) {
  const { customer, flag, orders, messages, alarms, catalog, nowMs, moved } = content
  const { customer_id } = customer
  const waiting = messages.flatMap(({ parts }) => parts).filter(({ token }) => token !== null).length
  return page({
    title: 'Shop',
    customerId: customer_id,
    waiting,
    children: (
      <>
        <p class="eyebrow">
          Signed in as <code>{customer_id}</code> · <a href={`${base}/`}>somebody else?</a>
        </p>
        {alarms.length > 0 && (
          <p class="notice alarm" role="alert">
            <strong>Tampering was seen in the flags</strong> ({alarms.map(({ cause }) => cause).join(', ')}).{' '}
            {flag.state === 'untrusted'
              ? 'The shop decides by its own stricter rules.'
              : 'What was written was ignored.'}{' '}
            <a href={`${base}/alarms`}>All alarms</a>
          </p>
        )}
        {waiting > 0 && (
          <p class="notice">
            {waiting === 1 ? 'An order waits' : `${waiting} orders wait`} for your word.{' '}
            <a href={inboxPath(customer_id)}>Read your messages</a>
          </p>
        )}
        {moved !== undefined && (
          <p class="notice good">
            Your new address is <code>{moved}</code>. Orders may go there now.
          </p>
        )}
        <div class="columns">
          <div>
            <CheckoutForm {...content} />
            <AddressForm {...content} />
          </div>
          <div>
            <FlagCard title="Your flag right now" flag={flag} catalog={catalog} />
            <Orders orders={orders} nowMs={nowMs} />
          </div>
        </div>
      </>
    ),
  })
}

function Orders({ orders, nowMs }: { orders: readonly Order[]; nowMs: number }) {
  return (
    <section class="card" aria-labelledby="orders">
      <h2 id="orders">Your orders here</h2>
      {orders.length === 0 && <p class="quiet">None yet.</p>}
      <ul class="orders">
        {orders.map((order) => (
          <li>
            <a href={orderPath(order.order_id)}>{money(order.total_cents, order.currency)}</a>{' '}
            <Badge order={order} />
            <span class="quiet">
              {duration(Math.max(0, nowMs - order.placed_ms))} ago · order to flag: {loopWords(order)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
