/** `mesh token`: buys an access token, for curl and for looking at what a token says. */
import { COMMANDS_CLIENT, sourceClient, STEWARD } from '../registration/clients.ts'
import { buyToken, findProduct } from '../mesh/mesh-client.ts'
import { findTarget, keyFor, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh token`. */
export interface TokenOptions {
  readonly url?: string
  /** Default: the newest. */
  readonly major?: string
  /** Space-separated. Default `read`. */
  readonly scope?: string
  /** The source that an ingest token is for. Default `file`. */
  readonly as?: string
}

/** Prints a token for `productId`. */
export async function token(
  productId: string,
  options: TokenOptions,
  context: CommandContext,
): Promise<void> {
  const target = findTarget(context, options.url)
  const product = await findProduct(target.url, productId, options.major)
  const scope = options.scope ?? 'read'
  const key = keyFor(target, context, clientFor(scope, productId, options.as ?? 'file'))
  const { text } = await buyToken(target.url, product, key, scope)
  context.terminal.out(`${text}\n`)
}

/** Whose key buys that scope in a local mesh. */
function clientFor(scope: string, product: string, source: string): string {
  switch (scope) {
    case 'ingest':
      return sourceClient(product, source)
    case 'run':
    case 'check':
    case 'flags':
      return STEWARD
    default:
      return COMMANDS_CLIENT.id
  }
}
