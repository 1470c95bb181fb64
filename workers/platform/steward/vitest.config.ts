import { generateKeyPairSync } from 'node:crypto'
import { workerTests } from '../../../tools/vitest-workers.ts'

const flagsKey = (kid: string) => ({
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid,
})

/** ORDERS and RISK: the databases of a product and of one that is derived from it, with the keys of its flags. */
export default workerTests(import.meta.dirname, {
  d1Databases: ['ORDERS', 'RISK'],
  bindings: {
    ENVIRONMENT: 'test',
    CLIENT_KEY: `ml_local_platform.steward_${'k'.repeat(43)}`,
    RISK_KEY: `ml_local_risk.scores_${'k'.repeat(43)}`,
    FLAGS_KEY: JSON.stringify(flagsKey('k1')),
    NEXT_FLAGS_KEY: JSON.stringify(flagsKey('k2')),
    FLAGS_SECRET: `s1.${'A'.repeat(43)}`,
  },
})
