/** Freshness in words and as a bar: what is promised, and what the catalog sees. */
import { durationMs } from '@meshloop/contract'
import type { LiveState } from '../products/live-state.ts'
import { formatDuration, formatSeconds, formatTime } from './format.ts'
import { Gauge } from './icons.tsx'

/** A sentence about the product's freshness; it also stands in the Markdown twin. */
export function freshnessWords({ verdict, as_of, age_seconds }: LiveState, promised: string): string {
  const promise = `promised: at most ${formatDuration(promised)}`
  if (as_of === null || age_seconds === null) {
    if (verdict === 'waiting') return `A source has not yet said up to when it is complete; ${promise}.`
    return verdict === 'unreachable' ? `The product does not answer; ${promise}.` : `Not asked; ${promise}.`
  }
  return `Complete up to ${formatTime(as_of)}, ${formatSeconds(age_seconds)} ago; ${promise}.`
}

/** The same in a product's card. */
export function Freshness({ state, promised }: { state: LiveState; promised: string }) {
  const { as_of, age_seconds, verdict } = state
  const promisedSeconds = (durationMs(promised) ?? 0) / 1000
  if (as_of === null || age_seconds === null) return <p class="when">{freshnessWords(state, promised)}</p>
  return (
    <div class="when">
      <Gauge used={promisedSeconds > 0 ? age_seconds / promisedSeconds : 1} verdict={verdict} />
      <p>
        as of <time datetime={as_of}>{formatTime(as_of)}</time>
        <span class="quiet">
          {' '}
          · {formatSeconds(age_seconds)} of {formatDuration(promised)}
        </span>
      </p>
    </div>
  )
}
