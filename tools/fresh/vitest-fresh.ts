/**
 * Runs before each test file inside workerd: nothing of the file before it is left. The files of a project share a few runtimes,
 * because starting one costs more than most files do; each still finds empty databases, buckets, namespaces and caches, and
 * modules that remember nothing.
 */
import { reset } from 'cloudflare:test'
import { vi } from 'vitest'

/** Makes the runtime like new. */
export async function makeFresh(): Promise<void> {
  vi.resetModules()
  await reset()
}

await makeFresh()
