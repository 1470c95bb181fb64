/** Answers as they are kept, and where. */
import type { Standing } from '../store/state.ts'

/** An answer made of data, which can be given again as long as it is right. */
export interface Made {
  readonly standing: Standing
  readonly body: Uint8Array
  readonly etag: string
  /** Oldest watermark that the consumer accepts, as an age in ms. */
  readonly maxStalenessMs?: number | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer as it is kept. */
export interface Kept {
  readonly made: Made
  /** Those that it was counted as reading. */
  readonly fields: readonly string[]
  /** What it cost when it was made. */
  readonly rowsRead: number
}

/** An answer, and when it was asked for, as Unix ms: by then it was right. */
export interface Dated extends Kept {
  readonly readAt: number
}

/** An answer that was found; `place` says where. */
export interface Found extends Kept {
  readonly place: 'memo' | 'cache'
}

/** Where an answer is kept for other isolates. Neither fails. */
export interface Elsewhere {
  /** The answer of this standing. */
  readonly find: (standing: Standing) => Promise<Dated | undefined>
  readonly keep: (dated: Dated) => void
}
