/** Which Workers there are: a folder `workers/<domain>/<product>` each, in the order of their names. */
import { globSync } from 'node:fs'
import { join } from 'node:path'

/** One Worker of the mesh. Paths are absolute. */
export interface WorkerFolder {
  readonly domain: string
  readonly product: string
  /** What wrangler must call it: `<domain>-<product>`. */
  readonly name: string
  readonly folder: string
  /** Where its wrangler.toml stands: its folder, or the root for the catalog (the mesh's front door deploys from there). */
  readonly configFolder: string
}

/** Finds them by folder, not by wrangler.toml: a Worker that has none is one of the things to find. */
export function workerFolders(root: string): WorkerFolder[] {
  return globSync('workers/*/*/package.json', { cwd: root })
    .toSorted()
    .map((manifest) => {
      const [, domain = '', product = ''] = manifest.split('/')
      const folder = join(root, 'workers', domain, product)
      const isCatalog = domain === 'platform' && product === 'catalog'
      return {
        domain,
        product,
        name: `${domain}-${product}`,
        folder,
        configFolder: isCatalog ? root : folder,
      }
    })
}
