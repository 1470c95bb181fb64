/** What a form sent is done and answered: 303 to where its outcome is seen, or the form again with what is wrong beside it. */
import type { Context } from 'hono'
import { sceneOf, type CatalogApp, type Scene, type World } from '../../env.ts'
import { readFields, checkForm } from '../../people/forms.ts'
import type { Session } from '../../people/sessions.ts'
import { signedIn } from '../../people/who.ts'
import { CatalogError, catalogProblems, type CatalogCode } from '../../problems.ts'
import { blank, type Filled, type Mistakes } from './form-parts.tsx'

type C = Context<CatalogApp>
type Html = Parameters<C['html']>[0]

/** What came of a form, in words that stand on the page that it leads to. */
const outcomes = {
  asked: 'Sent. The owner decides, and this page will say what became of it.',
  granted: 'Granted by the contract itself: it can be read now.',
  approved: 'Approved. The consumer can buy tokens now.',
  refused: 'Refused, and the reason is kept for who asked.',
  withdrawn: 'Withdrawn.',
  changed: 'Changed. Tokens of before are refused within a minute.',
  revoked: 'Revoked. Its tokens are refused within a minute.',
  client_made: 'Made. It needs a key before it can buy tokens.',
  key_revoked: 'The key is revoked. What it bought is refused within a minute.',
  webhook_ended: 'Ended. Nothing more is sent there.',
  sent_again: 'It is sent again within a minute.',
} as const

/** A key of the outcomes above. */
export type OutcomeName = keyof typeof outcomes

/** What a form leads to: another page with its outcome, or a page that is shown this once. */
export type Acted = { readonly to: string; readonly outcome: OutcomeName } | { readonly once: Html }

/** A filled-in form that cannot be done as it is. */
export class FormMistake extends Error {
  override readonly name = 'FormMistake'
  readonly mistakes: Mistakes

  constructor(mistakes: Mistakes) {
    super(Object.values(mistakes).join(' '))
    this.mistakes = mistakes
  }
}

/** What a person does on a page. */
export interface Doing {
  readonly form: URLSearchParams
  readonly session: Session
  readonly scene: Scene
}

/** What each `act` of a page's forms does. */
export type Acts = Readonly<Record<string, (doing: Doing) => Promise<Acted>>>

/** What a page does with its forms; `again` is the page itself, with what was filled in and what is wrong. */
export interface FormPage {
  readonly acts: Acts
  readonly again: (session: Session, filled: Filled) => Promise<Html>
}

/** Shows a page to whoever is signed in; others are led to the sign-in and back. */
export async function showSignedIn(
  c: C,
  world: World,
  show: (session: Session) => Promise<Html>,
): Promise<Response> {
  const session = await signedIn(c, world)
  if (session) return c.html(await show(session))
  const { pathname, search } = new URL(c.req.url)
  return c.redirect(`/sign-in?return_to=${encodeURIComponent(pathname + search)}`, 303)
}

/** Does what a form says. Throws CatalogError `form_foreign`, `sign_in_needed`, and whatever is no mistake of the form. */
export async function answerForm(c: C, world: World, { acts, again }: FormPage): Promise<Response> {
  const session = await signedIn(c, world)
  if (!session) throw new CatalogError('sign_in_needed', `Sign in at ${c.env.ISSUER}/sign-in.`)
  const form = await readFields(c)
  checkForm(c, form, session)
  const name = form.get('act') ?? ''
  const doIt = Object.hasOwn(acts, name) ? acts[name] : undefined
  if (!doIt) throw new CatalogError('body_malformed', 'The form does not say what to do.')
  const scene = sceneOf(c.env, world)
  try {
    const acted = await doIt({ form, session, scene })
    if ('once' in acted) return c.html(acted.once)
    return c.redirect(`${acted.to}${acted.to.includes('?') ? '&' : '?'}done=${acted.outcome}`, 303)
  } catch (error) {
    const mistakes = mistakesOf(error)
    if (!mistakes) throw error
    const status = error instanceof CatalogError ? catalogProblems[error.code].status : 422
    return c.html(await again(session, { values: form, mistakes }), status)
  }
}

/** The outcome that the address names, if it names one. */
export function Outcome({ done }: { done: string | undefined }) {
  if (done === undefined || !Object.hasOwn(outcomes, done)) return null
  return (
    <p class="outcome" role="status">
      {outcomes[done as OutcomeName]}
    </p>
  )
}

/** Nothing filled in yet, but for these values. */
export const fresh = (values: URLSearchParams): Filled => ({ ...blank, values })

/** Refusals that whoever filled in the form can mend there; all others have a page of their own. */
const mendable: ReadonlySet<CatalogCode> = new Set([
  'terms_invalid',
  'terms_wider',
  'consumer_unknown',
  'request_waiting',
  'request_decided',
  'grant_over',
  'overtaken',
  'keys_too_many',
  'client_taken',
  'foreign_domain',
  'webhook_url_refused',
  'webhooks_too_many',
  'webhook_ended',
])

/** Fields of a form that a part of an error is about, by the beginning of its pointer. */
const fieldsByPointer = [
  ['/scopes', 'scope'],
  ['/view/classes', 'shown'],
  ['/view/columns', 'shown'],
  ['/view/rows', 'row_1'],
  ['/ends_at', 'ends_on'],
  ['/rows_per_day', 'rows_per_day'],
] as const

function mistakesOf(error: unknown): Mistakes | undefined {
  if (error instanceof FormMistake) return error.mistakes
  if (!(error instanceof CatalogError) || !mendable.has(error.code)) return undefined
  if (error.code === 'webhook_url_refused') return { url: error.message }
  const found = error.errors.map(({ pointer = '', detail }) => {
    const [, field = 'form'] = fieldsByPointer.find(([start]) => pointer.startsWith(start)) ?? []
    return [field, `It ${detail}.`] as const
  })
  return found.length > 0 ? Object.fromEntries(found) : { form: error.message }
}
