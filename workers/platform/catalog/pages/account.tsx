/** Who is signed in, in the frame of every page. */
import { formTokenField } from '../people/forms.ts'
import type { Role } from '../people/actor.ts'
import type { Session } from '../people/sessions.ts'

/** The name with its roles and the way out; or the way in, and back to `here`. */
export function Account({ session, here }: { session: Session | null; here: string }) {
  if (!session) {
    return (
      <p class="account">
        <a href={`/sign-in?return_to=${encodeURIComponent(here)}`}>Sign in</a>
      </p>
    )
  }
  const { person, formToken } = session
  return (
    <div class="account">
      <p>
        <span class="hidden">Signed in as </span>
        <a href="/account">{person.name}</a>
        <small>{rolesWords(person.roles)}</small>
      </p>
      <form action="/sign-out" method="post">
        <input type="hidden" name={formTokenField} value={formToken} />
        <button type="submit" class="plain">
          Sign out
        </button>
      </form>
    </div>
  )
}

/** Nobody shall take a session for more than it is. */
export function DevelopmentNote() {
  return (
    <aside class="development" aria-label="Development sign-in">
      Development sign-in: whoever is at this machine may be anybody.
    </aside>
  )
}

/** `owner of purchase, member of growth`. */
export function rolesWords(roles: readonly Role[]): string {
  if (roles.length === 0) return 'no role yet'
  return roles.map(({ domain, role }) => `${role} of ${domain}`).join(', ')
}
