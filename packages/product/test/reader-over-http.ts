/** A client that reads a product on the test bench as other products do: over HTTP, with a grant. */
import { viewOf, wholeView, type View } from '@meshloop/access/claims'
import { createClientKey } from '@meshloop/access/issue'
import { createClient, type Client } from '@meshloop/client'
import type { Bench } from '../src/testing/bench.ts'

/** What of the product is answered by somebody else: by the path below its base URL. */
export type Swapped = (path: string) => Response | undefined | Promise<Response | undefined>

/** A client of one product. `swapped`: what stands between both and answers in its place. */
export async function clientOf(
  bench: Bench,
  product: string,
  view: Omit<View, 'id'> = wholeView,
  swapped: Swapped = () => undefined,
): Promise<Client> {
  const { origin } = new URL(bench.env.BASE_URL)
  const access_token = await bench.token('read', { view: await viewOf(view) })
  // The catalog that names the product's address and sells a token for it; the product itself is the real one.
  const answers: Record<string, object> = {
    [`${origin}/products/${product}.json?major=1`]: { url: bench.env.BASE_URL },
    [`${origin}/oauth/token`]: { access_token, token_type: 'Bearer', expires_in: 600 },
  }
  return createClient({
    issuer: origin,
    clientKey: createClientKey('live', 'b.last', new Uint8Array(32)),
    now: () => Date.now(),
    fetch: async (url, init) => {
      const answer = answers[String(url)]
      if (answer) return Response.json(answer)
      const path = String(url).slice(bench.env.BASE_URL.length)
      return (await swapped(path)) ?? bench.call(path, init)
    },
  })
}
