/** Errors become HTTP here, and only here: a page for people, a problem document (RFC 9457) for programs. */
import type { Context } from 'hono'
import type { StorefrontApp } from './env.ts'
import { problemPage } from './pages/problem-page.tsx'
import { base } from './paths.ts'
import { StorefrontError, storefrontProblems } from './problems.ts'
import { wantsPage } from './request.ts'

/** Answers an error that a route threw. Faults of our own show no detail. */
export function answerError(error: Error, c: Context<StorefrontApp>): Response | Promise<Response> {
  if (error instanceof StorefrontError) return answerProblem(error, c)
  // The one place where a fault of ours leaves a trace; wrangler's logs collect it.
  // oxlint-disable-next-line no-console
  console.error(error)
  return answerProblem(new StorefrontError('internal', 'The shop failed.'), c)
}

/** Answers one problem. */
export function answerProblem(
  error: StorefrontError,
  c: Context<StorefrontApp>,
): Response | Promise<Response> {
  const { status, title } = storefrontProblems[error.code]
  if (wantsPage(c)) return c.html(problemPage(error), status)
  const document = {
    type: new URL(`${base}/problems/${error.code}`, c.req.url).href,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
  }
  return c.body(JSON.stringify(document), status, { 'content-type': 'application/problem+json' })
}
