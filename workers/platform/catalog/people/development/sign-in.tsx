/** Development sign-in: whoever is at this machine says who they are. In no bundle that is deployed: `tools/check-workers.ts`. */
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../../env.ts'
import { page } from '../../pages/page.tsx'
import { CatalogError } from '../../problems.ts'
import type { Role } from '../actor.ts'
import { beginSession } from '../begin-session.ts'
import { checkSameSite, readFields } from '../forms.ts'
import { developmentIssuer } from '../person-id.ts'
import { returnPath } from '../return-path.ts'
import { roleStatement } from '../roles.ts'
import { checkHost, isLoopback } from '../session-cookie.ts'

/** Stands on the page, and is what the check of deployed bundles looks for. */
const label = 'Development sign-in: no password, only on this machine.'

/** `GET` and `POST /sign-in`, for `mesh dev` only. */
export function developmentSignIn(world: World) {
  return new Hono<CatalogApp>()
    .get('/sign-in', async (c) => {
      checkLocal(c)
      c.header('cache-control', 'no-store')
      const returnTo = returnPath(c.req.query('return_to'), c.env.ISSUER)
      return c.html(signInPage(await listDomains(c.env.DB), returnTo))
    })
    .post('/sign-in', async (c) => {
      checkLocal(c)
      checkSameSite(c)
      const form = await readFields(c)
      const role = roleOf(form.get('as') ?? '')
      const db = c.env.DB
      await beginSession(c, world, identityOf(role), (person, at) =>
        role ? [roleStatement(db, { person, ...role }, { by: developmentIssuer, at })] : [],
      )
      return c.redirect(c.env.ISSUER + returnPath(form.get('return_to'), c.env.ISSUER), 303)
    })
}

/**
 * Throws CatalogError `sign_in_unconfigured` where the catalog is not on this machine, however this code came there, and
 * `host_unknown` where a browser was led here under another name.
 */
function checkLocal(c: Context<CatalogApp>): void {
  if (!isLoopback(c.env.ISSUER))
    throw new CatalogError('sign_in_unconfigured', 'Development sign-in is for a mesh on this machine only.')
  checkHost(c)
}

/** The domains that the local mesh has. */
async function listDomains(db: D1Database): Promise<readonly string[]> {
  const { results } = await db
    .prepare('SELECT domain FROM products UNION SELECT domain FROM clients ORDER BY domain LIMIT 100')
    .all<{ domain: string }>()
  return results.map(({ domain }) => domain)
}

/** Reads `owner:purchase`; null for `nobody`. Throws CatalogError `body_malformed`. */
function roleOf(as: string): Role | null {
  if (as === 'nobody') return null
  const [, role, domain] = /^(owner|member):([a-z][a-z0-9-]{0,31})$/.exec(as) ?? []
  if (!role || !domain)
    throw new CatalogError('body_malformed', 'Send as=owner:<domain>, member:<domain> or nobody.')
  return { domain, role: role === 'owner' ? 'owner' : 'member' }
}

const identityOf = (role: Role | null) => ({
  issuer: developmentIssuer,
  subject: role ? `${role.role}:${role.domain}` : 'nobody',
  name: role ? `${role.role === 'owner' ? 'Owner' : 'Member'} of ${role.domain}` : 'Somebody without a role',
  email: null,
})

function signInPage(domains: readonly string[], returnTo: string) {
  const content = (
    <article>
      <h1>Who are you?</h1>
      <p class="lead">{label}</p>
      <form action="/sign-in" method="post">
        <input type="hidden" name="return_to" value={returnTo} />
        <ul class="choices">
          {domains.map((domain) => (
            <li>
              <button type="submit" name="as" value={`owner:${domain}`}>
                Owner of {domain}
              </button>{' '}
              <button type="submit" name="as" value={`member:${domain}`} class="plain">
                Member of {domain}
              </button>
            </li>
          ))}
          <li>
            <button type="submit" name="as" value="nobody" class="plain">
              Somebody without a role
            </button>
          </li>
        </ul>
      </form>
    </article>
  )
  return page({ title: 'Development sign-in', children: content })
}
