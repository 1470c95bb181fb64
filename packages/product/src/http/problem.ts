/** Errors become HTTP in this one place: RFC 9457 problem documents with a stable code. */
import { AccessError, accessProblems, wwwAuthenticate } from '@meshloop/access/verify'
import type { ProductEnv } from '../env.ts'
import { problems, ProductError, type ProblemDetail, type Taken } from '../problems.ts'
import { refusalOf } from '../store/database-refusals.ts'
import { resourceMetadataUrl } from './resource-metadata.ts'

/** Where the catalog and the product are. */
export type Addresses = Pick<ProductEnv, 'ISSUER' | 'BASE_URL'>

interface Problem {
  readonly status: number
  readonly title: string
  readonly code: string
  readonly detail: string
  readonly errors?: readonly ProblemDetail[]
  readonly taken?: Taken
}

/**
 * The answer to a failed request. What is not a refusal is logged and shown as `internal`, without its text. `BASE_URL` is that
 * of the major which was asked: a challenge says where its tokens come from.
 */
export function problemResponse(thrown: unknown, { ISSUER, BASE_URL }: Addresses): Response {
  const error = refusalOf(thrown) ?? thrown
  const { status, ...problem } = describe(error)
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  const challenge =
    error instanceof AccessError ? wwwAuthenticate(error, resourceMetadataUrl(BASE_URL)) : undefined
  if (challenge !== undefined) headers.set('www-authenticate', challenge)
  if (error instanceof ProductError)
    for (const [name, value] of Object.entries(error.headers)) headers.set(name, value)
  const retryAfter = retryAfterOf(error, status)
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
  return Response.json(
    { type: `${ISSUER}/problems/${problem.code}`, status, ...problem },
    { status, headers },
  )
}

/** Whole seconds, at least one. */
function retryAfterOf(error: unknown, status: number): number | undefined {
  const asked = error instanceof ProductError ? error.retryAfterSeconds : undefined
  if (asked !== undefined) return Math.max(1, Math.ceil(asked))
  return status === 503 ? 30 : undefined
}

function describe(error: unknown): Problem {
  if (error instanceof ProductError) {
    const { status, title } = problems[error.code]
    return {
      status,
      title,
      code: error.code,
      detail: error.message,
      ...(error.errors.length > 0 ? { errors: error.errors } : {}),
      ...(error.taken ? { taken: error.taken } : {}),
    }
  }
  // A faulty configuration is an AccessError too, and nothing to tell a caller.
  if (error instanceof AccessError && error.status !== 500)
    return {
      status: error.status,
      title: accessProblems[error.code].title,
      code: error.code,
      detail: error.message,
    }
  // oxlint-disable-next-line no-console -- a Worker's log is its console
  console.error(error) // the only trace of a fault: the caller learns nothing of the inside
  const code = isBehind(error) ? 'database_behind' : 'internal'
  const { status, title, help } = problems[code]
  return { status, title, code, detail: help }
}

/** A Worker that was deployed before its migrations asks for tables and columns that are not there yet. */
const isBehind = (error: unknown): boolean =>
  error instanceof Error && /D1_ERROR: (no such (table|column)|table \w+ has no column)/.test(error.message)
