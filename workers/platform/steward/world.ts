/** The world of a deployed steward. */
import { createClient, type Client } from '@meshloop/client'
import { createWritePace, type WritePace } from '@meshloop/flags/publish'
import { createAuditReader, type AuditReader } from './audit-reader.ts'
import type { StewardEnv, World } from './env.ts'

type Fetch = (url: string, init?: RequestInit) => Promise<Response>

const CATALOG_TIMEOUT_MS = 10_000

/** Makes worlds that share one client and one write pace an isolate: they remember tokens, addresses, keys and puts. */
export function keepWorld(fetch: Fetch, now: () => number): (env: StewardEnv) => World {
  let kept: { key: string; client: Client; pace: WritePace; audit: AuditReader } | undefined
  return ({ DB, FLAGS, ISSUER, ENVIRONMENT, CLIENT_KEY }) => {
    if (kept?.key !== CLIENT_KEY)
      kept = {
        key: CLIENT_KEY,
        client: createClient({ issuer: ISSUER, clientKey: CLIENT_KEY, fetch, now }),
        pace: createWritePace(now),
        audit: createAuditReader(ISSUER, fetch, now),
      }
    return {
      db: DB,
      kv: FLAGS,
      client: kept.client,
      pace: kept.pace,
      audit: kept.audit,
      environment: ENVIRONMENT,
      now,
      readCatalog: async () => {
        const response = await fetch(`${ISSUER}/products.json?majors=all`, {
          redirect: 'manual',
          signal: AbortSignal.timeout(CATALOG_TIMEOUT_MS),
        })
        if (!response.ok) throw new Error(`The catalog answered ${response.status}`)
        return response.json()
      },
    }
  }
}
