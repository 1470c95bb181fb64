/**
 * What the catalog answers to whom: the expectations of the access matrix, by route. The product is of purchase, the
 * consumer `growth.reports` is of growth. A key holder or a person who is not named in a row gets what `others` says.
 */
import { orders, origin } from './contracts.ts'
import { urlOf } from './mesh.ts'

/** Who holds a key. */
export const holders = [
  'operator',
  'owner',
  'publisher',
  'consumer',
  'neighbour',
  'otherOwner',
  'source',
  'steward',
] as const

/** Who is signed in, as they say it under `mesh dev`. */
export const people = ['owner:purchase', 'member:growth', 'owner:shop', 'nobody'] as const

/** One of {@link holders}. */
export type Holder = (typeof holders)[number]
/** One of {@link people}. */
export type Person = (typeof people)[number]

/** What a call is about. */
export interface Things {
  readonly request: string
  readonly grant: string
  /** A consumer of growth that nobody has the key of, and its key. */
  readonly client: string
  readonly key: string
  readonly webhook: string
  /** Somebody without a role. */
  readonly person: string
}

type Statuses<Who extends string> = Readonly<Partial<Record<Who, number>>> & { readonly others: number }

/** A route that is read. `at`: where; default the route itself. */
export interface Reading<Who extends string> {
  readonly at?: (things: Things) => string
  readonly to: Statuses<Who>
}

/** A route that changes something with a key: no session opens it. */
export interface Write extends Reading<Holder> {
  readonly body: (things: Things) => object
}

const terms = {
  scopes: ['read'],
  view: { classes: null, columns: ['order_id', 'status'], rows: [] },
  ends_at: null,
}
const subject = { product: 'purchase.orders', major: 1, purpose: 'Reports' }
const newName = () => `c${crypto.randomUUID().slice(0, 8)}`
const reason = () => ({ reason: 'So.' })
const nothing = () => ({})

/** Routes that change something with a key. */
export const writes: Readonly<Record<string, Write>> = {
  'POST /requests': {
    body: ({ client }) => ({ ...subject, consumer: client }),
    to: { operator: 201, others: 404 },
  },
  'POST /requests/:id/approve': {
    at: ({ request }) => `/requests/${request}/approve`,
    body: nothing,
    to: { consumer: 403, others: 404, operator: 200, owner: 200 },
  },
  'POST /requests/:id/refuse': {
    at: ({ request }) => `/requests/${request}/refuse`,
    body: reason,
    to: { consumer: 403, others: 404, operator: 200, owner: 200 },
  },
  'POST /requests/:id/withdraw': {
    at: ({ request }) => `/requests/${request}/withdraw`,
    body: nothing,
    to: { owner: 403, others: 404, operator: 200, consumer: 200 },
  },
  'POST /grants': {
    body: () => ({ ...subject, consumer: 'growth.reports' }),
    to: { operator: 200, others: 401 },
  },
  'POST /grants/:id/change': {
    at: ({ grant }) => `/grants/${grant}/change`,
    body: () => ({ terms, ...reason() }),
    to: { consumer: 403, others: 404, operator: 200, owner: 200 },
  },
  'POST /grants/:id/revoke': {
    at: ({ grant }) => `/grants/${grant}/revoke`,
    body: reason,
    to: { others: 404, operator: 200, owner: 200, consumer: 200 },
  },
  'POST /clients': {
    body: () => ({ id: `purchase.${newName()}`, kind: 'consumer', domain: 'purchase' }),
    to: { operator: 200, owner: 200, others: 403 },
  },
  'POST /clients/:id/keys': {
    at: ({ client }) => `/clients/${client}/keys`,
    body: nothing,
    to: { operator: 201, others: 404 },
  },
  'POST /clients/:id/keys/:key/revoke': {
    at: ({ client, key }) => `/clients/${client}/keys/${key}/revoke`,
    body: nothing,
    to: { operator: 204, others: 404 },
  },
  'POST /products': {
    body: () => ({ url: urlOf(orders, origin), contract: orders }),
    to: { publisher: 200, operator: 401, others: 403 },
  },
  'POST /exceptions': {
    body: () => ({
      policy: 'personal-retention',
      product: 'purchase.orders',
      owner: 'Purchase',
      reason: 'Older than the policy.',
      expires: '2026-12-31',
    }),
    to: { operator: 200, others: 401 },
  },
  'POST /roles': {
    body: ({ person }) => ({ person, domain: 'purchase', role: null }),
    to: { operator: 200, owner: 200, others: 403 },
  },
  'POST /webhooks': {
    body: () => ({ owner_kind: 'consumer', owner: 'growth.reports', url: 'https://hooks.shop.example/x' }),
    to: { operator: 201, consumer: 201, others: 404 },
  },
  'POST /webhooks/:id/end': {
    at: ({ webhook }) => `/webhooks/${webhook}/end`,
    body: nothing,
    to: { operator: 204, consumer: 204, others: 404 },
  },
  'POST /webhooks/:id/deliveries/:notice/retry': {
    at: ({ webhook }) => `/webhooks/${webhook}/deliveries/none/retry`,
    body: nothing,
    to: { others: 404 },
  },
}

