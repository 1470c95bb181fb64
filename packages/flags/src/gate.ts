/** The gate of a head, from the steward's verdict. */
import type { Breach, Gate } from './claims.ts'

/** The steward's verdict on the contract's gate. `judgedAtMs`: Unix ms. */
export interface GateVerdict extends Gate {
  readonly judgedAtMs: number
}

const VERDICT_LIFE_MS = 180_000

/**
 * The gate that a head publishes: the verdict's, but closed when the verdict is older than three minutes or
 * from the future, so that a steward that died cannot keep a gate open. `product`: who publishes.
 */
export function gateOf(verdict: GateVerdict, product: string, nowMs: number): Gate {
  const { open, breaches, judgedAtMs } = verdict
  const ageMs = nowMs - judgedAtMs
  if (Math.abs(ageMs) <= VERDICT_LIFE_MS) return { open, breaches }
  const stale: Breach = { product, rule: 'verdict_age', since: judgedAtMs }
  return { open: false, breaches: [...breaches, stale] }
}
