/** The frame of every page. */
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import { base, customerPath, inboxPath } from '../paths.ts'

/** What a page is made of. */
export interface FrameContent {
  readonly title: string
  /** Whose page it is, for the header. */
  readonly customerId?: string
  /** Messages that wait for an answer. */
  readonly waiting?: number
  readonly children: Child
}

/** A whole document. Everything in it is escaped by the JSX; nothing in it runs. */
export function page(content: FrameContent) {
  return html`<!doctype html>${<Frame {...content} />}`
}

function Frame({ title, customerId, waiting = 0, children }: FrameContent) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title} · Kontor</title>
        <link rel="stylesheet" href={`${base}/style.css`} />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <header class="top">
          <a class="brand" href={`${base}/`}>
            Kontor
          </a>
          <span class="quiet">the Meshloop demo shop</span>
          <nav aria-label="Main">
            {customerId !== undefined && <a href={customerPath(customerId)}>Shop</a>}
            {customerId !== undefined && (
              <a href={inboxPath(customerId)}>
                Inbox{waiting > 0 && <span class="count">{waiting} to answer</span>}
              </a>
            )}
            <a href={`${base}/alarms`}>Alarms</a>
          </nav>
        </header>
        <main id="content">{children}</main>
      </body>
    </html>
  )
}
