import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { workerTests } from '../../tools/vitest-workers.ts'

const flagsKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'k1' }

/** A, B, C: two inputs and what is derived from them. DB and FLAGS: a product with a flags port, and where flags go. */
export default workerTests(import.meta.dirname, {
  d1Databases: ['A', 'B', 'C', 'DB'],
  r2Buckets: ['EXPORTS'],
  kvNamespaces: ['FLAGS'],
  bindings: {
    ENVIRONMENT: 'test',
    FLAGS_KEY: JSON.stringify(flagsKey),
    FLAGS_SECRET: `s1.${randomBytes(32).toString('base64url')}`,
  },
})
