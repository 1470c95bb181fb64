/** Problems of whoever buys a token. */
import type { ProblemEntry } from '../problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const tokenProblems = {
  resource_invalid: {
    status: 400,
    title: 'Token for an unknown product',
    help: 'Send `resource` once: the base URL of a registered product with its major, as its page shows it.',
  },
  right_missing: {
    status: 400,
    title: 'No right to this product',
    help: 'Ask the product’s owner for a grant; its page names the owner. Ask for no scope beyond it.',
  },
  token_request_invalid: {
    status: 400,
    title: 'Token request cannot be read',
    help: 'POST a form: grant_type=client_credentials, resource=<base URL of the product>; the client key as HTTP Basic or as client_id and client_secret, or a client_assertion that a source signed.',
  },
  grant_type_unknown: {
    status: 400,
    title: 'Unknown way to get a token',
    help: 'The catalog sells tokens for client_credentials, and exchanges mesh tokens of agents (RFC 8693).',
  },
  agent_unknown: {
    status: 400,
    title: 'No such agent',
    help: 'A mesh token names in may_act the client that may act with it: a consumer that the catalog knows.',
  },
  subject_token_refused: {
    status: 400,
    title: 'Mesh token refused',
    help: 'An agent exchanges a mesh token that a consumer bought for it, with resource=<base URL of the catalog>, within an hour. Ask for a new one.',
  },
  key_local: {
    status: 503,
    title: 'A key of a local mesh',
    help: 'The operator makes a new key, sets the secret again, and asks nobody to believe what the old one signed.',
  },
} as const satisfies Record<string, ProblemEntry>
