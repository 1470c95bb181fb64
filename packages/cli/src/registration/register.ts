/** placeholder until next step */
import type { WorkerConfig } from '../host/workers.ts'
import type { Keyring } from '../keys/keyring.ts'
/** Registers. */
export const registering =
  (_url: string, _keys: Keyring) =>
  async (_workers: readonly WorkerConfig[]): Promise<void> => {}
