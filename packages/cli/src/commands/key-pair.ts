/** `mesh key pair`: a new Ed25519 key, for a Worker's secret or a source that signs. */
import { generatePrivateJwk } from '@meshloop/access/issue'
import type { CommandContext } from '../mesh/target.ts'

/** Prints the private key as a JSON Web Key on one line; its `kid` is its thumbprint (RFC 7638). Nothing is kept. */
export async function keyPair(context: CommandContext): Promise<void> {
  context.terminal.out(`${JSON.stringify(await generatePrivateJwk())}\n`)
}
