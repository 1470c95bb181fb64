/** Problems with registrations and products. */
import type { ProblemEntry } from '../problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const productProblems = {
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
} as const satisfies Record<string, ProblemEntry>
