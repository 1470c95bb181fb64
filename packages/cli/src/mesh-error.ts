/**
 * A mistake that whoever runs a command can mend: shown as one message, without a stack.
 *
 * `code` is stable; the message says what is wrong and why, `fix` how to go on.
 */
export class MeshError extends Error {
  readonly code: MeshErrorCode
  readonly fix: string | undefined

  constructor(code: MeshErrorCode, message: string, fix?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MeshError'
    this.code = code
    this.fix = fix
  }
}

/** What went wrong, for tests and scripts. */
export type MeshErrorCode =
  // the mesh in one process
  | 'no_mesh_here'
  | 'worker_invalid'
  | 'build_failed'
  | 'runtime_failed'
  | 'migration_failed'
  | 'migration_impossible'
  | 'migration_missing'
  | 'port_taken'
  | 'already_running'
  | 'keys_unreadable'
  | 'no_such_worker'
  | 'registration_failed'
  | 'seed_failed'
  // what a checkout says of itself
  | 'domain_invalid'
  | 'check_failed'
  // commands that talk to a mesh
  | 'no_mesh_running'
  | 'mesh_unreachable'
  | 'not_a_mesh'
  | 'no_export'
  | 'export_untrue'
  | 'no_key'
  | 'unknown_product'
  | 'unknown_source'
  | 'bad_argument'
  | 'file_unreadable'
  | 'file_exists'
  | 'document_refused'
  | 'odcs_refused'
  | 'request_refused'
  | 'answer_broken'
  | 'audit_broken'
  // contracts
  | 'contract_unreadable'
  | 'unknown_revision'
  | 'step_too_small'

/** Message and fix as lines for a terminal. */
export const describe = (error: MeshError): string =>
  error.fix === undefined ? error.message : `${error.message}\n${error.fix}`
