import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { workerTests } from '../../../tools/vitest-workers.ts'

const jwk = (kid: string) =>
  JSON.stringify({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid })

export default workerTests(import.meta.dirname, {
  // Beside its own database that of a product that it sends to: its real consumer is what verifies batches.
  d1Databases: { ORDERS_DB: 'purchase-orders-of-the-tests' },
  bindings: {
    SOURCE_KEY: jwk('source-key'),
    FLAGS_KEY: jwk('flags-key'),
    FOREIGN_KEY: jwk('flags-key'),
    FLAGS_SECRET: `s1.${randomBytes(32).toString('base64url')}`,
    CLIENT_KEY: `ml_local_shop.storefront_${randomBytes(32).toString('base64url')}`,
    ORDERS_MIGRATIONS: await readD1Migrations(
      join(import.meta.dirname, '../../../migrations/purchase/orders'),
    ),
  },
})
