/** What a problem's code means and how to go on: the page behind `type` of every problem document. */
import type { Session } from '../people/sessions.ts'
import { page } from './page.tsx'
import { allProblems, problemsOf, type ProblemEntry } from './problem-registry.ts'

/** What the page of a code is made of. */
export interface ProblemContent {
  readonly code: string
  /** What happened this time, where the page itself is the answer. */
  readonly detail?: string
  readonly session?: Session | null
}

/** The page of one code. */
export function problemPage({ code, detail, session }: ProblemContent) {
  // Where the page is the answer, nobody but the catalog gave it: another's way on would lead astray.
  const found = problemsOf(code).filter(({ from }) => detail === undefined || from === 'the catalog')
  const content = (
    <article class="problem">
      <p class="crumbs">
        <a href="/problems">Problems</a> / <code>{code}</code>
      </p>
      <h1>{found[0]?.title ?? 'A problem that the catalog does not know'}</h1>
      {detail !== undefined && <p class="lead">{detail}</p>}
      {detail !== undefined && code === 'sign_in_needed' && (
        <p class="buttons">
          <a class="button" href="/sign-in">
            Sign in
          </a>
        </p>
      )}
      {found.length === 0 && (
        <p>
          The answer that led here has a member <code>detail</code> that says what happened. A product may
          have codes of its own: its owner knows more.
        </p>
      )}
      {found.map(({ status, help, from }) => (
        <section>
          <h2>How to go on</h2>
          <p>{help}</p>
          <p class="quiet">
            HTTP status {status}, answered by {from}.
          </p>
        </section>
      ))}
    </article>
  )
  return page({ title: found[0]?.title ?? code, twins: `/problems/${code}`, session, children: content })
}

/** The page of all codes. */
export function problemsPage(session: Session | null) {
  const content = (
    <>
      <h1>Problems</h1>
      <p class="lead">
        Errors are documents with a stable <code>code</code> (RFC 9457). Each code has a page that says how to
        go on.
      </p>
      <div class="scroll" role="region" aria-label="Problems" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">Status</th>
              <th scope="col">What it means</th>
            </tr>
          </thead>
          <tbody>{allProblems().map((entry) => row(entry))}</tbody>
        </table>
      </div>
    </>
  )
  return page({ title: 'Problems', twins: '/problems', session, children: content })
}

function row({ code, status, title }: ProblemEntry) {
  return (
    <tr>
      <th scope="row">
        <a href={`/problems/${code}`}>
          <code>{code}</code>
        </a>
      </th>
      <td>{status}</td>
      <td>{title}</td>
    </tr>
  )
}
