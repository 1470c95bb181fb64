/** Problems with webhooks. */
import type { ProblemEntry } from '../problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const noticeProblems = {
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
} as const satisfies Record<string, ProblemEntry>
