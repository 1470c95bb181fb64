/** Asking again: who is told when to come back (429 or 503 with Retry-After) waits, so often and so long, and no more. */
import { exchange, TIMEOUT_MS, type Exchanged, type Fetch } from './exchange.ts'

/** How patient somebody is. */
export interface Patience {
  /** How often is asked at most. */
  readonly tries: number
  /** How long may be waited now, in milliseconds: whoever is told to wait longer gives up. */
  readonly mayWaitMs: () => number
  readonly pause: (ms: number) => Promise<unknown>
}

/** What tells whether and when to ask again. */
interface Told {
  readonly status: number
  readonly headers: { get(name: string): string | null }
}

/** The last answer to what is asked, which must do no harm twice. Only seconds are understood, as products answer them. */
export async function askPatiently<T extends Told>(
  ask: () => Promise<T>,
  { tries, mayWaitMs, pause }: Patience,
): Promise<T> {
  for (let asked = 1; ; asked++) {
    const answer = await ask()
    const { status, headers } = answer
    const waitMs = Number(headers.get('retry-after') ?? Number.NaN) * 1000
    const isBusy = status === 429 || status === 503
    if (!isBusy || asked === tries || !(waitMs >= 0 && waitMs <= mayWaitMs())) return answer
    await pause(waitMs)
  }
}

/** What a client waits with. */
export interface PatienceOptions {
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Default: a timer. */
  readonly pause?: (ms: number) => Promise<unknown>
  /**
   * How long a request that reads waits in all, in milliseconds, where it is told when to ask again: less where its time is
   * short, since half of what is left of that is for the answer. Default: as long as its time allows; 0: it does not.
   */
  readonly patienceMs?: number
}

/** Sends a request as {@link exchange} does, one that reads patiently: all together it takes no more than its time. */
export type Ask = (
  url: string,
  init: RequestInit,
  timeoutMs?: number,
  maxBytes?: number,
) => Promise<Exchanged>

const TRIES = 4

/** Makes the `Ask` of one client. */
export function patientExchange({ fetch, now, pause = timer, patienceMs = Infinity }: PatienceOptions): Ask {
  return async (url, init, timeoutMs = TIMEOUT_MS, maxBytes) => {
    const untilMs = now() + timeoutMs
    let leftMs = timeoutMs
    let waitedMs = 0
    const ask = async () => exchange(fetch, url, init, leftMs, maxBytes)
    if ((init.method ?? 'GET') !== 'GET') return ask()
    return askPatiently(ask, {
      tries: TRIES,
      mayWaitMs: () => Math.min((untilMs - now()) / 2, patienceMs - waitedMs),
      pause: async (ms) => {
        await pause(ms)
        waitedMs += ms
        leftMs = Math.max(1, untilMs - now())
      },
    })
  }
}

const timer = async (ms: number): Promise<unknown> => new Promise((resolve) => void setTimeout(resolve, ms))
