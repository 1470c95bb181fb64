/** The page of the person who is signed in: who the catalog takes them for, and the roles that they have and give. */
import { lines, table, text } from '../pages/markdown-text.ts'
import { page } from '../pages/page.tsx'
import type { AccountDocument } from './account.ts'
import { formTokenField } from './forms.ts'
import type { Session } from './sessions.ts'

/** `/account` */
export function accountPage(account: AccountDocument, session: Session) {
  const content = (
    <article class="access">
      <h1>{account.name}</h1>
      <p class="lead">
        Your id is <code>{account.id}</code>. {account.next}
      </p>
      <section>
        <h2>Your roles</h2>
        {account.roles.length === 0 ? (
          <p>None yet: you see what everybody sees.</p>
        ) : (
          <ul>
            {account.roles.map(({ domain, role }) => (
              <li>
                {role} of <strong>{domain}</strong>
              </li>
            ))}
          </ul>
        )}
      </section>
      {account.owns.map((owned) => (
        <Domain {...owned} formToken={session.formToken} />
      ))}
    </article>
  )
  return page({ title: 'Account', twins: '/account', session, children: content })
}

type Owned = AccountDocument['owns'][number]

function Domain({ domain, people, formToken }: Owned & { readonly formToken: string }) {
  return (
    <section>
      <h2>Roles in {domain}</h2>
      <div class="scroll" role="region" aria-label={`Roles in ${domain}`} tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Role</th>
              <th scope="col">Id</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            {people.map(({ person, name, email, role, given_at }) => (
              <tr>
                <th scope="row">
                  {name} {email !== null && email !== name && <small>{email}</small>}
                </th>
                <td>{role}</td>
                <td>
                  <code>{person}</code>
                </td>
                <td>{given_at.slice(0, 10)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <form action="/account" method="post" class="form panel">
        <input type="hidden" name={formTokenField} value={formToken} />
        <input type="hidden" name="act" value="role" />
        <input type="hidden" name="domain" value={domain} />
        <label class="field">
          Id of a person who has signed in
          <input name="person" required pattern="[A-Za-z0-9_\-]{22}" autocomplete="off" />
        </label>
        <label class="field">
          Role in {domain}
          <select name="role">
            <option value="member">member: asks for its consumers</option>
            <option value="owner">owner: decides</option>
            <option value="">none: take it away</option>
          </select>
        </label>
        <div class="actions">
          <button type="submit">Change the role</button>
        </div>
      </form>
    </section>
  )
}

/** `/account.md` */
export function accountMarkdown({ id, name, roles, next, owns }: AccountDocument): string {
  return lines([
    `# ${text(name)}`,
    '',
    `Your id is \`${id}\`. ${next}`,
    '',
    '## Your roles',
    '',
    ...(roles.length === 0 ? ['None yet.'] : roles.map(({ domain, role }) => `- ${role} of ${domain}`)),
    '',
    ...owns.flatMap(({ domain, people }) => [
      `## Roles in ${domain}`,
      '',
      ...table(
        ['Person', 'Role', 'Id', 'Since'],
        people.map((each) => [text(each.name), each.role, `\`${each.person}\``, each.given_at.slice(0, 10)]),
      ),
    ]),
  ])
}
