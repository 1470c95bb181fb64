/** What an entry of the audit log says, in words. */
import type { LoggedEntry } from '../../audit/read-log.ts'

/** `approved what growth.reports asked for: purchase.orders 1`. Who did it stands beside it. */
export function entryWords({ what, about }: Pick<LoggedEntry, 'what' | 'about'>): string {
  const said = (name: string): string => {
    const value = about[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '?'
  }
  const access = `${said('consumer')} to ${said('product')} v${said('major')}`
  switch (what) {
    case 'client.made':
      return `made the ${said('kind')} ${said('client')}`
    case 'client.changed':
      return `changed the ${said('kind')} ${said('client')}`
    case 'key.made':
      return `made a key of ${said('client')}`
    case 'key.revoked':
      return `revoked a key of ${said('client')}`
    case 'keys.used':
      return `counted how often keys bought tokens on ${said('day')}`
    case 'request.made':
      return `asked for the access of ${access}`
    case 'request.withdrawn':
      return `withdrew the request for the access of ${access}`
    case 'request.refused':
      return `refused the access of ${access}`
    case 'grant.approved':
      return `granted the access of ${access}`
    case 'grant.changed':
      return `changed the access of ${access}`
    case 'grant.revoked':
      return `took back the access of ${access}`
    case 'role.given':
      return `made somebody ${said('role')} of ${said('domain')}`
    case 'role.taken':
      return `took somebody’s role in ${said('domain')}`
    case 'person.signed_in':
      return 'signed in'
    case 'webhook.made':
      return `added a webhook of ${said('owner')}`
    case 'webhook.ended':
      return `ended a webhook of ${said('owner')}`
    case 'exception.recorded':
      return `let ${said('product')} off the policy ${said('policy')}`
    case 'product.registered':
      return `registered ${said('product')} ${said('version')}`
    case 'product.moved':
      return `moved ${said('product')} to another address`
  }
}

/** The reason that somebody gave, if there is one. */
export const reasonOf = ({ about: { reason } }: Pick<LoggedEntry, 'about'>): string | null =>
  typeof reason === 'string' ? reason : null
