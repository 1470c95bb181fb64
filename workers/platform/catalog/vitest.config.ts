import { join } from 'node:path'
import { generatePrivateJwk } from '@meshloop/access/issue'
import { workerTests } from '../../../tools/vitest-workers.ts'
import { internet } from './test/hosts.ts'
import { login } from './test/login-provider.ts'

const issuer = 'https://mesh.example'
const key = await generatePrivateJwk('k1')

export default workerTests(
  import.meta.dirname,
  {
    outboundService: internet(issuer, key),
    bindings: {
      ISSUER: issuer,
      ENVIRONMENT: 'local',
      ALLOWED_HOSTS: 'data.shop.example, *.team.example',
      ISSUER_KEY: JSON.stringify(key),
      DENIALS_KEY: JSON.stringify(await generatePrivateJwk('d1')),
      AUDIT_KEY: JSON.stringify(await generatePrivateJwk('a1')),
      WEBHOOK_HOSTS: 'hooks.shop.example, *.hooks.example',
      WEBHOOK_KEY: Buffer.alloc(32, 5).toString('base64url'),
      OIDC_ISSUER: login.issuer,
      OIDC_CLIENT_ID: login.clientId,
      OIDC_CLIENT_SECRET: login.clientSecret,
      OPERATOR_KEY: 'operator-key-of-the-tests',
    },
  },
  join(import.meta.dirname, '../../../wrangler.toml'),
)
