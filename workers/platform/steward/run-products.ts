/** Asks derived products to go on, inputs before what is made of them. */
import * as z from 'zod'
import type { World } from './env.ts'
import { failureOf, type Failure } from './failure.ts'
import { nameOf, type Product } from './products.ts'

/** What became of one product's runs. */
export interface RunOutcome {
  readonly product: string
  readonly steps: number
  readonly built: number
  /** False: the next tick goes on. */
  readonly done: boolean
  readonly failure?: Failure
}

const answerSchema = z.object({ built: z.int(), done: z.boolean() })

/** A step that reads and builds much takes longer than other calls. */
const TIMEOUT_MS = 20_000
const MAX_STEPS = 20

/**
 * Runs derived products until they have nothing left to do, or until `until` (Unix ms).
 *
 * They take turns, a step each: one with weeks to catch up on must not keep the others' flags from being fresh. A product
 * has done all it can only once the products that it is made of have.
 */
export async function runProducts(
  world: Pick<World, 'client' | 'now'>,
  products: readonly Product[],
  until: number,
): Promise<RunOutcome[]> {
  const derived = products.filter(({ inputs }) => inputs.length > 0)
  const outcomes = new Map(derived.map((product) => [nameOf(product), notYet(product)]))
  const isOpen = (name: string): boolean => {
    const outcome = outcomes.get(name)
    return outcome !== undefined && !outcome.done && outcome.failure === undefined
  }
  for (let round = 0; round < MAX_STEPS; round++) {
    const open = derived.filter((product) => isOpen(nameOf(product)))
    if (open.length === 0) break
    for (const product of open) {
      if (world.now() >= until) return [...outcomes.values()]
      const name = nameOf(product)
      const waits = product.inputs.some((input) => isOpen(nameOf({ id: input.product, major: input.major })))
      const outcome = await step(world, product, outcomes.get(name) ?? notYet(product))
      outcomes.set(name, { ...outcome, done: outcome.done && !waits })
    }
  }
  return [...outcomes.values()]
}

const notYet = (product: Product): RunOutcome => ({
  product: nameOf(product),
  steps: 0,
  built: 0,
  done: false,
})

async function step(
  { client }: Pick<World, 'client'>,
  { id, major }: Product,
  { product, steps, built }: RunOutcome,
): Promise<RunOutcome> {
  try {
    const { json } = await client.call({ product: id, major }, 'run', '/run', {
      method: 'POST',
      timeoutMs: TIMEOUT_MS,
    })
    const answer = answerSchema.parse(json)
    return { product, steps: steps + 1, built: built + answer.built, done: answer.done }
  } catch (error) {
    return { product, steps, built, done: false, failure: failureOf(error) }
  }
}
