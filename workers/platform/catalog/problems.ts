/** Every problem that the catalog answers with, and the error that carries one. */

/** Code → HTTP status, title, and how the caller goes on. */
export const catalogProblems = {
  body_malformed: {
    status: 400,
    title: 'Body cannot be read',
    help: 'Send JSON as the message says, with content-type application/json.',
  },
  parameter_invalid: {
    status: 400,
    title: 'Parameter with a wrong value',
    help: 'The message names the parameter and what it may be.',
  },
  body_too_large: {
    status: 413,
    title: 'Body over the limit',
    help: 'Contracts take at most 1 MB, other requests 16 KB.',
  },
  client_key_missing: {
    status: 401,
    title: 'No client key',
    help: 'Send "Authorization: Bearer <client key>".',
  },
  client_unknown: {
    status: 401,
    title: 'Client key refused',
    help: 'The catalog does not know the key, or no longer: it may be revoked, have ended, or be one of another environment. Ask whoever made it for a new one.',
  },
  operator_only: {
    status: 401,
    title: 'For the operator only',
    help: 'Send the operator’s key as "Authorization: Bearer <key>".',
  },
  not_publisher: {
    status: 403,
    title: 'Not a publishing key',
    help: 'Register with the publishing key of the product’s domain; sources and consumers cannot register.',
  },
  foreign_domain: {
    status: 403,
    title: 'Of another domain',
    help: 'A domain registers its own products, and makes consumers and sources under its own name. Use a key of the other domain.',
  },
  owner_only: {
    status: 403,
    title: 'For an owner of the domain',
    help: 'Ask an owner of the domain, or the operator, who alone makes publishers, stewards and clients that decide for a domain.',
  },
  client_taken: {
    status: 409,
    title: 'Another client has this id',
    help: 'Choose another id: a client’s kind and domain stay, and what only the operator makes only the operator changes.',
  },
  source_name_taken: {
    status: 409,
    title: 'Two sources of one name',
    help: 'A product knows its sources by the last part of their ids. Choose another last part.',
  },
  keys_too_many: {
    status: 409,
    title: 'Too many keys',
    help: 'At most five keys of a client count at a time, and 20 are made in a day. Revoke one that is no longer used.',
  },
  name_too_similar: {
    status: 409,
    title: 'Name like another domain’s',
    help: 'Readers would take one for the other. Choose a name that differs in more than a letter.',
  },
  url_refused: {
    status: 400,
    title: 'Address refused',
    help: 'A product is registered at https://<allowed host>/<domain>/<product>/v<major>, written exactly so. The operator allows hosts with ALLOWED_HOSTS.',
  },
  contract_invalid: {
    status: 422,
    title: 'Contract with mistakes',
    help: 'The answer lists every mistake and its fix; `mesh check` finds them before.',
  },
  contract_unreachable: {
    status: 502,
    title: 'The product does not serve its contract',
    help: 'Deploy the product first; the catalog then reads <url>/contract?format=definition without credentials, follows no redirect, and gives up after 5 s or 1 MB.',
  },
  contract_differs: {
    status: 409,
    title: 'Served and sent contract differ',
    help: 'Deploy the contract that you register: what is served must be what is promised.',
  },
  version_backwards: {
    status: 409,
    title: 'Version does not go up',
    help: 'What is registered keeps its version for ever. Give a changed contract a greater one: the message names the least. `mesh diff` shows what changed.',
  },
  step_too_small: {
    status: 409,
    title: 'More changed than the version says',
    help: 'The answer lists each change that breaks somebody, with a way to make it without breaking; the message names the version that would be enough. `mesh diff` shows the same before a deploy.',
  },
  policy_breach: {
    status: 422,
    title: 'Against a policy',
    help: 'The answer lists what is wrong, why the policy is there, and the remedy; `mesh check` finds it before. The page /policies has them all. Only the operator records exceptions.',
  },
  domain_invalid: {
    status: 422,
    title: 'Domain with mistakes',
    help: 'What a domain says of itself is workers/<domain>/domain.ts; the answer names what is wrong in it.',
  },
  registration_overtaken: {
    status: 409,
    title: 'Another registration came first',
    help: 'Register again: the contract is then judged against the one that is registered now.',
  },
  product_unknown: {
    status: 404,
    title: 'No such product',
    help: 'Look for it in the list of products; ids are <domain>.<product>.',
  },
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
  sign_in_failed: {
    status: 400,
    title: 'Not signed in',
    help: 'Begin again at /sign-in, in this browser, and finish within ten minutes. If it stays, tell the operator the message.',
  },
  sign_in_unconfigured: {
    status: 503,
    title: 'Nobody can sign in here',
    help: 'The operator sets OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, and gives the provider <catalog>/sign-in/callback as the address to come back to. Keys work without.',
  },
  provider_unavailable: {
    status: 502,
    title: 'The sign-in provider does not answer',
    help: 'Try again in a few minutes. The operator sees whether OIDC_ISSUER is right: <issuer>/.well-known/openid-configuration must answer.',
  },
  sign_in_needed: {
    status: 401,
    title: 'Nobody is signed in',
    help: 'Sign in and do it again. A session lasts eight hours.',
  },
  person_unknown: {
    status: 404,
    title: 'No such person',
    help: 'People are known once they have signed in; their page /account shows their id.',
  },
  form_foreign: {
    status: 403,
    title: 'Form of another page',
    help: 'Open the page again and send its form from there. Programs use the JSON interface with a key.',
  },
  host_unknown: {
    status: 421,
    title: 'Asked under another name',
    help: 'Open the catalog at the address that the message names: people sign in there and nowhere else.',
  },
  webhook_unknown: {
    status: 404,
    title: 'No such webhook of yours',
    help: 'Owners of a domain have its webhooks, and whoever speaks for a consumer has the consumer’s: /webhooks.json lists them.',
  },
  webhook_url_refused: {
    status: 400,
    title: 'Webhook address refused',
    help: 'Send an https address on a host that the operator allows with WEBHOOK_HOSTS, without credentials, port or fragment.',
  },
  webhooks_too_many: {
    status: 409,
    title: 'Too many webhooks',
    help: 'A domain or consumer has at most five. End one that is no longer used.',
  },
  webhook_ended: {
    status: 409,
    title: 'The webhook has ended',
    help: 'Make a new one: it is sent what happens from then on.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    help: 'Nothing was changed. Ask again in a moment.',
  },
  consumer_unknown: {
    status: 404,
    title: 'No such consumer of yours',
    help: 'Ask for a consumer of your own domain; its owner makes one.',
  },
  request_waiting: {
    status: 409,
    title: 'A request waits already',
    help: 'Wait for the owner’s decision, or withdraw the request and ask again.',
  },
  requests_too_many: {
    status: 429,
    title: 'Too many requests for access',
    help: 'A consumer asks at most 20 times a day. Talk with the owners: the pages of their products name them.',
  },
  request_decided: {
    status: 409,
    title: 'The request is decided',
    help: 'Look at what was decided. An owner changes or revokes the grant; a consumer asks again.',
  },
  terms_invalid: {
    status: 422,
    title: 'Terms that cannot be granted',
    help: 'The answer lists what does not fit the product’s contract. Its page has the fields, their classes, and what rows can be chosen by.',
  },
  terms_wider: {
    status: 422,
    title: 'More than was asked for',
    help: 'Approve what was asked for, or less: fewer fields or classes, more conditions, an earlier end. For more, the consumer asks.',
  },
  grant_over: {
    status: 409,
    title: 'The grant is over',
    help: 'It was revoked, or came to its end. The consumer asks again.',
  },
  consumer_only: {
    status: 403,
    title: 'For the consumer only',
    help: 'Who speaks for the consumer withdraws its requests; an owner refuses them.',
  },
  overtaken: {
    status: 409,
    title: 'Somebody else was faster',
    help: 'Look at how it stands now, and do it again if it is still right.',
  },
  key_local: {
    status: 503,
    title: 'A key of a local mesh',
    help: 'The operator makes a new key, sets the secret again, and asks nobody to believe what the old one signed.',
  },
  not_found: {
    status: 404,
    title: 'Nothing here',
    help: 'Begin at the list of products.',
  },
  internal: {
    status: 500,
    title: 'Fault of the catalog',
    help: 'Ask again; if it stays, tell the operator.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>

/** A code of {@link catalogProblems}. */
export type CatalogCode = keyof typeof catalogProblems

/** One part of what is wrong. */
export interface ProblemDetail {
  /** Where in the body: `/contract/fields/status`. */
  readonly pointer?: string
  readonly detail: string
  /** Id of the policy, for `policy_breach`. */
  readonly policy?: string
  /** Where in the contract, as `mesh check` and `mesh diff` say it: `fields.status`. */
  readonly path?: string
  readonly problem?: string
  readonly reason?: string
  /** How to mend it. */
  readonly remedy?: string
}

/** What the catalog refuses. `message` says what, why and the fix, and is shown to the caller. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError'
  readonly code: CatalogCode
  readonly errors: readonly ProblemDetail[]

  constructor(
    code: CatalogCode,
    message: string,
    details: { errors?: readonly ProblemDetail[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.errors = details.errors ?? []
  }
}
