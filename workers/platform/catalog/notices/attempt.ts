/** One attempt to deliver a notice: a POST to an address that somebody else named. */
import type { CatalogEnv, World } from '../env.ts'
import { isAllowedHost, plainAddress } from '../outbound-address.ts'
import { webhookHeaders, webhookSecret } from './signature.ts'

/** A delivery whose turn it is. */
export interface Turn {
  readonly webhook: string
  /** Id of the notice. */
  readonly notice: string
  readonly url: string
  readonly body: string
  /** This one included. */
  readonly attempts: number
}

/** How it went. `error` says why it counts as failed, in words of ours: nothing of what the receiver answers is kept but its status. */
export interface Outcome {
  readonly status: number | null
  readonly error: string | null
}

const timeoutMs = 10_000

/** Status with which a receiver says that it wants no more. */
export const gone = 410

/** Sends it once, follows no redirect, reads no answer. Never throws. */
export async function attempt(env: CatalogEnv, { fetch, now }: World, turn: Turn): Promise<Outcome> {
  const { url, body, notice: id, webhook } = turn
  if (!mayBeSentTo(env, url)) return { status: null, error: 'the address is not allowed any more' }
  const secret = await webhookSecret(env.WEBHOOK_KEY, webhook)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: await webhookHeaders(secret, { id, body, at: now() }),
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    const { status, ok } = response
    return { status, error: ok ? null : describe(status) }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { status: null, error: isLate ? `no answer within ${timeoutMs / 1000} s` : 'no connection' }
  }
}

/** Whether a webhook may be there. */
export function mayBeSentTo({ ISSUER, WEBHOOK_HOSTS = '' }: CatalogEnv, url: string): boolean {
  const address = plainAddress(url)
  return address !== undefined && isAllowedHost(address, { issuer: ISSUER, allowedHosts: WEBHOOK_HOSTS })
}

function describe(status: number): string {
  if (status >= 300 && status < 400) return 'the receiver redirects; notices go to the address itself only'
  return status === gone ? 'the receiver wants no more' : `the receiver answered ${status}`
}
