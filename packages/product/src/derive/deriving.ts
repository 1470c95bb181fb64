/** What a run of a derivation works with, how much it does, and what it reads. */
import type { ProductError } from '../problems.ts'
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

/** How much one run does at most. Reading takes half of `statements` and `ms` at most: what was read is built too. */
export interface RunBounds {
  /** Pages of an input's feed. */
  readonly pages: number
  /** Changes of a page. */
  readonly pageRows: number
  /** Chunks of dirty keys. */
  readonly builds: number
  /** Keys of a chunk. */
  readonly buildKeys: number
  /** Statements; of D1's 1,000 an invocation some are left for what is begun when they are spent. */
  readonly statements: number
  readonly ms: number
}

/** What was read of an input. */
export interface InputRead {
  readonly changes: number
  readonly refused: number
  readonly pages: number
  readonly behind: boolean
  readonly failure?: ProductError
}
