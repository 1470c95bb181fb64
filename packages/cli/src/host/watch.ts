/** Tells when a file that the mesh was built from changes. */
import { existsSync, watch, type FSWatcher } from 'node:fs'
import { dirname } from 'node:path'
import { foldersOf } from './bundle.ts'
import type { WorkerConfig } from './workers.ts'

/** Files that are looked at. */
export interface Watch {
  /** Looks at these sources from now on, and at each Worker's folder, domain.ts, wrangler.toml and migrations. */
  follow(workers: readonly WorkerConfig[], sources: readonly string[]): void
  stop(): void
}

/** Calls `changed` once for changes that come together. */
export function startWatch(changed: () => void): Watch {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  const soon = (file: string | null): void => {
    if (file !== null && !/\.(tsx?|jsx?|json|toml|sql|html|txt|css)$/.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(changed, TOGETHER_MS)
  }
  return {
    follow(workers, sources) {
      const folders = new Set(
        [...foldersOf(sources), ...workers.flatMap((worker) => ownFolders(worker))].filter((folder) =>
          existsSync(folder),
        ),
      )
      for (const [folder, watcher] of watchers)
        if (!folders.has(folder)) {
          watcher.close()
          watchers.delete(folder)
        }
      for (const folder of folders)
        if (!watchers.has(folder))
          watchers.set(
            folder,
            watch(folder, (_event, file) => soon(file)).on('error', () => watchers.delete(folder)), // it is gone
          )
    },
    stop() {
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

const ownFolders = (worker: WorkerConfig): readonly string[] => [
  worker.folder,
  dirname(worker.folder), // its domain's
  dirname(worker.configPath),
  ...worker.databases.flatMap((database) => database.migrationsFolder ?? []),
]

/** Editors write a file in several steps. */
const TOGETHER_MS = 100
