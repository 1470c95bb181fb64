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

/** Runs each derived product until it has nothing left to do, or until `until` (Unix ms). */
export async function runProducts(
  world: World,
  products: readonly Product[],
  until: number,
): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = []
  for (const product of products.filter(({ inputs }) => inputs.length > 0))
    outcomes.push(await runOne(world, product, until))
  return outcomes
}

async function runOne({ client, now }: World, product: Product, until: number): Promise<RunOutcome> {
  const ref = { product: product.id, major: product.major }
  let steps = 0
  let built = 0
  let done = false
  try {
    while (!done && steps < MAX_STEPS && now() < until) {
      const { json } = await client.call(ref, 'run', '/run', { method: 'POST', timeoutMs: TIMEOUT_MS })
      const answer = answerSchema.parse(json)
      steps++
      built += answer.built
      done = answer.done
    }
    return { product: nameOf(product), steps, built, done }
  } catch (error) {
    return { product: nameOf(product), steps, built, done: false, failure: failureOf(error) }
  }
}
