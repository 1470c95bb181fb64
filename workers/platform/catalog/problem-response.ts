/** Errors become HTTP here, and only here: a page for people, a problem document (RFC 9457) for everybody else. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { CatalogApp } from './env.ts'
import { problemPage } from './pages/problem-page.tsx'
import { CatalogError, catalogProblems } from './problems.ts'

/** Answers an error that a route threw. Faults of our own show no detail. */
export function answerError(error: Error, c: Context<CatalogApp>): Response | Promise<Response> {
  if (error instanceof CatalogError) return answerProblem(error, c)
  if (error instanceof HTTPException && error.status < 500) {
    return answerProblem(new CatalogError('body_malformed', error.message, { cause: error }), c)
  }
  // The one place where a fault of ours leaves a trace; wrangler's logs collect it.
  // oxlint-disable-next-line no-console
  console.error(error)
  return answerProblem(new CatalogError('internal', 'The catalog failed.'), c)
}

/** Answers one problem. */
export function answerProblem(error: CatalogError, c: Context<CatalogApp>): Response | Promise<Response> {
  const { status, title } = catalogProblems[error.code]
  const { ISSUER } = c.env
  if (wantsPage(c)) return c.html(problemPage({ code: error.code, detail: error.message }), status)
  const document = {
    type: `${ISSUER}/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
  }
  if (status === 401) c.header('www-authenticate', 'Bearer realm="meshloop"')
  return c.body(JSON.stringify(document), status, { 'content-type': 'application/problem+json' })
}

/** A browser that opens an address, or that sent a form. */
function wantsPage({ req }: Context<CatalogApp>): boolean {
  const isForm = req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  return (
    (req.method === 'GET' || req.method === 'HEAD' || isForm) &&
    !/\.(json|md)$/.test(req.path) &&
    (req.header('accept') ?? '').includes('text/html')
  )
}
