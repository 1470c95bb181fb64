/** A shop: everything that its whole life, past and to come, follows from. */
import { regularCustomer, type Customer } from './customer.ts'

/** What a shop is made from. */
export interface ShopOptions {
  /** Another seed, another shop. A whole number. */
  readonly seed: number
  /** How many regular customers. Default 500. New ones join on top: about one a day for each 600. */
  readonly customers?: number
  /** When live operation begins, in Unix milliseconds. Needed for a pace other than 1. */
  readonly launchedAtMs?: number
  /**
   * How many days the shop lives in one day after its launch: a whole number, 1 to 1,000, default 1. At 30, 500 customers
   * make something happen every five seconds. What came before the launch does not depend on it.
   */
  readonly pace?: number
}

/** Data alone: nothing in it changes, and two shops of the same options live the same life. */
export interface Shop {
  readonly seed: number
  readonly customers: readonly [Customer, ...Customer[]]
  readonly launchedAtMs: number
  readonly pace: number
}

/** The simulator was asked for something that it cannot do. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError'
  readonly code: 'shop_options_invalid' | 'interval_invalid' | 'settings_invalid' | 'sending_failed'

  constructor(code: SimulatorError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Founds a shop.
 *
 * @throws {SimulatorError} `shop_options_invalid`
 */
export function createShop(options: ShopOptions): Shop {
  const { seed, customers = 500, launchedAtMs = Number.MAX_SAFE_INTEGER, pace = 1 } = options
  demand(Number.isSafeInteger(seed), 'the seed is a whole number')
  demand(
    Number.isInteger(customers) && customers >= 1 && customers <= 1e6,
    'a shop has 1 to 1,000,000 customers',
  )
  demand(Number.isSafeInteger(launchedAtMs) && launchedAtMs >= 0, 'the launch is a time in Unix milliseconds')
  demand(Number.isInteger(pace) && pace >= 1 && pace <= 1000, 'the pace is a whole number from 1 to 1,000')
  demand(pace === 1 || options.launchedAtMs !== undefined, 'a pace needs launchedAtMs: when it begins')
  const [first, ...others] = Array.from({ length: customers }, (_, index) => regularCustomer(seed, index))
  demand(first !== undefined, 'a shop has 1 to 1,000,000 customers')
  return Object.freeze({ seed, customers: Object.freeze([first, ...others] as const), launchedAtMs, pace })
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new SimulatorError('shop_options_invalid', `${otherwise}; give createShop such a value`)
}
