/**
 * The vitest configuration of a folder whose tests run inside workerd.
 *
 * A folder with a wrangler.toml is tested with that file's bindings (real D1, KV, R2 and Queues of the local
 * runtime); a package without one gets an empty Worker or the bindings it names. Tests get the migrations as
 * `MIGRATIONS` and the private key of the tests' issuer as `TEST_ISSUER_KEY`: that issuer's public keys and its denial list
 * are what a Worker under test finds at its ISSUER, over HTTP. It can reach nothing else. On the list are version 1 of the grant
 * `revoked` and the client key `revoked`.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { parse } from 'smol-toml'
import { defineConfig } from 'vitest/config'
import { sharedSettings } from './vitest-settings.ts'

type Bindings = NonNullable<Parameters<typeof cloudflareTest>[0] & { miniflare?: object }>['miniflare']

/**
 * `folder` is `import.meta.dirname` of the calling vitest.config.ts; `miniflare` adds or replaces bindings; `toml` is
 * the Worker's configuration where it is not in the folder (the catalog's is the root's).
 */
export function workerTests(
  folder: string,
  miniflare: Bindings = {},
  toml: string = join(folder, 'wrangler.toml'),
) {
  const issuer = testIssuer()
  const hasToml = existsSync(toml)
  return defineConfig({
    plugins: [
      cloudflareTest(async () => ({
        ...(hasToml ? { wrangler: { configPath: toml } } : {}),
        miniflare: {
          compatibilityDate: '2026-11-17',
          outboundService: issuer.answer,
          ...miniflare,
          bindings: {
            TEST_ISSUER_KEY: issuer.privateJwk,
            ...(hasToml ? { MIGRATIONS: await migrationsOf(toml) } : {}),
            ...(miniflare as { bindings?: object }).bindings,
          },
        },
      })),
    ],
    test: {
      name: folder.split('/').slice(-2).join('/'),
      root: folder,
      include: ['**/*.test.ts'],
      ...sharedSettings,
      // Not a runtime for each file: vitest-fresh.ts makes the one that is there like new.
      isolate: false,
      setupFiles: [join(import.meta.dirname, 'fresh/vitest-fresh.ts'), ...sharedSettings.setupFiles],
    },
  })
}

/** Bindings by which a product signs and encrypts flags, made for one test run. */
export const flagBindings = () => ({
  ENVIRONMENT: 'test',
  FLAGS_KEY: JSON.stringify({
    ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    kid: 'k1',
  }),
  FLAGS_SECRET: `s1.${randomBytes(32).toString('base64url')}`,
})

async function migrationsOf(toml: string) {
  const config = parse(readFileSync(toml, 'utf8')) as { d1_databases?: { migrations_dir?: string }[] }
  const dir = config.d1_databases?.[0]?.migrations_dir
  return dir === undefined ? [] : await readD1Migrations(join(dirname(toml), dir))
}

function testIssuer() {
  const tokens = keyPair('test', 'at+jwt')
  const denials = keyPair('test-denials', 'meshloop-denials+jws')
  return {
    privateJwk: JSON.stringify(tokens.privateJwk),
    answer: (request: Request): Response => {
      const { origin, pathname } = new URL(request.url)
      if (pathname === '/.well-known/jwks.json')
        return Response.json({ keys: [tokens.publicJwk, denials.publicJwk] })
      if (pathname === '/.well-known/meshloop-denials') return new Response(denialsOf(origin, denials))
      return new Response('nothing else is reachable from a test', { status: 404 })
    },
  }
}

function keyPair(kid: string, typ: string) {
  const { privateKey } = generateKeyPairSync('ed25519')
  const privateJwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'Ed25519' }
  const { d: _, ...publicJwk } = privateJwk
  return { privateKey, privateJwk, publicJwk: { ...publicJwk, typ } }
}

/** A denial list, signed by hand: what tests the signing must not be made of it. */
function denialsOf(iss: string, { privateKey, publicJwk: { kid, typ } }: ReturnType<typeof keyPair>): string {
  const iat = Math.floor(Date.now() / 1000)
  const content = {
    iss,
    iat,
    exp: iat + 600,
    grants: [{ id: 'revoked', below: 2 }],
    keys: ['revoked'],
    audit: null,
  }
  const text = [{ alg: 'Ed25519', typ, kid }, content]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
}
