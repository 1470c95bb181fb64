/** What a run of a derivation works with, and what it reads. */
import type { ProductError } from '../problems.ts'
import type { RunBounds } from './budget.ts'
import type { Derivation } from './derivation.ts'
import type { ReadFeed } from './feeding.ts'
import type { ReadExports } from './from-export.ts'

/** What a run works with. */
export interface Deriving {
  readonly db: D1Database
  readonly derivation: Derivation
  readonly readFeed: ReadFeed
  /** Default: mirrors are filled from the inputs' changes alone. */
  readonly readExports?: ReadExports
  readonly now: () => number
  readonly newIncarnation: () => string
  readonly bounds?: Partial<RunBounds>
}

/** What was read of an input. */
export interface InputRead {
  readonly changes: number
  readonly refused: number
  readonly pages: number
  readonly behind: boolean
  readonly failure?: ProductError
}
