/** The frame of every page: head, header, footer, and the links to the page's twins. */
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Session } from '../people/sessions.ts'
import { Account, DevelopmentNote } from './account.tsx'
import { Mark } from './icons.tsx'

/** What a page is made of. */
export interface PageContent {
  readonly title: string
  /** Path of the page without extension, if it has `.json` and `.md` twins. */
  readonly twins?: string
  /** What follows the extension of the twins: `?major=1`. */
  readonly twinsQuery?: string
  /** What stands in the search box. */
  readonly query?: string
  /** Who looks at it; null: nobody who is signed in. Left out where nobody asked, as on errors. */
  readonly session?: Session | null | undefined
  readonly children: Child
}

/** A whole document. Everything in it is escaped by the JSX; nothing in it runs. */
export function page(content: PageContent) {
  return html`<!doctype html>${<Frame {...content} />}`
}

function Frame({ title, twins, twinsQuery = '', query = '', session, children }: PageContent) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title} · Meshloop</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        {twins && <link rel="alternate" type="application/json" href={`${twins}.json${twinsQuery}`} />}
        {twins && <link rel="alternate" type="text/markdown" href={`${twins}.md${twinsQuery}`} />}
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        {session?.development && <DevelopmentNote />}
        <header class="top">
          <a class="brand" href="/">
            <Mark />
            <span>Meshloop</span>
          </a>
          <form action="/products" method="get" role="search">
            <label class="hidden" for="q">
              Search products, fields and meanings
            </label>
            <input
              id="q"
              name="q"
              type="search"
              value={query}
              placeholder="Search products, fields, meanings"
            />
            <button type="submit">Search</button>
          </form>
          <nav aria-label="Main">
            <a href="/products">Products</a>
            <a href="/access">Access</a>
            <a href="/policies">Policies</a>
            <a href="/problems">Problems</a>
          </nav>
          {session !== undefined && <Account session={session} here={`${twins ?? '/access'}${twinsQuery}`} />}
        </header>
        <main id="content">{children}</main>
        <footer class="bottom">
          <p>Each product belongs to a domain team. The catalog shows what they promise and what it sees.</p>
          {twins && (
            <p>
              This page as <a href={`${twins}.json${twinsQuery}`}>JSON</a> ·{' '}
              <a href={`${twins}.md${twinsQuery}`}>Markdown</a>
            </p>
          )}
        </footer>
      </body>
    </html>
  )
}
