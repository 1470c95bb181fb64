/** Who is who in the tests of access: people and clients on both sides of a product of purchase, and strangers. */
import type { Scene } from '../env.ts'
import { putClientStatement, type Client } from '../clients/client-store.ts'
import type { Terms } from '../grants/grant.ts'
import type { Actor, RoleName } from '../people/actor.ts'
import { env } from './mesh.ts'

const person = (id: string, domain: string, role: RoleName): Actor => ({
  kind: 'person',
  id,
  name: id,
  roles: [{ domain, role }],
})

/** A client as the catalog keeps it. */
export const client = (id: string, more: Partial<Client> = {}): Client => ({
  id,
  kind: 'consumer',
  domain: id.slice(0, id.indexOf('.')),
  products: [],
  decides: false,
  ...more,
})

/** Everybody who tries something. The product is of purchase, the consumer of growth. */
export const people = (consumer = 'growth.reports') =>
  ({
    operator: { kind: 'operator' },
    owner: person('olga', 'purchase', 'owner'),
    ownersKey: { kind: 'client', client: client('purchase.desk', { decides: true }) },
    member: person('mia', 'purchase', 'member'),
    consumersOwner: person('gus', 'growth', 'owner'),
    consumersMember: person('gil', 'growth', 'member'),
    consumer: { kind: 'client', client: client(consumer) },
    neighbour: { kind: 'client', client: client('growth.mails') },
    stranger: person('stan', 'shop', 'owner'),
    strangersKey: { kind: 'client', client: client('shop.desk', { decides: true }) },
    source: {
      kind: 'client',
      client: client('purchase.web', { kind: 'source', products: ['purchase.orders'] }),
    },
    nobody: { kind: 'person', id: 'nora', name: 'nora', roles: [] },
  }) as const satisfies Record<string, Actor>

/** One of {@link people}. */
export type Who = keyof ReturnType<typeof people>

/** A day of the tests. */
export const today = '2026-11-22T12:00:00.000Z'

/** A moment of the tests. */
export const sceneAt = (at = today): Scene => ({ db: env.DB, at, newId: () => crypto.randomUUID() })

/** Terms with what the test says of them. */
export const termsOf = (more: Partial<Terms['view']> = {}, rest: Partial<Terms> = {}): Terms => ({
  scopes: ['read'],
  ends_at: '2027-06-01T00:00:00.000Z',
  rows_per_day: null,
  ...rest,
  view: { classes: null, columns: null, rows: [], ...more },
})

/** Makes clients known. */
export async function makeClients(...clients: readonly Client[]): Promise<void> {
  await env.DB.batch(clients.map((each) => putClientStatement(env.DB, each, today)))
}

/** A consumer that nobody has used yet. */
export async function newConsumer(domain = 'growth'): Promise<string> {
  const id = `${domain}.c${crypto.randomUUID().slice(0, 8)}`
  await makeClients(client(id))
  return id
}

/** What the log says, the newest first. */
export async function auditTail(count: number) {
  const { results } = await env.DB.prepare('SELECT what, by, about FROM audit ORDER BY seq DESC LIMIT ?1')
    .bind(count)
    .all<{ what: string; by: string; about: string }>()
  return results.map(({ what, by, about }) => ({
    what,
    by,
    about: JSON.parse(about) as Record<string, unknown>,
  }))
}

/** How many rows tables have: a failure leaves them as they were. */
export async function counts() {
  return env.DB.prepare(
    `SELECT (SELECT count(*) FROM audit) AS audit, (SELECT count(*) FROM notices) AS notices,
       (SELECT count(*) FROM requests) AS requests, (SELECT coalesce(sum(version), 0) FROM grants) AS versions`,
  ).first()
}
