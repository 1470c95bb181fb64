/** The promises of a product beside freshness: that it serves the contract that is registered, and that its records keep it. */
import * as z from 'zod'
import type { Product } from './products.ts'

const MAX_RULES = 200
const number = z.number().optional()
const range = z.tuple([z.number(), z.number()]).optional()
const bound = z.object({
  eq: number,
  ne: number,
  gt: number,
  gte: number,
  lt: number,
  lte: number,
  between: range,
  notBetween: range,
})
const ruleSchema = z.object({
  rule: z.string().max(64),
  severity: z.enum(['info', 'warning', 'error']),
  counts: z.string().max(20),
  count: z.int(),
  of: z.int(),
  unit: z.enum(['rows', 'percent']),
  bound,
  kept: z.boolean(),
  judged_at: z.iso.datetime(),
})

/** What a product's `/status` and `/quality` say of its quality rules. A product of an earlier runtime has none. */
export const qualitySchema = z.object({
  quality: z.array(ruleSchema).max(MAX_RULES).nullable().default([]),
  quality_state: z.enum(['none', 'current', 'older', 'unjudged', 'failed']).nullable().default('none'),
})

/** See {@link qualitySchema}. */
export type QualityAnswer = Readonly<z.output<typeof qualitySchema>>

/** Whether a promise is kept. */
export interface Finding {
  readonly rule: 'drift' | 'quality'
  readonly isKept: boolean
  /** Whether the breach closes a gate that names the rule, once it was found twice in a row. */
  readonly closesGate: boolean
  /** What is wrong; empty when nothing is. */
  readonly detail: string
  /** What is shown of it, as JSON. */
  readonly evidence: unknown
}

/** Drift: what is served is what was registered. */
export function driftOf({ contract_hash: registered }: Product, served: string): Finding[] {
  if (registered === null) return []
  const isKept = registered === served
  return [
    {
      rule: 'drift',
      isKept,
      closesGate: !isKept,
      detail: isKept ? '' : `serves the contract ${served}, registered is ${registered}`,
      evidence: { served, registered },
    },
  ]
}

/**
 * Quality: no rule of severity `error` is broken. Nothing is found while nobody has judged.
 *
 * A rule about the number of records is an alarm that others can provoke, and so is a judgement that does not end because
 * there is too much to judge: they open incidents, and never close a gate. Nobody switches the checks of a shop off by
 * flooding it.
 */
export function qualityOf({ quality, quality_state: state }: QualityAnswer): Finding[] {
  if (state === 'unjudged') return []
  const rules = quality ?? []
  const broken = rules.filter(({ severity, kept }) => severity === 'error' && !kept)
  const details = [
    ...(state === 'failed' ? ['the last try to judge the rules did not end'] : []),
    ...broken.map(({ rule, count, of }) => `${rule}: ${count} of ${of}`),
  ]
  return [
    {
      rule: 'quality',
      isKept: details.length === 0,
      closesGate: broken.some(({ counts }) => counts !== 'rows'),
      detail: details.join('; ').slice(0, MAX_DETAIL),
      evidence: { state, rules },
    },
  ]
}

const MAX_DETAIL = 500
