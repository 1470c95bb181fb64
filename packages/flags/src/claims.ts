/** What a head claims: the types of the signed payload. */

/** The contract that a flag set follows. */
export interface ContractRef {
  readonly id: string
  readonly version: string
  /** e64 of the SHA-256 of the canonical definition. */
  readonly hash: string
}

/** The model behind the entries, by its hash. */
export interface ModelRef {
  readonly id: string
  readonly sha256: string
}

/** A promise not kept. `since`: Unix ms. */
export interface Breach {
  readonly product: string
  readonly rule: string
  readonly since: number
}

/** Whether the promises hold that the contract's gate names. */
export interface Gate {
  readonly open: boolean
  readonly breaches: readonly Breach[]
}

/** The older head that DIFF leads back to. Times are Unix ms. */
export interface PrevClaims {
  readonly epoch: number
  readonly fresh_until: number
  readonly watermark: number | null
  readonly gate_open: boolean
}

/** The payload of a head. Times are Unix ms. */
export interface HeadClaims {
  readonly v: 1
  readonly aud: string
  /** Time of issue, strictly rising. */
  readonly epoch: number
  readonly fresh_until: number
  readonly expires: number
  readonly bits: number
  readonly sid: string
  /** Number of entries. */
  readonly count: number
  /** e64 of the SHA-256 of the block. */
  readonly root: string
  readonly contract: ContractRef
  readonly model?: ModelRef
  /** Complete up to here; null while an input has not claimed anything yet. */
  readonly watermark: number | null
  /** The watermark of each input product. */
  readonly watermarks: Readonly<Record<string, number | null>>
  /** Freshness promised: how far the watermark may lag behind the reader's clock. */
  readonly lag_ms: number
  readonly gate: Gate
  readonly prev?: PrevClaims
}
