/** The risk context of a customer, as risk.fraud publishes it in a flag's entry. */
import type { FlagEntry } from '@meshloop/flags/read'
import * as z from 'zod'

const instantMs = z.iso.datetime().transform((text) => Date.parse(text))
const cents = z.number().min(0)

const contextSchema = z.object({
  /** 0 to 1000, and what it is made of: about the newest order before this one, not about the basket in hand. */
  score: z.number().min(0).max(1000),
  reasons: z.array(z.object({ code: z.string(), points: z.number() })).readonly(),
  orders: z.int().min(0),
  /** Median of the last orders, their median absolute deviation, the greatest, and the mean of all: the slow anchor. */
  usual_cents: cents.nullable(),
  spread_cents: cents.nullable(),
  largest_cents: cents.nullable(),
  long_run_cents: cents.nullable(),
  currency: z.string().nullable(),
  first_order_at: instantMs.nullable(),
  last_order_at: instantMs.nullable(),
  /** Keyed hashes. */
  known_addresses: z.array(z.string()).readonly(),
  known_cards: z.array(z.string()).readonly(),
  address_changed_at: instantMs.nullable(),
  email_changed_at: instantMs.nullable(),
  password_reset_at: instantMs.nullable(),
  new_device_at: instantMs.nullable(),
})

/** What is known about a customer; times in milliseconds since 1970, amounts in cents. */
export type RiskContext = Readonly<z.output<typeof contextSchema>>

/** The context in an entry; undefined if the entry is of another shape, which is as good as no flag. */
export function readContext(entry: FlagEntry): RiskContext | undefined {
  return contextSchema.safeParse(entry).data
}
