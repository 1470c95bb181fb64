/** A product is built from products that are there, and that its domain may read. */
import type { Policy } from '../policy.ts'
import { domainOf, inputOf } from '../registered.ts'

/** Judges inputs. */
export const inputsReadable: Policy = {
  id: 'inputs-readable',
  severity: 'error',
  reason:
    'What a product is built from must be registered, or nobody knows what it rests on; and an internal product does not leave its domain.',
  remedy: 'Register the input first, in this major; or ask its owner to open it to the mesh.',
  *check({ id, inputs = [] }, mesh) {
    for (const [index, input] of inputs.entries()) {
      const registered = inputOf(input, mesh)
      const path = `inputs.${index}`
      if (!registered) yield { path, problem: `${input.product} v${input.major} is not registered` }
      else if (registered.visibility === 'internal' && domainOf(input.product) !== domainOf(id))
        yield { path, problem: `${input.product} is internal to ${domainOf(input.product)}` }
    }
  },
}
