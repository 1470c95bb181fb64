/** The two forms of the shop: cart and address. */
import { articles } from '../articles.ts'
import type { Customer } from '../customer.ts'
import { NEW, NONE } from '../forms.ts'
import { currencies } from '../input.ts'
import { base } from '../paths.ts'
import type { ProblemDetail } from '../problems.ts'
import { money } from '../words.ts'

/** A form that came back with mistakes. */
export interface FormState {
  readonly form?: 'checkout' | 'address'
  readonly fields?: Readonly<Record<string, string>>
  readonly errors?: readonly ProblemDetail[]
}

/** What the forms show. */
export interface FormsContent {
  readonly customer: Customer
  /** The cart's id: a second click on the same page is the same order. */
  readonly cartId: string
  readonly state: FormState
}

/** The cart: articles, a free amount, where to and paid with what. */
export function CheckoutForm({ customer, cartId, state }: FormsContent) {
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

/** "I have moved". */
export function AddressForm({ customer, state }: Omit<FormsContent, 'cartId'>) {
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
