/** Fields of the page's forms, brought into the shape that programs send. What is wrong is found there, for both. */
import { articles } from './articles.ts'

type Fields = Readonly<Record<string, string>>

/** Value of a choice "a new one". */
export const NEW = 'new'
/** Value of a choice "none". */
export const NONE = 'none'

/** A checkout. The total is that of the articles and of a free amount in units, such as 1500 or 19.90. */
export function checkoutForm(fields: Fields, newId: () => string): object {
  const counts = articles.map(({ id, cents }) => ({ cents, count: countOf(fields[`count_${id}`]) }))
  const amountCents = centsOf(fields['amount'])
  const items = counts.reduce((sum, { count }) => sum + count, 0)
  const total = counts.reduce((sum, { cents, count }) => sum + cents * count, amountCents)
  return {
    customer_id: fields['customer_id'],
    cart_id: fields['cart_id'],
    currency: fields['currency'],
    total_cents: total,
    item_count: Number.isNaN(items) ? items : Math.max(1, items + (amountCents > 0 ? 1 : 0)),
    shipping_address_id: choice(fields['address'], `adr_${newId()}`),
    payment_method_id: choice(fields['card'], `card_${newId()}`),
  }
}

/** A change of address; the new one gets a new id. */
export const addressForm = (fields: Fields): object => ({
  customer_id: fields['customer_id'],
  country: fields['country']?.trim().toUpperCase() || null,
})

const choice = (value: string | undefined, made: string): string | null | undefined =>
  value === NEW ? made : value === NONE ? null : value

/** Nothing is 0; what is no number is NaN, which no order takes. */
const countOf = (text = ''): number => (/^\d{0,3}$/.test(text.trim()) ? Number(text.trim()) : NaN)

function centsOf(text = ''): number {
  const read = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  if (read === null) return text.trim() === '' ? 0 : NaN
  return Number(read[1]) * 100 + Number((read[2] ?? '').padEnd(2, '0'))
}
