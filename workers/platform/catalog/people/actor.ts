/** Who acts: whoever asks the catalog to change something, known by a key or by a session. */
import type { Client } from '../clients/client-store.ts'

/** `owner` decides on the domain's products; `member` speaks for its consumers. */
export type RoleName = 'owner' | 'member'

/** What somebody is in a domain. */
export interface Role {
  readonly domain: string
  readonly role: RoleName
}

/** A person who is signed in. */
export interface Person {
  readonly kind: 'person'
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
}

/** The holder of OPERATOR_KEY, the holder of a client's key, or a person who is signed in. */
export type Actor =
  | { readonly kind: 'operator' }
  | { readonly kind: 'client'; readonly client: Client }
  | Person

/** Whether the actor decides on what belongs to a domain: its products, sources and consumers. */
export function decidesFor(actor: Actor, domain: string): boolean {
  switch (actor.kind) {
    case 'operator':
      return true
    case 'client':
      return actor.client.decides && actor.client.domain === domain
    case 'person':
      return actor.roles.some((each) => each.domain === domain && each.role === 'owner')
  }
}

/** Whether the actor may ask for a consumer and sees what it has: itself, its domain's people, the operator. */
export function speaksFor(actor: Actor, consumer: Pick<Client, 'id' | 'domain'>): boolean {
  if (decidesFor(actor, consumer.domain)) return true
  if (actor.kind === 'client') return actor.client.id === consumer.id
  return actor.kind === 'person' && actor.roles.some(({ domain }) => domain === consumer.domain)
}

/** As the audit log names an actor: `operator`, `client:<id>`, `person:<id>`. */
export function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'operator':
      return 'operator'
    case 'client':
      return `client:${actor.client.id}`
    case 'person':
      return `person:${actor.id}`
  }
}
