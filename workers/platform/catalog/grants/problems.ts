/** Problems with requests and grants. */
import type { ProblemEntry } from '../problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const grantProblems = {
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
} as const satisfies Record<string, ProblemEntry>
