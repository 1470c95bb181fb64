/** `/account`, with its twins and its form. */
import { Hono, type Context } from 'hono'
import { sceneOf, type CatalogApp, type World } from '../env.ts'
import { plainJson, plainText } from '../pages/plain-text.ts'
import { CatalogError } from '../problems.ts'
import { accountMarkdown, accountPage } from './account-page.tsx'
import { accountDocument } from './account.ts'
import { readForm } from './forms.ts'
import { changeRole, roleSchema } from './roles.ts'
import { signedIn } from './who.ts'

/** Who is not signed in is led there by the page, and told so by the twins. */
export function accountRoutes(world: World) {
  const read = async (c: Context<CatalogApp>) => {
    const session = await signedIn(c, world)
    if (!session) throw new CatalogError('sign_in_needed', `Sign in at ${c.env.ISSUER}/sign-in.`)
    return accountDocument(c.env.DB, session)
  }
  return new Hono<CatalogApp>()
    .get('/account', async (c) => {
      const session = await signedIn(c, world)
      if (!session) return c.redirect(`${c.env.ISSUER}/sign-in?return_to=/account`, 303)
      return c.html(accountPage(plainText(await accountDocument(c.env.DB, session)), session))
    })
    .get('/account.json', async (c) =>
      c.body(plainJson(await read(c)), 200, { 'content-type': 'application/json' }),
    )
    .get('/account.md', async (c) =>
      c.body(accountMarkdown(plainText(await read(c))), 200, {
        'content-type': 'text/markdown; charset=utf-8',
      }),
    )
    .post('/account', async (c) => {
      const { form, person } = await readForm(c, world)
      const change = roleSchema.safeParse({
        person: form.get('person')?.trim(),
        domain: form.get('domain'),
        role: form.get('role') || null,
      })
      if (form.get('act') !== 'role' || !change.success)
        throw new CatalogError('body_malformed', 'Send the id of a person, a domain, and a role or none.')
      await changeRole(sceneOf(c.env, world), person, change.data)
      return c.redirect(`${c.env.ISSUER}/account`, 303)
    })
}