/** What is read with a key or a session. A list is what somebody may see of it; a stranger's thing is not there. */
export const readings: Readonly<Record<string, Reading<Holder | Person>>> = {
  'GET /access.json': { to: { others: 200 } },
  'GET /requests.json': { to: { others: 200 } },
  'GET /grants.json': { to: { others: 200 } },
  'GET /clients.json': { to: { others: 200 } },
  'GET /webhooks.json': { to: { others: 200 } },
  'GET /requests/:file.json': {
    at: ({ request }) => `/requests/${request}.json`,
    to: {
      operator: 200,
      owner: 200,
      consumer: 200,
      'owner:purchase': 200,
      'member:growth': 200,
      others: 404,
    },
  },
  'GET /grants/:file.json': {
    at: ({ grant }) => `/grants/${grant}.json`,
    to: {
      operator: 200,
      owner: 200,
      consumer: 200,
      'owner:purchase': 200,
      'member:growth': 200,
      others: 404,
    },
  },
  'GET /clients/:file.json': {
    at: () => '/clients/growth.reports.json',
    to: { operator: 200, consumer: 200, 'member:growth': 200, others: 404 },
  },
  'GET /webhooks/:file.json': {
    at: ({ webhook }) => `/webhooks/${webhook}.json`,
    to: { operator: 200, consumer: 200, 'member:growth': 200, others: 404 },
  },
  'GET /roles.json': {
    at: () => '/roles.json?domain=purchase',
    to: { operator: 200, owner: 200, 'owner:purchase': 200, others: 403 },
  },
  'GET /audit.json': {
    to: { operator: 200, owner: 200, otherOwner: 200, 'owner:purchase': 200, 'owner:shop': 200, others: 403 },
  },
}

/** Pages of people who are signed in; whoever is not is asked to. */
export const pages: Readonly<Record<string, Reading<Person>>> = {
  'GET /access': { to: { others: 200 } },
  'GET /access.md': { to: { others: 200 } },
  'GET /account': { to: { others: 200 } },
  'GET /account.json': { to: { others: 200 } },
  'GET /account.md': { to: { others: 200 } },
  'GET /products/:id/request': { at: () => '/products/purchase.orders/request', to: { others: 200 } },
  'GET /requests/:id': {
    at: ({ request }) => `/requests/${request}`,
    to: { 'owner:purchase': 200, 'member:growth': 200, others: 404 },
  },
  'GET /grants/:id': {
    at: ({ grant }) => `/grants/${grant}`,
    to: { 'owner:purchase': 200, 'member:growth': 200, others: 404 },
  },
  'GET /clients/:id': {
    at: () => '/clients/growth.reports',
    to: { 'member:growth': 200, others: 404 },
  },
  'GET /webhooks': { to: { others: 200 } },
  'GET /webhooks.md': { to: { others: 200 } },
  'GET /webhooks/:id': {
    at: ({ webhook }) => `/webhooks/${webhook}`,
    to: { 'member:growth': 200, others: 404 },
  },
  'GET /audit': { to: { 'owner:purchase': 200, 'owner:shop': 200, others: 403 } },
  'GET /audit.md': { to: { 'owner:purchase': 200, 'owner:shop': 200, others: 403 } },
}

/** Forms: each is refused without a session, from another site, and without the session's token. */
export const forms: Readonly<Record<string, (things: Things) => string>> = {
  'POST /access': () => '/access',
  'POST /account': () => '/account',
  'POST /products/:id/request': () => '/products/purchase.orders/request',
  'POST /requests/:id': ({ request }) => `/requests/${request}`,
  'POST /grants/:id': ({ grant }) => `/grants/${grant}`,
  'POST /clients/:id': () => '/clients/growth.reports',
  'POST /webhooks/new': () => '/webhooks/new',
  'POST /webhooks/:id': ({ webhook }) => `/webhooks/${webhook}`,
  'POST /sign-out': () => '/sign-out',
}

/** What everybody may ask for, and how it answers somebody without any credential. */
export const open: Readonly<Record<string, number>> = {
  'GET /': 200,
  'GET /products': 200,
  'GET /products.json': 200,
  'GET /products.md': 200,
  'GET /products/:file': 404,
  'GET /policies': 200,
  'GET /policies.json': 200,
  'GET /policies.md': 200,
  'GET /problems': 200,
  'GET /problems.json': 200,
  'GET /problems.md': 200,
  'GET /problems/:file': 200,
  'GET /style.css': 200,
  'GET /icon.svg': 200,
  'GET /.well-known/jwks.json': 200,
  'GET /.well-known/oauth-authorization-server': 200,
  'GET /.well-known/meshloop-denials': 200,
  'GET /.well-known/api-catalog': 200,
  'GET /webhooks/new': 303,
  'GET /audit/chain.json': 200,
  'GET /audit/checkpoints.json': 200,
  // Who signs in, and who buys a token, says so in what they send: sign-in.test.ts and token.test.ts.
  'GET /sign-in': 200,
  'GET /sign-in/callback': 400,
  'POST /sign-in': 403,
  'POST /oauth/token': 401,
}
