/** `POST /quality`: the steward asks a product to judge its records by its contract's rules, if they changed. */
import type { Runtime } from '../env.ts'
import type { ExtraRoute } from '../http/extra-route.ts'
import { judgeQuality, type Judged } from './remembered.ts'

/** Judges at most as often as `remembered.ts` says, and answers what is known then: counts, no record. */
export const qualityRoute: ExtraRoute = {
  path: '/quality',
  scope: 'check',
  handle: async (runtime, _request, waitUntil) => {
    const judging = judgeQuality(judgedOf(runtime))
    waitUntil(judging.catch(() => undefined)) // a caller that does not wait for it does not end it
    const { state, results } = await judging
    return Response.json(
      { quality: results, quality_state: state },
      { headers: { 'cache-control': 'no-store' } },
    )
  },
}

/** What of a runtime is judged. */
export const judgedOf = ({ env, contract, contractHash, now }: Runtime): Judged => ({
  db: env.DB,
  contract,
  contractHash,
  now,
})
