/** Fields of the page's forms, brought into the shape that programs send. What is wrong is found there, for both. */
import { articles } from './articles.ts'
import { StorefrontError } from './problems.ts'

type Fields = Readonly<Record<string, string>>

/** Value of a choice "a new one". */
export const NEW = 'new'
/** Value of a choice "none". */
export const NONE = 'none'

/**
 * A checkout. The total is that of the articles and of a free amount in units, such as 1500 or 19.90.
 *
 * @throws {StorefrontError} `input_invalid` for what only a form can get wrong
 */
export function checkoutForm(fields: Fields, newId: () => string): object {
  const counts = articles.map(({ id, cents }) => ({ id, cents, count: countOf(fields[`count_${id}`]) }))
  const amountCents = centsOf(fields['amount'])
  const errors = [
    ...counts.flatMap(({ id, count }) =>
      count === undefined ? [{ pointer: `/count_${id}`, detail: 'is a whole number up to 999' }] : [],
    ),
    ...(amountCents === undefined ? [{ pointer: '/amount', detail: 'is a price such as 19.90' }] : []),
  ]
  if (errors.length > 0) throw new StorefrontError('input_invalid', 'The cart has mistakes.', { errors })
  const items = counts.reduce((sum, { count = 0 }) => sum + count, 0)
  // Of the cart, so that a second click asks for the same.
  const made = (fields['cart_id'] || newId()).slice(0, 12)
  const total = counts.reduce((sum, { cents, count = 0 }) => sum + cents * count, amountCents ?? 0)
  return {
    customer_id: fields['customer_id'],
    cart_id: fields['cart_id'],
    currency: fields['currency'],
    total_cents: total,
    item_count: Math.max(1, items + (amountCents === 0 ? 0 : 1)),
    shipping_address_id: choice(fields['address'], `adr_${made}`),
    payment_method_id: choice(fields['card'], `card_${made}`),
  }
}

/** A change of address; the new one gets a new id. */
export const addressForm = (fields: Fields): object => ({
  customer_id: fields['customer_id'],
  country: fields['country']?.trim().toUpperCase() || null,
})

const choice = (value: string | undefined, made: string): string | null | undefined =>
  value === NEW ? made : value === NONE ? null : value

/** Nothing is 0; what is no number is undefined. */
const countOf = (text = ''): number | undefined =>
  /^\d{0,3}$/.test(text.trim()) ? Number(text.trim()) : undefined

function centsOf(text = ''): number | undefined {
  if (text.trim() === '') return 0
  const read = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  return read === null ? undefined : Number(read[1]) * 100 + Number((read[2] ?? '').padEnd(2, '0'))
}
