/** The Markdown twin of a page: its address ends with `.md`. */
import type { Context } from 'hono'
import type { CatalogApp } from '../../env.ts'

/** The name before `.md`; null for the page itself. */
export const markdownName = (file: string): string | null => (file.endsWith('.md') ? file.slice(0, -3) : null)

/** Answers it. */
export const answerMarkdown = (c: Context<CatalogApp>, text: string): Response =>
  c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' })
