/** `mesh exception`: records with the catalog that a product is excepted from a policy. */
import { MeshError } from '../mesh-error.ts'
import { printable } from '../terminal.ts'
import { request } from '../mesh/mesh-client.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh exception`. */
export interface ExceptionOptions {
  readonly url?: string
  readonly owner: string
  readonly reason: string
  /** YYYY-MM-DD */
  readonly expires: string
  readonly path?: string
}

/** Records it, or makes it as described. @throws {MeshError} `no_key` for whoever is not the operator, `request_refused` */
export async function recordException(
  policy: string,
  product: string,
  { url, owner, reason, expires, path }: ExceptionOptions,
  context: CommandContext,
): Promise<void> {
  const target = findTarget(context, url)
  const key = context.env['MESH_OPERATOR_KEY'] ?? target.local?.keys.find('platform.catalog', 'OPERATOR_KEY')
  if (key === undefined)
    throw new MeshError(
      'no_key',
      `There is no operator's key for the mesh at ${target.url}.`,
      'Exceptions are recorded by the operator, whose key is in MESH_OPERATOR_KEY: a domain cannot except itself.',
    )
  await request(`${target.url}/exceptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      policy,
      product,
      owner,
      reason,
      expires,
      ...(path === undefined ? {} : { path }),
    }),
  })
  const where = path === undefined ? '' : ` at ${path}`
  context.terminal.out(printable(`${product} is excepted from ${policy}${where} until ${expires}`) + '\n')
}
