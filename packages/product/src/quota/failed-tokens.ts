/**
 * Requests whose token was refused, counted by where they come from: checking a signature costs a processor's time, and nobody
 * whose token does not hold may take as much of it as they like. Each isolate counts for itself.
 */
import { AccessError, type Verifier } from '@meshloop/access/verify'
import { ProductError } from '../problems.ts'
import { createRequestWindows } from './request-windows.ts'

/** Refused tokens of one address a minute. Whoever asks with a wrong token by mistake stays far below. */
export const MOST_FAILED = 300

/** Counts them. */
export interface FailedTokens {
  /** Counts the request if it was refused for its token. */
  readonly count: (request: Request, error: unknown) => void
  /**
   * The verifier for a request: that which is given, or, for an address that failed too often, one that refuses with
   * `rate_limited` without looking at the token. A token that was verified before passes, whoever shares its address.
   */
  readonly verifierFor: (request: Request, verifier: Verifier) => Verifier
}

/** A counter that knows nobody yet; `now`: Unix ms. */
export function createFailedTokens(now: () => number, most: number = MOST_FAILED): FailedTokens {
  const windows = createRequestWindows()
  return {
    count(request, error) {
      // Without a token nothing is checked: its 401 says where tokens come from, and whoever has none yet asks just so.
      if (!(error instanceof AccessError) || error.status !== 401 || error.code === 'token_missing') return
      const address = networkOf(request)
      if (address !== undefined) windows.count(address, now())
    },
    verifierFor(request, verifier) {
      if (windows.isEmpty()) return verifier
      const address = networkOf(request)
      const window = address === undefined ? undefined : windows.look(address, now())
      if (!window || window.used < most) return verifier
      const authorization = request.headers.get('authorization')
      if (!authorization || verifier.isKnown(authorization)) return verifier
      const retryAfterSeconds = (window.endsAt - now()) / 1000
      return {
        ...verifier,
        verify: () =>
          Promise.reject(new ProductError('rate_limited', tooMany(most), [], { retryAfterSeconds })),
      }
    },
  }
}

const tooMany = (most: number): string =>
  `More than ${most} requests a minute came from this address with tokens that are refused. One that was good before is let in.`

/**
 * The address that Cloudflare saw the request come from; of IPv6 the network that one customer has (64 bits). Undefined for
 * requests of other Workers of the mesh, which come from nowhere.
 */
function networkOf(request: Request): string | undefined {
  const address = request.headers.get('cf-connecting-ip') ?? undefined
  if (!address?.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail)]
  const missing = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  return [...first, ...missing, ...last].slice(0, 4).join(':')
}
