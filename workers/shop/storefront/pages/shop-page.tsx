/** The shop: cart and checkout, the account's address, and beside them what the shop knows. */
import { articles } from '../articles.ts'
import type { Alarm } from '../alarm.ts'
import type { Customer } from '../customer.ts'
import type { FlagSeen } from '../flag.ts'
import { NEW, NONE } from '../forms.ts'
import type { Message } from '../inbox.ts'
import { currencies } from '../input.ts'
import type { Order } from '../order.ts'
import { base, inboxPath, orderPath } from '../paths.ts'
import type { ProblemDetail } from '../problems.ts'
import { duration, money } from '../words.ts'
import { FlagCard } from './flag-card.tsx'
import { page } from './frame.tsx'
import { Badge, loopWords } from './order-words.tsx'

/** A form that came back with mistakes. */
export interface FormState {
  readonly form?: 'checkout' | 'address'
  readonly fields?: Readonly<Record<string, string>>
  readonly errors?: readonly ProblemDetail[]
}

/** What the page shows. */
export interface ShopContent {
  readonly customer: Customer
  readonly flag: FlagSeen
  readonly orders: readonly Order[]
  readonly messages: readonly Message[]
  readonly alarms: readonly Alarm[]
  readonly catalog: string
  readonly cartId: string
  readonly nowMs: number
  /** Id of an address that was just made the customer's. */
  readonly moved?: string
  readonly state: FormState
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
            <strong>Tampering was seen in the flags</strong> ({alarms.map(({ cause }) => cause).join(', ')}).
            The shop decides by its own stricter rules. <a href={`${base}/alarms`}>All alarms</a>
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

function CheckoutForm({ customer, cartId, state }: ShopContent) {
  const mine = state.form === 'checkout'
  const fields = mine ? (state.fields ?? {}) : {}
  return (
    <form method="post" action={`${base}/checkout`} class="card" aria-labelledby="cart">
      <h1 id="cart">Your cart</h1>
      {mine && <Errors errors={state.errors ?? []} />}
      <input type="hidden" name="customer_id" value={customer.customer_id} />
      <input type="hidden" name="cart_id" value={cartId} />
      <ul class="articles">
        {articles.map(({ id, name, cents }) => (
          <li>
            <label for={`count_${id}`}>
              {name} <span class="quiet">{money(cents, 'EUR').slice(1)}</span>
            </label>
            <input
              id={`count_${id}`}
              name={`count_${id}`}
              type="number"
              min="0"
              max="999"
              value={fields[`count_${id}`] ?? (id === 'notebook' ? '1' : '0')}
            />
          </li>
        ))}
        <li>
          <label for="amount">
            Anything else, by its price <span class="quiet">such as 1900.00 for something outrageous</span>
          </label>
          <input
            id="amount"
            name="amount"
            inputmode="decimal"
            value={fields['amount'] ?? ''}
            placeholder="0.00"
          />
        </li>
        <li>
          <label for="currency">Currency</label>
          <select id="currency" name="currency">
            {currencies.map((each) => (
              <option selected={each === fields['currency']}>{each}</option>
            ))}
          </select>
        </li>
      </ul>
      <Choice
        name="address"
        legend="Where to"
        known={customer.addresses}
        made="A brand-new address"
        none="I pick it up"
        chosen={fields['address']}
      />
      <Choice
        name="card"
        legend="Paid with"
        known={customer.cards}
        made="A card never used before"
        none={null}
        chosen={fields['card']}
      />
      <button type="submit">Order and pay</button>
    </form>
  )
}

interface ChoiceContent {
  readonly name: string
  readonly legend: string
  readonly known: readonly string[]
  readonly made: string
  readonly none: string | null
  readonly chosen: string | undefined
}

function Choice({ name, legend, known, made, none, chosen = known[0] ?? NEW }: ChoiceContent) {
  const options = [
    ...known.map((id) => ({ value: id, label: <code>{id}</code> })),
    { value: NEW, label: made },
    ...(none === null ? [] : [{ value: NONE, label: none }]),
  ]
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(({ value, label }) => (
        <label class="option">
          <input type="radio" name={name} value={value} checked={value === chosen} /> {label}
        </label>
      ))}
    </fieldset>
  )
}

function AddressForm({ customer, state }: ShopContent) {
  const mine = state.form === 'address'
  return (
    <form method="post" action={`${base}/address`} class="card" aria-labelledby="move">
      <h2 id="move">Change my address</h2>
      {mine && <Errors errors={state.errors ?? []} />}
      <input type="hidden" name="customer_id" value={customer.customer_id} />
      <div class="row">
        <label for="country">Country of the new address</label>
        <input
          id="country"
          name="country"
          maxlength={2}
          size={4}
          value={mine ? (state.fields?.['country'] ?? '') : 'DE'}
          autocomplete="off"
        />
        <button type="submit" class="second">
          I have moved
        </button>
      </div>
    </form>
  )
}

function Errors({ errors }: { errors: readonly ProblemDetail[] }) {
  const names: Readonly<Record<string, string>> = {
    '/total_cents': 'The cart’s total',
    '/amount': 'The amount',
    '/shipping_address_id': 'The address',
    '/payment_method_id': 'The card',
    '/country': 'The country',
    '/currency': 'The currency',
  }
  return (
    <ul class="notice alarm" role="alert">
      {errors.map(({ pointer, detail }) => (
        <li>
          {names[pointer] ?? pointer.slice(1).replace('count_', 'The number of ')} {detail}.
        </li>
      ))}
    </ul>
  )
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
