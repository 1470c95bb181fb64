/** The bounds that a field's values keep, whether they are written down or the kind's own. */
import type { Shape } from './kinds.ts'

/** Both included. Of a text in characters, of a list in items. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** Lowest and highest value of a field; undefined for a kind without bounds. */
export function boundsOf({ kind, min, max }: Pick<Shape, 'kind' | 'min' | 'max'>): Bounds | undefined {
  switch (kind) {
    case 'text':
      return { min: 0, max: max ?? 2000 }
    case 'list':
      return { min: 0, max: max ?? 100 }
    case 'int':
    case 'money':
      return {
        min: Math.max(min ?? -Infinity, Number.MIN_SAFE_INTEGER),
        max: Math.min(max ?? Infinity, Number.MAX_SAFE_INTEGER),
      }
    case 'number':
      return { min: min ?? -Number.MAX_VALUE, max: max ?? Number.MAX_VALUE }
    default:
      return undefined
  }
}
