/** Problems with clients and their keys. */
import type { ProblemEntry } from '../problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const clientProblems = {
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
} as const satisfies Record<string, ProblemEntry>
