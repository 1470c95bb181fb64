/** Small drawings. Each stands beside words that say the same: none is needed to understand a page. */
import type { Verdict } from '../products/live-state.ts'

/** Two loops that hold each other: the sign of the mesh. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 24" aria-hidden="true">
      <circle cx="11" cy="12" r="8" />
      <path d="M15.6 5.5a8 8 0 1 1 0 13" />
    </svg>
  )
}

/** The sign as a file, for the browser's tab. */
export const iconSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 24" fill="none" stroke="#0f766e" stroke-width="3.5" stroke-linecap="round"><circle cx="11" cy="12" r="8"/><path d="M15.6 5.5a8 8 0 1 1 0 13"/></svg>`

const shapes: Readonly<Record<Verdict, string>> = {
  fresh: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-1 10.2L3.9 8.1l1.3-1.3L7 8.6l3.8-3.8 1.3 1.3Z',
  late: 'M8 1 15.5 14.5H.5ZM7.1 6v4h1.8V6Zm0 5v1.7h1.8V11Z',
  waiting:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3Zm-.8 1.8v3.6l2.8 1.7.8-1.3-2-1.2V4.8Z',
  unreachable: 'M3.2 1.8 8 6.6l4.8-4.8 1.4 1.4L9.4 8l4.8 4.8-1.4 1.4L8 9.4l-4.8 4.8-1.4-1.4L6.6 8 1.8 3.2Z',
  not_asked: 'M2 7h12v2H2Z',
}

/** What each verdict is called. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  fresh: 'Fresh',
  late: 'Late',
  waiting: 'Waiting',
  unreachable: 'No answer',
  not_asked: 'Not asked',
}

/** Path of a verdict's shape, in a box of 16 by 16. */
export const verdictShape = (verdict: Verdict): string => shapes[verdict]

/** Shape, colour and word. */
export function Badge({ verdict }: { verdict: Verdict }) {
  return (
    <span class={`badge ${verdict}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path fill-rule="evenodd" d={shapes[verdict]} />
      </svg>
      {verdictWords[verdict]}
    </span>
  )
}

/** Five pips, `level` of them full. */
export function Pips({ level }: { level: number }) {
  return (
    <svg class="pips" viewBox="0 0 58 10" aria-hidden="true">
      {[0, 1, 2, 3, 4].map((at) => (
        <circle cx={5 + at * 12} cy="5" r="4" class={at < level ? 'full' : 'open'} />
      ))}
    </svg>
  )
}

/** How much of the promised time the data's age has used; full is late. */
export function Gauge({ used, verdict }: { used: number; verdict: Verdict }) {
  const width = Math.max(2, Math.min(1, used) * 100)
  return (
    <svg class={`gauge ${verdict}`} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rail" width="100" height="4" />
      <rect class="fill" width={width} height="4" />
    </svg>
  )
}
