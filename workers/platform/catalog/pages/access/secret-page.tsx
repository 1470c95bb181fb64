/** The answer that has a new secret in it: a client key, or what signs a webhook's messages. It is in no other answer ever. */
import type { Child } from 'hono/jsx'
import type { Session } from '../../people/sessions.ts'
import { page } from '../page.tsx'

/** What the page is made of. */
export interface SecretContent {
  readonly title: string
  /** What the secret is called. */
  readonly label: string
  readonly secret: string
  /** Page of what it belongs to. */
  readonly back: { readonly href: string; readonly name: string }
  readonly session: Session
  /** What it is for, and how careful one has to be with it. */
  readonly children: Child
}

/** The page. Session pages are stored by nobody: `signedIn` says so in its header. */
export function secretPage({ title, label, secret, back, session, children }: SecretContent) {
  const content = (
    <article class="access">
      <p class="crumbs">
        <a href="/access">Access</a> / <a href={back.href}>{back.name}</a>
      </p>
      <h1>{title}</h1>
      <section class="secret" aria-labelledby="copy">
        <h2 id="copy">Copy it now: it is shown this once</h2>
        {children}
        <label for="new-secret">{label}</label>
        <input id="new-secret" type="text" readonly value={secret} autocomplete="off" spellcheck={false} />
      </section>
      <p class="buttons">
        <a class="button" href={back.href}>
          I have copied it
        </a>
      </p>
    </article>
  )
  return page({ title, session, children: content })
}
