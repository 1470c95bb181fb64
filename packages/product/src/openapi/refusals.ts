/** The refusals of an operation: for each status the codes that it can have there, and no others. */
import { accessProblems, type AccessCode } from '@meshloop/access/verify'
import { problems, type ProblemCode } from '../problems.ts'
import { headersOf, type HeaderName } from './headers.ts'

type Json = Readonly<Record<string, unknown>>

/** A code of a refusal. */
export type Code = ProblemCode | AccessCode

const every: readonly Code[] = [
  'parameter_unknown',
  'not_acceptable',
  'internal',
  'database_behind',
  'database_unavailable',
  'overloaded',
]
const withToken: readonly Code[] = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'scope_missing',
  'issuer_unavailable',
  'rate_limited',
]
/** What every reading port refuses with, beside what all operations do. */
export const readingCodes: readonly Code[] = [
  'parameter_invalid',
  'view_unfit',
  'revocations_unknown',
  'rate_limited',
  'quota_exceeded',
]

/** The part of an operation that its refusals follow from. */
interface Refuses {
  readonly scopes?: readonly string[] | undefined
  readonly codes?: readonly Code[] | undefined
}

/** Everything that an operation refuses with. */
export const codesOf = ({ scopes, codes = [] }: Refuses): readonly Code[] => [
  ...new Set([...every, ...(scopes ? withToken : []), ...codes]),
]

interface Refusing {
  /** Where the pages of problems are. */
  readonly issuer: string
  /** Headers that every answer of the operation has. */
  readonly everywhere: readonly HeaderName[]
}

/** The responses by status. */
export function refusalsOf(operation: Refuses, shared: Refusing): Json {
  const all = codesOf(operation)
  const statuses = [...new Set(all.map((code) => described(code).status))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      refusal(
        status,
        all.filter((code) => described(code).status === status),
        shared,
      ),
    ]),
  )
}

function refusal(status: number, codes: readonly Code[], { issuer, everywhere }: Refusing): Json {
  return {
    description: codes.map((code) => `${code}: ${described(code).title}`).join('; '),
    ...headersOf([...ownHeaders(status), ...everywhere]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object',
              properties: { status: { const: status }, code: { type: 'string', enum: codes } },
              required: ['status', 'code'],
            },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, exampleOf(code, issuer)])),
      },
    },
  }
}

function exampleOf(code: Code, issuer: string): Json {
  const { status, title, help } = described(code)
  return { value: { type: `${issuer}/problems/${code}`, title, status, code, detail: help } }
}

function ownHeaders(status: number): readonly HeaderName[] {
  if (status === 401 || status === 403) return ['WWW-Authenticate']
  if (status === 416) return ['Content-Range']
  return [409, 429, 503, 507].includes(status) ? ['Retry-After'] : []
}

const described = (code: Code): { status: number; title: string; help: string } =>
  ({ ...accessProblems, ...problems })[code]
