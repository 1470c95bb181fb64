/** Modules of the checkout, as their files are now. */
import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MeshError } from '../mesh-error.ts'

/**
 * What a TypeScript file exports. Node keeps what it imported: a file that changed since is another module to it.
 *
 * @throws {MeshError} `worker_invalid` for a file that cannot be run.
 */
export async function importFresh(path: string): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(path)
  url.searchParams.set('changed', String(statSync(path).mtimeMs))
  try {
    return (await import(url.href)) as Readonly<Record<string, unknown>> // a module's exports by name
  } catch (error) {
    if (isContractError(error)) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new MeshError(
      'worker_invalid',
      `${relative(process.cwd(), path)} cannot be read: ${why}`,
      undefined,
      {
        cause: error,
      },
    )
  }
}

/** What a definition throws about itself is told by whoever knows what it defines. */
const isContractError = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['contract_invalid', 'domain_invalid'].includes(String(error.code))
