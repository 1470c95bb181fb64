/** The fail policy, state by state: nothing counts as "no risk", and nobody is held by a score alone. */
import { describe, expect, test } from 'vitest'
import { decide, policyOf, type Order, type PolicyName } from '../assess/policy.ts'
import type { Reason, ReasonCode } from '../assess/reason.ts'

const reason = (code: ReasonCode, points: number, from: Reason['from'] = 'basket'): Reason => ({
  code,
  points,
  because: 'It is unusual.',
  from,
})
const small: Order = { totalCents: 3_000, currency: 'EUR', isNewAddress: false, score: 0 }
const at = (totalCents: number, isNewAddress = false): Order => ({ ...small, totalCents, isNewAddress })

const states: [...Parameters<typeof policyOf>, policy: PolicyName][] = [
  ['known', true, true, 'known'],
  ['known', false, true, 'static'],
  ['known', true, false, 'unknown'],
  ['stale', true, true, 'stale'],
  ['stale', false, true, 'static'],
  ['unknown', true, false, 'unknown'],
  ['untrusted', true, false, 'static'],
  ['unavailable', true, false, 'static'],
]
test.each(states)(
  '%s, readable %s, usual amount %s: the policy for %s',
  (state, isReadable, hasUsual, policy) => {
    expect(policyOf(state, isReadable, hasUsual)).toBe(policy)
  },
)

const two = [reason('AMOUNT_ABOVE_NORMAL', 400), reason('TAKEOVER_SIGNALS', 350)]
const outcomes: [policy: PolicyName, what: string, order: Order, reasons: Reason[], outcome: string][] = [
  ['known', 'nothing', at(500_000, true), [], 'approve'],
  ['known', 'little', small, [reason('NEW_PAYMENT_METHOD', 399)], 'approve'],
  ['known', 'much', small, [reason('AMOUNT_ABOVE_NORMAL', 400)], 'step_up'],
  ['known', 'two independent reasons', small, two, 'review'],
  ['known', 'one reason, however heavy', small, [reason('AMOUNT_ABOVE_NORMAL', 1_000)], 'step_up'],
  [
    'known',
    'a second reason that is light',
    small,
    [reason('AMOUNT_ABOVE_NORMAL', 600), reason('NEW_ACCOUNT', 100)],
    'step_up',
  ],
  ['known', 'a poisoned score', small, two.map((each) => ({ ...each, from: 'record' as const })), 'step_up'],
  [
    'known',
    'what outsiders can provoke',
    small,
    [reason('TAKEOVER_SIGNALS', 400), reason('ORDER_BURST', 500)],
    'step_up',
  ],
  ['known', 'a score of the last order', { ...small, score: 300 }, [], 'step_up'],
  ['known', 'the score of an honest splurge', { ...small, score: 260 }, [], 'approve'],
  ['known', 'the highest score: asked, never held', { ...small, score: 1_000 }, [], 'step_up'],
  ['stale', 'nothing', at(15_000, true), [], 'approve'],
  ['stale', 'above its limit', at(15_001), [], 'step_up'],
  ['stale', 'two independent reasons: never held', small, two, 'step_up'],
  ['unknown', 'nothing', at(30_000, true), [], 'approve'],
  ['unknown', 'above its limit', at(30_001), [], 'step_up'],
  ['unknown', 'much', small, [reason('ORDER_BURST', 400)], 'step_up'],
  ['static', 'a small order to an address that the shop knows', at(10_000), [], 'approve'],
  ['static', 'a small order to a new address', at(100, true), [], 'step_up'],
  ['static', 'above its limit', at(10_001), [], 'step_up'],
  ['static', 'two independent reasons: never held', small, two, 'step_up'],
]
describe('decide', () => {
  test.each(outcomes)('%s, %s', (policy, _what, order, reasons, outcome) => {
    const decision = decide(policy, order, reasons)
    expect(decision.outcome).toBe(outcome)
    expect(decision.rule).toMatch(/\.$/)
  })
})
