/** Problems of people who sign in, and of their forms. */
import type { ProblemEntry } from '../problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const peopleProblems = {
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
} as const satisfies Record<string, ProblemEntry>
