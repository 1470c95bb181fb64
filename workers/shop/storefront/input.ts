/** What customers send, read at the edge: JSON of programs and fields of forms become the same inputs. */
import * as z from 'zod'
import { StorefrontError } from './problems.ts'

/** Ids as purchase.orders takes them. */
const id = z
  .string('is missing')
  .regex(/^[\x21-\x7e]{1,64}$/, 'is 1 to 64 printable ASCII characters without blanks')

/** Beyond this nobody orders here by themselves. */
const MAX_TOTAL_CENTS = 100_000_000

/** The currencies of the shop. */
export const currencies = ['EUR', 'GBP', 'USD'] as const

const customerSchema = z.strictObject({ customer_id: id })

const checkoutSchema = z.strictObject({
  customer_id: id,
  /** In cents. */
  total_cents: z
    .int('is a whole number of cents')
    .min(1, 'is at least 1 cent')
    .max(MAX_TOTAL_CENTS, `is at most ${MAX_TOTAL_CENTS} cents`),
  currency: z.enum(currencies, `is one of ${currencies.join(', ')}`).default('EUR'),
  item_count: z.int('is a whole number').min(1, 'is at least 1').max(1_000, 'is at most 1000').default(1),
  /** null: picked up in the shop. */
  shipping_address_id: id.nullable(),
  payment_method_id: id.nullable(),
  campaign_id: id.nullable().default(null),
  session_id: id.nullable().default(null),
  /** The same again with the same cart_id is the same order. Default: none. */
  cart_id: id.nullable().default(null),
})

const addressSchema = z.strictObject({
  customer_id: id,
  /** Default: a new one is made. */
  address_id: id.optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is an ISO 3166-1 code of two letters, such as DE')
    .nullable()
    .default(null),
})

const answerSchema = z.strictObject({ answer: z.enum(['me', 'not_me'], 'is me or not_me') })

/** A basket at checkout. */
export type CheckoutInput = Readonly<z.output<typeof checkoutSchema>>

/** A change of a customer's address. */
export type AddressInput = Readonly<z.output<typeof addressSchema>>

/** What a customer says about an order. */
export type Answer = z.output<typeof answerSchema>['answer']

/** Reads a checkout. @throws {StorefrontError} `input_invalid` */
export const readCheckout = (body: unknown): CheckoutInput => read(checkoutSchema, body)

/** Reads a change of address. @throws {StorefrontError} `input_invalid` */
export const readAddress = (body: unknown): AddressInput => read(addressSchema, body)

/** Reads an answer. @throws {StorefrontError} `input_invalid` */
export const readAnswer = (body: unknown): Answer => read(answerSchema, body).answer

/** Reads the id of a customer. @throws {StorefrontError} `input_invalid` */
export const readCustomer = (customerId: unknown): string =>
  read(customerSchema, { customer_id: customerId }).customer_id

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    detail: message,
  }))
  const message = errors.map(({ pointer, detail }) => `${pointer.slice(1) || 'body'} ${detail}`).join('; ')
  throw new StorefrontError('input_invalid', `${message}.`, { errors })
}
