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
/** How long a step may go on after the time for runs is over: the rest of the tick is for others. */
const GRACE_MS = 5_000
const MAX_STEPS = 20
/** A Worker has six connections. */
const AT_ONCE = 6

/** When runs must end, and who begins. */
export interface Turns {
  /** Unix ms: nothing is begun after it. */
  readonly until: number
  /** Counts the ticks: with each another product is the first. */
  readonly turn: number
}

/** A product's runs within the tick. */
interface Running extends RunOutcome {
  /** Steps that its inputs had done when it was asked last: with more of them there may be something new to it. */
  readonly seen: number
  /** It said so itself: what it is made of may not be done yet. */
  readonly saysDone: boolean
}

/**
 * Runs derived products until they have nothing left to do, or until the time is over.
 *
 * A few at a time, and who was asked least is next: one that is slow, hangs or has weeks to catch up on must not keep the
 * others' flags from being fresh. A product waits for the first step of what it is made of, unless it is its turn to begin:
 * it has done all it can only once those have.
 */
export async function runProducts(
  world: Pick<World, 'client' | 'now'>,
  products: readonly Product[],
  { until, turn }: Turns,
): Promise<RunOutcome[]> {
  const derived = products.filter(({ inputs }) => inputs.length > 0)
  const first = derived.length === 0 ? 0 : turn % derived.length
  const rotated = [...derived.slice(first), ...derived.slice(0, first)]
  const runs = new Map(derived.map((product) => [nameOf(product), notYet(product)]))
  const asked = new Map<string, Promise<void>>()

  const inputsOf = ({ inputs }: Product): Running[] =>
    inputs.flatMap(({ product, major }) => runs.get(nameOf({ id: product, major })) ?? [])
  const stepsOf = (product: Product): number => inputsOf(product).reduce((sum, { steps }) => sum + steps, 0)
  const isOpen = ({ done, failure, steps }: Running): boolean =>
    !done && failure === undefined && steps < MAX_STEPS
  const isNext = (product: Product, place: number): boolean => {
    const run = runs.get(nameOf(product))
    if (!run || !isOpen(run) || asked.has(nameOf(product))) return false
    if (run.steps > 0) return !run.saysDone || stepsOf(product) > run.seen
    return place === 0 || inputsOf(product).every((input) => input.steps > 0 || !isOpen(input))
  }
  const ask = async (product: Product): Promise<void> => {
    const name = nameOf(product)
    const seen = stepsOf(product)
    const timeoutMs = Math.min(TIMEOUT_MS, until + GRACE_MS - world.now())
    const before = runs.get(name) ?? notYet(product)
    runs.set(name, { ...before, ...(await step(world, product, before, timeoutMs)), seen })
    asked.delete(name)
    settle()
  }
  /** Done is who says so once nothing that it is made of can bring it more. Inputs come first. */
  const settle = (): void => {
    for (const product of derived) {
      const run = runs.get(nameOf(product))
      if (run?.saysDone && stepsOf(product) === run.seen && !inputsOf(product).some(isOpen))
        runs.set(nameOf(product), { ...run, done: true })
    }
  }
  for (;;) {
    const next = rotated
      .filter(isNext)
      .toSorted((a, b) => (runs.get(nameOf(a))?.steps ?? 0) - (runs.get(nameOf(b))?.steps ?? 0))
    for (const product of next.slice(0, AT_ONCE - asked.size))
      if (world.now() < until) asked.set(nameOf(product), ask(product))
    if (asked.size === 0) break
    await Promise.race(asked.values())
  }
  return [...runs.values()].map(({ seen: _seen, saysDone: _saysDone, ...outcome }) => outcome)
}

const notYet = (product: Product): Running => ({
  product: nameOf(product),
  steps: 0,
  built: 0,
  done: false,
  seen: 0,
  saysDone: false,
})

async function step(
  { client }: Pick<World, 'client'>,
  { id, major }: Product,
  { steps, built }: Running,
  timeoutMs: number,
): Promise<Pick<Running, 'steps' | 'built' | 'saysDone' | 'failure'>> {
  try {
    const { json } = await client.call({ product: id, major }, 'run', '/run', { method: 'POST', timeoutMs })
    const answer = answerSchema.parse(json)
    return { steps: steps + 1, built: built + answer.built, saysDone: answer.done }
  } catch (error) {
    return { steps, built, saysDone: false, failure: failureOf(error) }
  }
}
