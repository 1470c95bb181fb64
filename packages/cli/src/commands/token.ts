/** `mesh token`: buys an access token, for curl and for looking at what a token says. */
import { buyToken, findProduct } from '../mesh/mesh-client.ts'
import { sourceCredential, type SourceOptions } from '../mesh/source-credential.ts'
import { findTarget, keyFor, type CommandContext } from '../mesh/target.ts'
import { COMMANDS_CLIENT, STEWARD } from '../registration/clients.ts'

/** Options of `mesh token`. */
export interface TokenOptions extends SourceOptions {
  readonly url?: string
  /** Default: the newest. */
  readonly major?: string
  /** Space-separated. Default `read`. */
  readonly scope?: string
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
  const key =
    scope === 'ingest'
      ? await sourceCredential(target, context, productId, options)
      : keyFor(target, context, clientFor(scope))
  const { text } = await buyToken(target.url, product, key, scope)
  context.terminal.out(`${text}\n`)
}

/** Whose key buys that scope in a local mesh; a source's is its own. */
const clientFor = (scope: string): string =>
  ['run', 'check', 'flags'].includes(scope) ? STEWARD : COMMANDS_CLIENT.id
