/** With whose key a command asks the catalog for something about access. */
import { MeshError } from '../mesh-error.ts'
import type { CommandContext, Target } from '../mesh/target.ts'

/**
 * With `as`, the key that this checkout's own mesh has for that client. Else MESH_KEY, the client key of a consumer or of a
 * domain's owner; else the operator's, from MESH_OPERATOR_KEY or of this checkout's own mesh.
 *
 * @throws {MeshError} `no_key`
 */
export function credentialFor(target: Target, { env }: CommandContext, as: string | undefined): string {
  const key =
    as === undefined
      ? (env['MESH_KEY'] ??
        env['MESH_OPERATOR_KEY'] ??
        target.local?.keys.find('platform.catalog', 'OPERATOR_KEY'))
      : target.local?.keys.find(as, 'CLIENT_KEY')
  if (key !== undefined) return key
  throw new MeshError(
    'no_key',
    as === undefined
      ? `There is no key for the mesh at ${target.url}.`
      : `This machine has no key of ${as} for the mesh at ${target.url}.`,
    'Put a client key of that mesh into MESH_KEY: a consumer’s to ask, an owner’s to decide.',
  )
}
