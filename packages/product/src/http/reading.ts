/** A reading request: refused unless the contract offers the port and the token a view, answered, and counted. */
import type { View } from '@meshloop/access/claims'
import { majorOf, type Port } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import { ProductError } from '../problems.ts'
import { fittingView } from '../query/visible.ts'
import { fieldsRead } from '../usage/fields-read.ts'
import { portsOf } from './offered-ports.ts'

/** Lets work go on after the answer. */
export type WaitUntil = (work: Promise<unknown>) => void

/**
 * Answers through `handle`, with what the consumer's token shows.
 *
 * @throws {ProductError} `port_not_offered`, `view_unfit`
 * @throws {AccessError} as verification does
 */
export async function reading(
  runtime: Runtime,
  request: Request,
  { port, waitUntil }: { readonly port: Port; readonly waitUntil: WaitUntil },
  handle: (view: View) => Promise<Response>,
): Promise<Response> {
  const { contract, verifier } = runtime
  if (!portsOf(contract).includes(port))
    throw new ProductError(
      'port_not_offered',
      `${contract.id} offers no ${port}; it offers ${portsOf(contract).join(', ')}.`,
    )
  const claims = await verifier.verify(request.headers.get('authorization'), 'read')
  const view = fittingView(contract, claims.view)
  const response = await handle(view)
  waitUntil(countUse(runtime, request, { port, view, consumer: claims.client_id }))
  return response
}

/** Never rejects: an answer that was made is not lost because it could not be counted. */
async function countUse(
  { contract, usage }: Runtime,
  request: Request,
  { port, view, consumer }: { readonly port: Port; readonly view: View; readonly consumer: string },
): Promise<void> {
  try {
    const query = new URL(request.url).searchParams
    usage.count({
      major: majorOf(contract),
      consumer,
      fields: fieldsRead({ contract, view, port, query }),
    })
    if (usage.isDue()) await usage.flush()
  } catch (error) {
    // oxlint-disable-next-line no-console -- a Worker's log is its console
    console.error(error)
  }
}
