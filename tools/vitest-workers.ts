/**
 * The vitest configuration of a folder whose tests run inside workerd.
 *
 * A folder with a wrangler.toml is tested with that file's bindings (real D1, KV, R2 and Queues of the local
 * runtime) and its migrations applied; a package without one gets an empty Worker or the bindings it names.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { parse } from 'smol-toml'
import { defineConfig } from 'vitest/config'

type Bindings = NonNullable<Parameters<typeof cloudflareTest>[0] & { miniflare?: object }>['miniflare']

/** `folder` is `import.meta.dirname` of the calling vitest.config.ts; `miniflare` adds or replaces bindings. */
export function workerTests(folder: string, miniflare: Bindings = {}) {
  const toml = join(folder, 'wrangler.toml')
  const hasToml = existsSync(toml)
  return defineConfig({
    plugins: [
      cloudflareTest(async () => ({
        ...(hasToml ? { wrangler: { configPath: toml } } : {}),
        miniflare: {
          compatibilityDate: '2026-11-17',
          ...miniflare,
          bindings: {
            ...(hasToml ? { MIGRATIONS: await migrationsOf(toml, folder) } : {}),
            ...(miniflare as { bindings?: object }).bindings,
          },
        },
      })),
    ],
    test: { name: folder.split('/').slice(-2).join('/'), root: folder, include: ['**/*.test.ts'] },
  })
}

async function migrationsOf(toml: string, folder: string) {
  const config = parse(readFileSync(toml, 'utf8')) as { d1_databases?: { migrations_dir?: string }[] }
  const dir = config.d1_databases?.[0]?.migrations_dir
  return dir === undefined ? [] : await readD1Migrations(join(folder, dir))
}
