/** A product is not built from what is going away. */
import type { Policy } from '../policy.ts'
import { inputOf } from '../registered.ts'

/** Judges the lifecycle of inputs. */
export const inputsLast: Policy = {
  id: 'inputs-last',
  severity: 'warning',
  reason: 'When an input ends, everything that is built from it stands still.',
  remedy: 'Move to the next major of the input before its end of life.',
  *check({ inputs = [] }, mesh) {
    for (const [index, input] of inputs.entries()) {
      const { deprecated, endOfLife } = inputOf(input, mesh)?.lifecycle ?? {}
      if (endOfLife !== undefined || (deprecated !== undefined && deprecated <= mesh.today))
        yield {
          path: `inputs.${index}`,
          problem: `${input.product} v${input.major} is ${endOfLife === undefined ? `deprecated since ${deprecated}` : `answered until ${endOfLife} only`}`,
        }
    }
  },
}
